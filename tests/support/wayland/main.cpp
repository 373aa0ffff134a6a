// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "tests/support/wayland/connection.h"
#include "tests/support/wayland/scene.h"

int main(int argc, char** argv)
{
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && arguments.front() == "hostile")
        return annex::test::runHostile({arguments.begin() + 1, arguments.end()});
    if (!arguments.empty() && arguments.front() == "globals") {
        for (const std::string& name : annex::test::Connection::open().globals)
            annex::test::say("global " + name);
        return 0;
    }
    return annex::test::runScene(arguments);
}
