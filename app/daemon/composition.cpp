// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/composition.h"

#include <cstdlib>
#include <thread>

#include <unistd.h>

#include "app/broker/testing/fake_init.h"
#include "app/api/client_connection.h"
#include "isolation/fake/fake_engine.h"
#include "isolation/namespaces/namespaces_engine.h"
#include "policy/audit/linux/system_log.h"
#include "policy/managed/linux/folder_reader.h"

namespace annex::daemon {

namespace {

policy::HostFacts hostFacts()
{
    policy::HostFacts out;
    out.memory = {static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))};
    out.processors = std::max(1u, std::thread::hardware_concurrency());
    return out;
}

// Look and language of the person's session, as far as a guest may know of it.
std::vector<std::string> guestEnvironment()
{
    std::vector<std::string> out;
    for (const char* name : {"LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME", "TZ", "XCURSOR_THEME", "XCURSOR_SIZE", "GTK_THEME"})
        if (const char* value = std::getenv(name); value && *value)
            out.push_back(std::string(name) + "=" + value);
    return out;
}

Result<std::unique_ptr<policy::PolicyEngine>> openPolicy(const Options& options, const Paths& paths)
{
    policy::PolicyOptions out;
    out.dataFolder = paths.data.string();
    out.host = hostFacts();
    out.managed = std::make_unique<policy::FolderReader>(paths.managed.string(), options.managedUid.value_or(0));
    out.log = std::make_unique<policy::SystemLog>();
    return policy::PolicyEngine::open(std::move(out));
}

std::unique_ptr<isolation::Engine> fakeEngine(asio::io_context& loop)
{
    auto world = std::make_shared<isolation::FakeWorld>();
    broker::testing::playInit(loop, *world);
    return std::make_unique<isolation::FakeEngine>(loop.get_executor(), std::move(world));
}

Result<std::vector<std::unique_ptr<isolation::Engine>>> engines(asio::io_context& loop, const Options& options, const Paths& paths, const std::filesystem::path& programs)
{
    std::vector<std::unique_ptr<isolation::Engine>> out;
    if (options.engine == "fake") {
        out.push_back(fakeEngine(loop));
        return out;
    }
    isolation::NamespacesOptions namespaces;
    namespaces.keeperFolder = paths.keeperFolder();
    namespaces.keeperProgram = programs / "annex-keeper";
    namespaces.testHooks = options.testHooks;
    out.push_back(std::make_unique<isolation::NamespacesEngine>(loop.get_executor(), std::move(namespaces)));
    return out;
}

} // namespace

Result<std::unique_ptr<broker::Broker>> compose(asio::io_context& loop, const Clock& clock, const Options& options, const Paths& paths)
{
    auto programs = programFolder();
    if (!programs)
        return while_("find our programs", std::move(programs));
    auto policy = openPolicy(options, paths);
    if (!policy)
        return while_("open the policy database", std::move(policy));
    auto found = engines(loop, options, paths, *programs);
    if (!found)
        return while_("make the engines", std::move(found));
    broker::BrokerOptions out;
    out.paths = paths;
    out.product = ANNEX_VERSION;
    out.guestProgramFolder = programs->string();
    out.guestEnvironment = guestEnvironment();
    out.weakenedForTest = options.weaken;
    out.emptyTime = std::chrono::seconds(options.emptySeconds);
    return std::make_unique<broker::Broker>(loop, clock, std::move(*policy), std::move(*found), std::move(out));
}

} // namespace annex::daemon
