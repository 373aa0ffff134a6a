// SPDX-License-Identifier: Apache-2.0
// Any bytes as a desktop entry, and its command line with hostile file names.
#include <algorithm>

#include "app/entries/desktop_entry.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

using namespace annex;
using namespace annex::entries;
using fuzz::must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const char* locale : {"", "de_DE.UTF-8@euro"}) {
        auto entry = parseDesktopEntry(text, locale);
        if (!entry)
            continue;
        must(!entry->name.empty() && isValidUtf8(entry->name), "an entry has a name");
        must(entry->mimeTypes.size() <= kMaxListItems && entry->categories.size() <= kMaxListItems, "lists are bounded");
        (void)isListed(*entry);
        const std::string hostile = "/tmp/%f --help ;$(id)`\"'\n";
        auto arguments = execToArguments(*entry, {hostile});
        if (!arguments)
            continue;
        must(!arguments->empty() && arguments->size() <= kMaxExecArguments + 2, "arguments are few");
        // The name is never cut up or read as field codes: it comes as it is, as a URI, or not at all.
        const std::string uri = fileUri(hostile);
        for (const std::string& argument : *arguments) {
            const bool whole = argument.find(hostile) != std::string::npos || argument.find(uri) != std::string::npos;
            must(whole || argument.find(";$(id)`\"'\n") == std::string::npos, "a file name stays in one piece");
        }
    }
    return 0;
}
