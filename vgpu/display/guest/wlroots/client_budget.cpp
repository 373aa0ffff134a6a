// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/client_budget.h"

#include "vgpu/display/guest/wlroots/surface_watch.h"

namespace annex::display::guest {

struct ClientBudget::Client {
    wl_client* client = nullptr;
    int madeSinceCount = 0;
    Listener onObject, onGone;
};

ClientBudget::ClientBudget(wl_display* display, ClientReaper& reaper) : m_reaper(reaper)
{
    m_onClient.connectWith([display](wl_listener* listener) { wl_display_add_client_created_listener(display, listener); },
                           [this](void* data) { joined(static_cast<wl_client*>(data)); });
}

ClientBudget::~ClientBudget() = default;

void ClientBudget::joined(wl_client* client)
{
    auto entry = std::make_unique<Client>();
    Client* watched = entry.get();
    watched->client = client;
    watched->onObject.connectWith([client](wl_listener* listener) { wl_client_add_resource_created_listener(client, listener); },
                                  [this, watched](void*) { objectMade(*watched); });
    watched->onGone.connectWith([client](wl_listener* listener) { wl_client_add_destroy_listener(client, listener); },
                                [this, client](void*) { m_clients.erase(client); });
    m_clients[client] = std::move(entry);
}

void ClientBudget::objectMade(Client& client)
{
    // Only the making is announced, so count what lives, but seldom.
    if (++client.madeSinceCount < kCheckEvery)
        return;
    client.madeSinceCount = 0;
    int living = 0;
    wl_client_for_each_resource(
        client.client,
        [](wl_resource*, void* data) {
            ++*static_cast<int*>(data);
            return WL_ITERATOR_CONTINUE;
        },
        &living);
    if (living > kMaxObjects)
        m_reaper.condemn(client.client);
}

} // namespace annex::display::guest
