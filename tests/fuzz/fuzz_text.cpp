// SPDX-License-Identifier: Apache-2.0
// Text from outside: whatever comes in, what comes out keeps its promises.
#include <string_view>

#include "base/text.h"
#include "tests/fuzz/fuzz.h"

using namespace annex;
using fuzz::must;

namespace {

std::size_t checkLine(std::string_view line)
{
    std::size_t characters = 0;
    while (!line.empty()) {
        const auto c = decodeFirst(line);
        must(c.has_value(), "it is UTF-8");
        must(c->value >= 0x20 && !isUnfitForLine(c->value) && c->value != 0x2028 && c->value != 0x2029 && c->value != 0x85, "it is one line");
        line.remove_prefix(c->size);
        ++characters;
    }
    return characters;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Choices choices({data, size});
    const std::size_t limit = choices.byte();
    const ByteSpan rest = choices.rest();
    const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());

    const std::string line = sanitiseLine(text, limit);
    must(checkLine(line) <= limit, "it is short");
    must(sanitiseLine(line, limit) == line, "it is its own clean form");

    const std::string escaped = escapeForLog(text, limit);
    must(escaped.size() <= limit + 64, "a log line is short");
    checkLine(escaped);

    const std::string name = cleanFileName(text);
    must(!name.empty() && name.size() <= kMaxFileName_bytes + 1, "a file name has a length");
    must(name.find_first_of("/\\:") == std::string::npos && name != "." && name != "..", "it is one component");
    must(name[0] != '.' && name[0] != '-', "it is no option and not hidden");
    checkLine(name);
    return 0;
}
