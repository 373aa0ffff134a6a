// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

#include <poll.h>
#include <unistd.h>

#include "base/channel/posix/local_socket.h"
#include "base/random.h"
#include "isolation/namespaces/control_group_files.h"

namespace annex::test {

using namespace std::chrono_literals;

Deadline soon(std::chrono::seconds patience)
{
    return std::chrono::steady_clock::now() + patience;
}

Fixture::Fixture(bool undelegated) : m_undelegated(undelegated)
{
    restartEngine();
}

Fixture::~Fixture()
{
    auto left = adopt();
    if (!left)
        return;
    for (auto& guest : *left)
        (void)run(guest->stop(isolation::StopHow::Kill, soon()));
}

std::string Fixture::obstacle()
{
    if (::geteuid() == 0)
        return "these tests run as an ordinary account, as Annex does: start them through ./dev test, or with setpriv";
    if (::access("/usr/bin/bwrap", X_OK) != 0)
        return "bubblewrap is not installed";
    return {};
}

bool Fixture::delegated()
{
    return !isolation::findDelegation(::geteuid()).memory.empty();
}

fs::path Fixture::keeperFolder() const
{
    return fs::path(m_folder.path().toStdString()) / "k";
}

void Fixture::restartEngine()
{
    isolation::NamespacesOptions options;
    options.keeperFolder = keeperFolder();
    options.keeperProgram = ANNEX_BIN_DIR "/annex-keeper";
    options.testHooks = true;
    options.ignoreDelegation = m_undelegated;
    m_engine.reset();
    m_engine = std::make_unique<isolation::NamespacesEngine>(m_loop.get_executor(), options);
}

GuestSpec Fixture::spec(const std::string& id) const
{
    GuestSpec spec;
    spec.guestId = id;
    spec.workspaceName = id;
    spec.hostname = "annex-test";
    spec.machineId = randomHex(16);
    spec.memory.maximum.value = Bytes{512u << 20};
    spec.storage.quota = Bytes{256u << 20};
    spec.pool_bytes = 16u << 20;
    spec.guestProgramFolder = ANNEX_TINY_GUEST_DIR;
    spec.environment = {"ANNEX_TEST=yes"};
    return spec;
}

bool Fixture::spinUntil(const std::function<bool()>& done, std::chrono::seconds patience)
{
    const Deadline deadline = soon(patience);
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        m_loop.restart();
        m_loop.run_for(20ms);
        if (m_loop.stopped())
            std::this_thread::sleep_for(1ms); // nothing to wait for on the loop: the condition is elsewhere
    }
    return true;
}

Result<std::unique_ptr<Guest>> Fixture::start(GuestSpec spec)
{
    auto work = m_engine->start(std::move(spec), nullptr, soon());
    return run(std::move(work));
}

Result<std::vector<std::unique_ptr<Guest>>> Fixture::adopt()
{
    auto work = m_engine->adopt();
    return run(std::move(work));
}

std::string Fixture::ask(Guest& guest, const std::string& command)
{
    const int stream = static_cast<int>(guest.control().stream);
    if (!sendWith(stream, asBytes(command + "\n")))
        return {};
    std::string text;
    std::size_t expected = std::string::npos;
    while (text.size() < expected) {
        pollfd wait{stream, POLLIN, 0};
        std::uint8_t buffer[4096];
        if (::poll(&wait, 1, 60'000) <= 0)
            return "no answer in a minute: " + text;
        auto received = receive(stream, buffer);
        if (!received || received->closed)
            return {};
        text.append(reinterpret_cast<const char*>(buffer), received->bytes);
        if (const std::size_t line = text.find('\n'); expected == std::string::npos && line != std::string::npos) {
            expected = std::stoul(text.substr(0, line));
            text.erase(0, line + 1);
        }
    }
    return text;
}

std::vector<pid_t> Fixture::processesWith(const std::string& text)
{
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        auto line = isolation::readGroupFile(entry.path() / "cmdline");
        if (!line)
            continue;
        std::replace(line->begin(), line->end(), '\0', ' ');
        if (line->find(text) != std::string::npos)
            found.push_back(static_cast<pid_t>(std::stol(name)));
    }
    return found;
}

namespace {

pid_t parentOf(pid_t pid)
{
    auto text = isolation::readGroupFile("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t end = text ? text->rfind(") ") : std::string::npos; // the name before it may hold anything
    return end == std::string::npos ? -1 : static_cast<pid_t>(std::atol(text->c_str() + end + 4));
}

} // namespace

pid_t Fixture::keeperOf(const std::string& id) const
{
    // A fork of the keeper, about to load bubblewrap or at work in the guest's namespaces, has its command line as well: its parent has, too.
    const auto found = processesWith("annex-keeper --guest-id " + id + " --socket " + (keeperFolder() / (id + ".sock")).string());
    for (pid_t pid : found) {
        if (std::find(found.begin(), found.end(), parentOf(pid)) == found.end())
            return pid;
    }
    return -1;
}

namespace {

std::vector<pid_t> childrenOf(pid_t pid)
{
    std::vector<pid_t> children;
    auto text = isolation::readGroupFile("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
    if (text) {
        std::istringstream numbers(*text);
        for (long child = 0; numbers >> child;)
            children.push_back(static_cast<pid_t>(child));
    }
    return children;
}

} // namespace

pid_t Fixture::bubblewrapOf(const std::string& id) const
{
    for (pid_t child : childrenOf(keeperOf(id))) {
        auto line = isolation::readGroupFile("/proc/" + std::to_string(child) + "/cmdline");
        if (line && line->starts_with("bwrap")) // others are forks of the keeper
            return child;
    }
    return -1;
}

pid_t Fixture::firstOf(const std::string& id) const
{
    const auto children = childrenOf(bubblewrapOf(id));
    return children.size() == 1 ? children.front() : -1;
}

std::string Fixture::remains() const
{
    std::string text;
    for (pid_t pid : processesWith(keeperFolder().string()))
        text += "process " + std::to_string(pid) + "; ";
    if (fs::exists(keeperFolder())) {
        for (const auto& entry : fs::directory_iterator(keeperFolder()))
            text += entry.path().string() + "; ";
    }
    const std::string tag = isolation::groupTag(keeperFolder());
    for (const std::string& id : isolation::guestsWithGroups(isolation::findDelegation(::geteuid()), tag))
        text += "control group of " + id + "; ";
    return text;
}

} // namespace annex::test
