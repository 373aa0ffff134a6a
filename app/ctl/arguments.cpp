// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/arguments.h"

#include <algorithm>

namespace annex::ctl {

namespace {

bool takesValue(const std::string& option)
{
    return option == "-w" || option == "--workspace" || option == "-e" || option == "--env" || option == "--runtime-dir";
}

} // namespace

std::vector<std::string> separateProgram(std::vector<std::string> arguments)
{
    bool inVerb = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (word == "--")
            return arguments;
        if (word.size() > 1 && word.front() == '-') {
            i += takesValue(word) ? 1 : 0;
            continue;
        }
        if (!inVerb) {
            if (word != "run" && word != "exec")
                return arguments;
            inVerb = true;
            continue;
        }
        arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(i), "--");
        return arguments;
    }
    return arguments;
}

} // namespace annex::ctl
