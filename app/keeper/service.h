// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>

#include "app/keeper/guest_process.h"

namespace annex::keeper {

inline constexpr std::size_t kMaxClients = 16; // one broker, and what an earlier one had open

/// Serves keepers/ID.sock until the guest has ended: four-byte requests, each judged by who wrote it.
class Service {
public:
    Service(GuestProcess& guest, UniqueFd listener, UniqueFd signals);

    /// Returns when the guest has ended, or a signal asked to end it.
    void run();
    /// Tells every client that the guest is gone.
    void announceEnd(int exitCode);

private:
    struct Client {
        UniqueFd socket;
        ByteVector pending; ///< a request that has not come whole yet
        bool closing = false;
    };

    bool accept(); ///< @return whether somebody had connected
    void read(Client& client);
    void answer(Client& client, isolation::keeper::Verb verb);
    void answerTake(Client& client);
    void send(Client& client, const isolation::keeper::Reply& reply, std::span<const int> descriptors = {});
    bool endWasAsked();

    GuestProcess& m_guest;
    UniqueFd m_listener;
    UniqueFd m_signals;
    std::list<Client> m_clients;
    bool m_killAsked = false;
};

} // namespace annex::keeper
