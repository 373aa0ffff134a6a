// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "base/channel/posix/local_socket.h"
#include "tests/support/display_host/display_end.h"

/// annex-display and annex-viewer joined by a socket pair and a pool, unboxed and without a broker: the floor that benchmarks compare with, and the
/// quickest way to look at a change.
namespace {

using namespace annex;

constexpr int kStart_ms = 60'000;
// What the broker would say first, so that the frame has a name and a colour.
constexpr const char* kAppearance =
    R"({"m":"appearance","name":"Untrusted","colour":"amber","pattern":"dots","label":"","level":"process","persistence":"disposable","number":1,)"
    R"("theme":"light","stronger_frames":false,"reduce_motion":false})"
    "\n";

int complain(const Error& error)
{
    std::fprintf(stderr, "annex-pair-launcher: %s\n", error.describe().c_str());
    return EXIT_FAILURE;
}

std::vector<std::string> wholeEnvironment()
{
    std::vector<std::string> all;
    for (char** entry = environ; *entry; ++entry)
        all.emplace_back(*entry);
    return all;
}

struct Viewer {
    ChildProcess process;
    UniqueFd frameLink;
};

Result<Viewer> startViewer(const std::string& program, const test::DisplayEnd& display)
{
    auto link = streamPair();
    if (!link)
        return tl::unexpected<Error>(std::move(link.error()));
    SpawnOptions options;
    options.program = program;
    options.arguments = {"annex-viewer"};
    options.environment = wholeEnvironment();
    options.descriptors = {{display.stream.get(), 3}, {(*link)[1].get(), 5}, {1, 1}, {2, 2}};
    if (display.pool) {
        options.descriptors.emplace_back(display.pool.get(), 4);
        options.arguments.insert(options.arguments.end(), {"--pool-bytes", std::to_string(display.pool_bytes)});
    }
    auto process = spawn(options);
    if (!process)
        return while_("start annex-viewer", std::move(process));
    auto sent = sendWith((*link)[0].get(), asBytes(kAppearance));
    if (!sent)
        return while_("tell the viewer its workspace", std::move(sent));
    return Viewer{std::move(*process), std::move((*link)[0])};
}

// Until the viewer, the display or the program ends. What the viewer says on its frame link is for a broker; it is taken off the socket and dropped.
void waitForAnEnd(Viewer* viewer, test::DisplayEnd& display, ChildProcess& program)
{
    std::vector<pollfd> polls{{program.pidfd(), POLLIN, 0}, {display.process.pidfd(), POLLIN, 0}, {display.relay.get(), POLLIN, 0}};
    if (viewer) {
        polls.push_back({viewer->process.pidfd(), POLLIN, 0});
        polls.push_back({viewer->frameLink.get(), POLLIN, 0});
    }
    while (::poll(polls.data(), polls.size(), -1) > 0) {
        if (polls[0].revents || polls[1].revents || (viewer && polls[3].revents))
            return;
        for (std::size_t i : {std::size_t{2}, std::size_t{4}}) {
            std::uint8_t sink[4096];
            if (i < polls.size() && polls[i].revents && ::read(polls[i].fd, sink, sizeof sink) == 0)
                polls[i].fd = -1;
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    test::DisplayOptions options;
    options.pool_bytes = 256u << 20;
    options.showErrors = true;
    options.socketName = "annex-pair";
    std::string viewerProgram = ANNEX_BIN_DIR "/annex-viewer";
    bool noViewer = false;
    std::vector<std::string> program;

    CLI::App app("Joins annex-display and annex-viewer by a socket pair, without box and broker, and starts a guest program.");
    app.add_flag("--xwayland", options.xwayland, "offer X11 in the guest");
    app.add_flag("--inline", options.inlineFrames, "no pool: frames carry their pixels");
    app.add_flag("--no-viewer", noViewer, "annex-display alone");
    app.add_option("--socket", options.socketName, "name of the guest's Wayland socket")->capture_default_str();
    app.add_option("--viewer", viewerProgram, "path of annex-viewer")->capture_default_str();
    app.prefix_command(); // the program's own options are not ours
    app.footer("PROGRAM ARGS…: the guest program, by path or by name in /usr/bin");
    CLI11_PARSE(app, argc, argv);
    program = app.remaining();
    if (program.empty()) {
        std::fprintf(stderr, "annex-pair-launcher: which program? See --help\n");
        return EXIT_FAILURE;
    }

    ::signal(SIGPIPE, SIG_IGN);
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    if (!runtime) {
        std::fprintf(stderr, "annex-pair-launcher: XDG_RUNTIME_DIR is not set\n");
        return EXIT_FAILURE;
    }
    options.runtimeFolder = runtime;

    auto display = test::startDisplay(options);
    if (!display)
        return complain(display.error());
    auto names = test::waitUntilReady(display->relay.get(), kStart_ms);
    if (!names)
        return complain(names.error());
    std::optional<Viewer> viewer;
    if (!noViewer) {
        auto started = startViewer(viewerProgram, *display);
        if (!started)
            return complain(started.error());
        viewer = std::move(*started);
    }

    SpawnOptions guest;
    guest.program = program.front().find('/') == std::string::npos ? "/usr/bin/" + program.front() : program.front();
    guest.arguments = program;
    guest.environment = test::guestEnvironment(options.runtimeFolder, names->wayland, names->x11);
    guest.descriptors = {{1, 1}, {2, 2}};
    auto child = spawn(guest);
    if (!child)
        return complain(child.error());

    waitForAnEnd(viewer ? &*viewer : nullptr, *display, *child);
    // Ends in the order in which nobody is surprised; each may be gone already.
    for (ChildProcess* process : {&*child, viewer ? &viewer->process : nullptr, &display->process}) {
        if (process)
            [[maybe_unused]] auto told = process->signal(SIGTERM);
    }
    [[maybe_unused]] auto ended = display->process.wait();
    return EXIT_SUCCESS;
}
