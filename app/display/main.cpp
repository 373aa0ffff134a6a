// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include "app/control/relay.h"
#include "vgpu/display/guest/wlroots/compositor.h"

namespace {

constexpr int kStreamFd = 3, kPoolFd = 4, kRelayFd = 5;

constexpr const char* kFooter = R"(Inherited descriptors:
  3  display stream (window protocol, a connected stream socket or serial port)
  4  pixel pool made by the host (memfd, BAR); its size is read from it
  5  relay to annex-init (selections, readiness); may be absent when started by hand

By hand, without a viewer (programs run, nothing is shown):
  annex-display --no-host --socket annex-0 --xwayland &
  WAYLAND_DISPLAY=annex-0 foot

With a viewer on a socket pair, unboxed: annex-pair-launcher [--xwayland] PROGRAM ARGS…

XDG_RUNTIME_DIR must name a folder of mode 0700. X11 needs /tmp/.X11-unix, owned by root, mode 1777.)";

annex::UniqueFd inherited(int fd)
{
    if (::fcntl(fd, F_GETFD) < 0)
        return {};
    ::fcntl(fd, F_SETFD, FD_CLOEXEC); // not for Xwayland
    return annex::UniqueFd(fd);
}

annex::display::guest::RelayNumbers relayNumbers()
{
    using annex::control::relay::Type;
    auto number = [](Type type) { return static_cast<std::uint16_t>(type); };
    annex::display::guest::RelayNumbers numbers;
    numbers.offerBegin = number(Type::OfferBegin);
    numbers.offerPiece = number(Type::OfferPiece);
    numbers.offerEnd = number(Type::OfferEnd);
    numbers.offerSet = number(Type::OfferSet);
    numbers.offerWithdraw = number(Type::OfferWithdraw);
    numbers.selectionChanged = number(Type::SelectionChanged);
    numbers.selectionRead = number(Type::SelectionRead);
    numbers.selectionPiece = number(Type::SelectionPiece);
    numbers.selectionEnd = number(Type::SelectionEnd);
    numbers.displayReady = number(Type::DisplayReady);
    numbers.maximumPiece_bytes = annex::control::relay::kMaxPiece_bytes;
    numbers.maximumText_bytes = annex::control::relay::kMaxText_bytes;
    return numbers;
}

// A guest program that opens connections until there are none left for others should have to open many; a crash must not fill the disk.
void setLimits()
{
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
    const rlimit noCore{0, 0};
    ::setrlimit(RLIMIT_CORE, &noCore);
    // Programs run as the same user here: none may read every other's windows and keys out of our memory, or put code into it.
    ::prctl(PR_SET_DUMPABLE, 0);
}

} // namespace

int main(int argc, char** argv)
{
    annex::display::guest::CompositorOptions options;
    bool inlineFrames = false, noHost = false;

    CLI::App app("annex-display: the guest's headless Wayland compositor. It exports each window to the host's viewer.");
    app.footer(kFooter);
    app.add_option("--socket", options.socketName, "name of the Wayland socket in XDG_RUNTIME_DIR")->capture_default_str();
    app.add_flag("--xwayland", options.xwayland, "offer X11 as well; Xwayland starts with the first X11 program");
    app.add_flag("--inline", inlineFrames, "there is no pool: frames carry their pixels");
    app.add_flag("--no-host", noHost, "no display stream at all (descriptor 3 is not used)");
    CLI11_PARSE(app, argc, argv);

    setLimits();
    if (!noHost) {
        options.stream = inherited(kStreamFd);
        if (!options.stream) {
            std::fprintf(stderr, "annex-display: descriptor 3 (display stream) is not open; see --help\n");
            return EXIT_FAILURE;
        }
        if (!inlineFrames) {
            options.pool = inherited(kPoolFd);
            if (!options.pool) {
                std::fprintf(stderr, "annex-display: descriptor 4 (pixel pool) is not open; see --inline\n");
                return EXIT_FAILURE;
            }
        }
        options.relay = inherited(kRelayFd);
        options.relayNumbers = relayNumbers();
    }

    auto compositor = annex::display::guest::Compositor::create(std::move(options));
    if (!compositor) {
        std::fprintf(stderr, "annex-display: %s\n", compositor.error().describe().c_str());
        return EXIT_FAILURE;
    }
    (*compositor)->run();
    return EXIT_SUCCESS;
}
