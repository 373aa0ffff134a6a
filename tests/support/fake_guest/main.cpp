// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <string>

#include <CLI/CLI.hpp>

#include "tests/support/fake_guest/attacks.h"
#include "tests/support/fake_guest/orders.h"

/// annex-fake-guest: takes the place of annex-display (3 = display stream, 4 = pool, 5 = relay) and shows windows of one colour, or attacks in a way
/// that is asked for by name. Under the name annex-display it is started by annex-init like the real one and then does what is written to
/// kOrdersPath (orders.h). Runs until the host closes the stream.
namespace {

using namespace annex;
using namespace annex::test;

constexpr int kStream = 3, kPool = 4, kRelay = 5;

struct Arguments {
    int windows = 1, width = 400, height = 300;
    bool popup = false, inlineFrames = false;
    std::uint64_t pool_bytes = display::kDefaultPool_bytes;
    std::string attack;
};

int showWindows(FakeGuest& guest, const Arguments& arguments)
{
    if (!guest.connect())
        return EXIT_FAILURE;
    std::uint32_t first = 0;
    for (int i = 0; i < arguments.windows; ++i) {
        const std::uint32_t colour = 0xff305080u + static_cast<unsigned>(i) * 0x101010u;
        const std::uint32_t window = guest.showToplevel("window " + std::to_string(i + 1), arguments.width, arguments.height, colour);
        guest.followSizes(window, 0xff305080u);
        if (first == 0)
            first = window;
    }
    guest.waitFor([&] { return guest.count(display::MessageType::FrameDone, first) > 0; });
    if (arguments.popup)
        guest.showPopup(first, {20, 20, 160, 120}, 0xffc0c0c0);
    if (!arguments.attack.empty()) {
        const Attack* found = findAttack(arguments.attack);
        if (!found) {
            std::fprintf(stderr, "annex-fake-guest: no attack of that name\n%s", listOfAttacks().c_str());
            return EXIT_FAILURE;
        }
        found->run(guest, first);
    }
    while (guest.waitFor([&] { return guest.isClosed(); }, std::chrono::hours(24)) && !guest.isClosed()) {}
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    Arguments arguments;
    bool xwayland = false;
    CLI::App app("A guest that is none: shows windows of one colour over the window protocol, or attacks.");
    app.add_option("--windows", arguments.windows, "how many")->capture_default_str();
    app.add_option("--width", arguments.width)->capture_default_str();
    app.add_option("--height", arguments.height)->capture_default_str();
    app.add_option("--pool-bytes", arguments.pool_bytes)->capture_default_str();
    app.add_flag("--inline", arguments.inlineFrames, "there is no pool");
    app.add_flag("--popup", arguments.popup, "opens a popup on the first window");
    app.add_flag("--xwayland", xwayland, "as annex-init says to annex-display; changes nothing");
    app.add_option("--attack", arguments.attack, "by name, once a window stands");
    app.footer(listOfAttacks());
    CLI11_PARSE(app, argc, argv);

    FakeGuest guest{UniqueFd(kStream), arguments.inlineFrames ? UniqueFd() : UniqueFd(kPool), arguments.pool_bytes};
    if (std::string_view(argv[0]).ends_with("annex-display"))
        return serveOrders(guest, UniqueFd(kRelay));
    return showWindows(guest, arguments);
}
