// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/probe.h"


#include "isolation/namespaces/program_output.h"

namespace annex::isolation {
namespace {

constexpr auto kPatience = std::chrono::seconds(15); // takes some 10 ms

SpawnOptions bubblewrapWith(const NamespacesOptions& options, std::vector<std::string> arguments)
{
    SpawnOptions spawnOptions;
    spawnOptions.program = options.bubblewrap.string();
    spawnOptions.arguments = std::move(arguments);
    spawnOptions.arguments.insert(spawnOptions.arguments.begin(), "bwrap");
    return spawnOptions;
}

std::vector<std::filesystem::path> programsNeeded(const NamespacesOptions& options)
{
    const auto folder = options.keeperProgram.parent_path();
    return {options.keeperProgram, folder / "annex-init", folder / "annex-display"};
}

} // namespace

asio::awaitable<HostFacts> probeHost(asio::any_io_executor executor, NamespacesOptions options)
{
    HostFacts facts = readHostFacts("/", programsNeeded(options));
    if (options.ignoreDelegation)
        facts.delegation = {};
    SpawnOptions askVersion = bubblewrapWith(options, {"--version"});
    auto version = co_await runProgram(executor, std::move(askVersion), std::chrono::steady_clock::now() + kPatience);
    if (!version) {
        facts.bubblewrapSays = version.error().describe();
        co_return facts;
    }
    facts.bubblewrap = versionIn(version->text);
    SpawnOptions makeBox = bubblewrapWith(options,
        {"--unshare-user", "--disable-userns", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup",
         "--die-with-parent", "--cap-drop", "ALL", "--ro-bind", "/", "/", "--proc", "/proc", "--", "/usr/bin/true"});
    auto box = co_await runProgram(executor, std::move(makeBox), std::chrono::steady_clock::now() + kPatience);
    facts.bubblewrapWorks = box && box->status.succeeded();
    if (!facts.bubblewrapWorks)
        facts.bubblewrapSays = box ? box->text : box.error().describe();
    co_return facts;
}

} // namespace annex::isolation
