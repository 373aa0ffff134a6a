// SPDX-License-Identifier: Apache-2.0
// A desktop entry, read and made into an argument list for a file with a hostile name.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "app/entries/desktop_entry.h"

using namespace annex::entries;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    auto entry = parseDesktopEntry({reinterpret_cast<const char*>(data), size}, "de_AT.UTF-8@euro");
    if (!entry)
        return 0;
    if (entry->name.empty() || entry->mimeTypes.size() > kMaxListItems)
        std::abort();
    const std::string file = "/home/user/Inbox/%f \"%U' $(x) -rf";
    auto with = execToArguments(*entry, {file});
    auto without = execToArguments(*entry, {});
    if (with.has_value() != without.has_value())
        std::abort();
    if (!with)
        return 0;
    // The program is the entry's own word, and a file adds at most itself: nothing is split off it.
    if (with->front() != without->front() || with->size() < without->size())
        std::abort();
    for (const std::string& argument : *with) {
        if (argument.find('\0') != std::string::npos)
            std::abort();
    }
    return 0;
}
