// SPDX-License-Identifier: Apache-2.0
#include "app/keeper/arguments.h"

#include <charconv>
#include <string_view>

namespace annex::keeper {
namespace {

bool parseDescriptor(std::string_view text, int& out)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() && out >= 3;
}

} // namespace

Result<Arguments> parseArguments(int argc, char** argv)
{
    Arguments arguments;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const std::string_view value = argv[i + 1];
        bool good = true;
        if (name == "--guest-id")
            arguments.guestId = value;
        else if (name == "--socket")
            arguments.socket = value;
        else if (name == "--ready-fd")
            good = parseDescriptor(value, arguments.readyDescriptor);
        else if (name == "--spec-fd")
            good = parseDescriptor(value, arguments.specificationDescriptor);
        else
            good = false;
        if (!good)
            return fail(Errc::Malformed, "annex-keeper: bad argument " + std::string(name));
    }
    if (argc % 2 == 0 || arguments.guestId.empty() || arguments.socket.empty() || arguments.readyDescriptor < 0
        || arguments.specificationDescriptor < 0)
        return fail(Errc::Malformed, "annex-keeper is started by annexd: --guest-id ID --socket PATH --ready-fd N --spec-fd N");
    return arguments;
}

} // namespace annex::keeper
