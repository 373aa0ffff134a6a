// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "vgpu/display/guest/wlroots/listener.h"

namespace annex::display::guest {

class ClientReaper;

/// Ends a program that makes protocol objects without end: each costs us memory, and the request that makes one costs the program twelve bytes.
class ClientBudget {
public:
    static constexpr int kMaxObjects = 65'536;   // a browser has some thousand; Xwayland a few per X window
    static constexpr int kCheckEvery = 8'192;    // objects made between two counts

    ClientBudget(wl_display* display, ClientReaper& reaper);
    ~ClientBudget();

private:
    struct Client;
    void joined(wl_client* client);
    void objectMade(Client& client);

    ClientReaper& m_reaper;
    Listener m_onClient;
    std::map<wl_client*, std::unique_ptr<Client>> m_clients;
};

} // namespace annex::display::guest
