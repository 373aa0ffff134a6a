// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/leftovers.h"

#include <algorithm>

#include "base/channel/posix/local_socket.h"
#include "isolation/namespaces/leftover_files.h"
#include "isolation/namespaces/orphans.h"

namespace annex::isolation {
namespace fs = std::filesystem;
namespace {

bool answers(const fs::path& socket)
{
    auto connected = connectLocal(socket);
    return connected.has_value() || connected.error().code == Errc::Busy; // a full queue is a queue
}

std::set<fs::path> keeperSockets(const fs::path& folder)
{
    std::set<fs::path> sockets;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        fs::path path = it->path();
        const fs::path extension = path.extension();
        if (extension == ".sock" || extension == ".guest")
            sockets.insert(path.replace_extension(".sock"));
    }
    return sockets;
}

} // namespace

Sweep sweepLeftovers(const fs::path& keeperFolder, const Delegation& delegation, const std::set<std::string>& starting)
{
    Sweep sweep;
    const std::string tag = groupTag(keeperFolder);
    std::set<std::string> dead;
    // Groups are listed before the keepers are asked: one that is made later has a keeper that was not asked.
    for (const std::string& id : guestsWithGroups(delegation, tag))
        dead.insert(id);
    for (const fs::path& socket : keeperSockets(keeperFolder)) {
        if (answers(socket)) {
            sweep.alive.push_back(socket);
            dead.erase(socket.stem().string());
        } else {
            dead.insert(socket.stem().string());
        }
    }
    std::erase_if(dead, [&](const std::string& id) { return starting.contains(id); });
    if (!dead.empty())
        sweep.again = endOrphans() > 0;
    const bool orphansEnd = sweep.again;
    for (const std::string& id : dead) {
        const fs::path socket = keeperFolder / (id + ".sock");
        killByGuestFile(socket);
        if (!removeGroups(groupFolders(delegation, groupName(tag, id))) || orphansEnd) {
            sweep.again = true; // the files stay until the processes are gone, so that the next sweep looks again
            continue;
        }
        removeKeeperFiles(socket);
        sweep.swept.push_back(id);
    }
    return sweep;
}

} // namespace annex::isolation
