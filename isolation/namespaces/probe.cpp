// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/probe.h"

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

#include "isolation/namespaces/readiness.h"

namespace annex::isolation {
namespace {

constexpr auto kPatience = std::chrono::seconds(15); // takes some 10 ms

Result<ChildProcess> startProbe(const NamespacesOptions& options, int errors)
{
    SpawnOptions spawnOptions;
    spawnOptions.program = options.bubblewrap.string();
    spawnOptions.arguments = {"bwrap", "--unshare-user", "--disable-userns", "--unshare-ipc", "--unshare-pid", "--unshare-net",
                              "--unshare-uts", "--unshare-cgroup", "--die-with-parent", "--cap-drop", "ALL", "--ro-bind", "/", "/",
                              "--proc", "/proc", "--", "/usr/bin/true"};
    spawnOptions.descriptors = {{errors, STDERR_FILENO}};
    spawnOptions.workingFolder = "/";
    return spawn(spawnOptions);
}

} // namespace

asio::awaitable<Result<void>> probeNamespaces(asio::any_io_executor executor, NamespacesOptions options)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        co_return failErrno("probe namespaces");
    UniqueFd readEnd(ends[0]);
    UniqueFd writeEnd(ends[1]);
    auto probe = startProbe(options, writeEnd.get());
    writeEnd.reset();
    if (!probe)
        co_return while_("probe namespaces", std::move(probe));
    auto ended = co_await waitReadable(executor, probe->pidfd(), std::chrono::steady_clock::now() + kPatience);
    if (!ended) {
        (void)probe->signal(SIGKILL);
        (void)probe->wait();
        co_return while_("probe namespaces", std::move(ended));
    }
    auto status = probe->wait();
    if (status && status->succeeded())
        co_return Result<void>();
    char text[1024];
    const ssize_t got = ::read(readEnd.get(), text, sizeof text);
    co_return fail(Errc::Unsupported, std::string(text, got > 0 ? static_cast<std::size_t>(got) : 0));
}

} // namespace annex::isolation
