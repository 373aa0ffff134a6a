// SPDX-License-Identifier: Apache-2.0
#include "tests/support/display_host/display_end.h"

#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/control/relay.h"
#include "base/channel/posix/local_socket.h"
#include "base/wire.h"

namespace annex::test {

Result<UniqueFd> makePool(std::uint64_t size_bytes)
{
    UniqueFd pool(::memfd_create("annex-pool", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!pool || ::ftruncate(pool.get(), static_cast<off_t>(size_bytes)) < 0
        || ::fcntl(pool.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
        return failErrno("make the pixel pool");
    return pool;
}

Result<DisplayEnd> startDisplay(const DisplayOptions& options)
{
    auto stream = streamPair();
    auto relay = streamPair();
    if (!stream || !relay)
        return fail(Errc::SystemFailed, "make socket pairs");
    DisplayEnd end;
    SpawnOptions spawnOptions;
    spawnOptions.program = ANNEX_BIN_DIR "/annex-display";
    spawnOptions.arguments = {"annex-display", "--socket", options.socketName};
    if (options.xwayland)
        spawnOptions.arguments.emplace_back("--xwayland");
    spawnOptions.descriptors = {{(*stream)[1].get(), 3}, {(*relay)[1].get(), 5}};
    if (options.showErrors)
        spawnOptions.descriptors.emplace_back(2, 2);
    if (options.inlineFrames) {
        spawnOptions.arguments.emplace_back("--inline");
    } else {
        auto pool = makePool(options.pool_bytes);
        if (!pool)
            return tl::unexpected<Error>(std::move(pool.error()));
        end.pool = std::move(*pool);
        end.pool_bytes = options.pool_bytes;
        spawnOptions.descriptors.emplace_back(end.pool.get(), 4);
    }
    spawnOptions.environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "XDG_RUNTIME_DIR=" + options.runtimeFolder};
    spawnOptions.environment.insert(spawnOptions.environment.end(), options.environment.begin(), options.environment.end());
    auto process = spawn(spawnOptions);
    if (!process)
        return while_("start annex-display", std::move(process));
    end.process = std::move(*process);
    end.stream = std::move((*stream)[0]);
    end.relay = std::move((*relay)[0]);
    return end;
}

std::vector<std::string> guestEnvironment(const std::string& runtimeFolder, const std::string& waylandDisplay, const std::string& x11Display)
{
    std::vector<std::string> environment = {
        "PATH=/usr/bin:/bin",
        "LANG=C.UTF-8",
        "HOME=" + runtimeFolder,
        "XDG_RUNTIME_DIR=" + runtimeFolder,
        "WAYLAND_DISPLAY=" + waylandDisplay,
        "XDG_SESSION_TYPE=wayland",
        "GDK_BACKEND=wayland",
        "GSK_RENDERER=cairo",
        "QT_QPA_PLATFORM=wayland",
        "GTK_A11Y=none",
        "NO_AT_BRIDGE=1",
        "XCURSOR_THEME=Adwaita",
        "XCURSOR_SIZE=24",
        "LIBGL_ALWAYS_SOFTWARE=1",
    };
    if (!x11Display.empty())
        environment.push_back("DISPLAY=" + x11Display);
    return environment;
}

Result<ReadyNames> waitUntilReady(int relay, int patience_ms)
{
    wire::FrameReader reader(control::relay::kMaxPiece_bytes + 64);
    for (;;) {
        pollfd poll{relay, POLLIN, 0};
        if (::poll(&poll, 1, patience_ms) <= 0)
            return fail(Errc::TimedOut, "wait for annex-display");
        std::uint8_t bytes[4096];
        const ssize_t count = ::recv(relay, bytes, sizeof bytes, MSG_DONTWAIT);
        if (count <= 0)
            return fail(Errc::Disconnected, "annex-display ended while it started");
        reader.feed(ByteSpan(bytes, static_cast<std::size_t>(count)));
        auto event = reader.next();
        if (!event)
            return tl::unexpected<Error>(std::move(event.error()));
        if (!*event)
            continue;
        wire::Reader fields((*event)->frame->payload);
        ReadyNames names;
        names.wayland = fields.text(256);
        names.x11 = fields.text(256);
        return names;
    }
}

} // namespace annex::test
