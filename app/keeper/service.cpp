// SPDX-License-Identifier: Apache-2.0
#include "app/keeper/service.h"

#include <algorithm>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace annex::keeper {

using isolation::keeper::Reply;
using isolation::keeper::Verb;

Service::Service(GuestProcess& guest, UniqueFd listener, UniqueFd signals)
    : m_guest(guest), m_listener(std::move(listener)), m_signals(std::move(signals))
{
}

void Service::run()
{
    for (;;) {
        std::vector<pollfd> waits{{m_guest.endDescriptor(), POLLIN, 0}, {m_signals.get(), POLLIN, 0}, {m_listener.get(), POLLIN, 0}};
        for (const Client& client : m_clients)
            waits.push_back({client.socket.get(), POLLIN, 0});
        if (::poll(waits.data(), waits.size(), -1) < 0)
            continue; // EINTR
        if (waits[0].revents != 0 || (waits[1].revents != 0 && endWasAsked()))
            return;
        std::size_t index = 3;
        for (Client& client : m_clients) {
            if (waits[index++].revents != 0)
                read(client);
        }
        m_clients.remove_if([](const Client& client) { return client.closing; });
        if (waits[2].revents != 0)
            accept();
    }
}

bool Service::endWasAsked()
{
    signalfd_siginfo info{};
    if (::read(m_signals.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info))
        return false;
    m_killAsked = true;
    return true;
}

bool Service::accept()
{
    auto socket = acceptLocal(m_listener.get());
    if (!socket)
        return false;
    if (m_clients.size() < kMaxClients && askForCredentials(socket->get()))
        m_clients.push_back({std::move(*socket), {}, false}); // else closed at once
    return true;
}

void Service::read(Client& client)
{
    std::uint8_t buffer[isolation::keeper::kRequest_bytes];
    auto received = receive(client.socket.get(), std::span(buffer).first(sizeof buffer - client.pending.size()));
    if (!received) {
        client.closing = received.error().code != Errc::Busy;
        return;
    }
    // Each piece is judged by who wrote it: the descriptor may be in other hands than when it was connected.
    if (received->closed || !received->writer || !checkWriter(*received->writer)) {
        client.closing = true;
        return;
    }
    client.pending.insert(client.pending.end(), buffer, buffer + received->bytes);
    if (client.pending.size() < isolation::keeper::kRequest_bytes)
        return;
    auto verb = isolation::keeper::decodeRequest(client.pending);
    client.pending.clear();
    if (!verb) {
        client.closing = true;
        return;
    }
    answer(client, *verb);
}

void Service::answer(Client& client, Verb verb)
{
    auto reply = [&](Result<void> done) {
        Reply out{verb, {}, {}};
        if (!done) {
            const std::string text = done.error().describe().substr(0, isolation::keeper::kMaxText_bytes);
            out.code = done.error().code;
            out.body.assign(text.begin(), text.end());
        }
        send(client, out);
    };
    switch (verb) {
    case Verb::Take: return answerTake(client);
    case Verb::Status: return reply({});
    case Verb::Pause: return reply(m_guest.pause());
    case Verb::Resume: return reply(m_guest.resume());
    case Verb::Ask: return reply(m_guest.ask());
    case Verb::Kill:
        m_killAsked = true;
        return m_guest.kill(); // answered by Ended
    case Verb::Ended: client.closing = true; return; // ours to say
    }
}

void Service::answerTake(Client& client)
{
    std::vector<int> descriptors{m_guest.control(), m_guest.display()};
    if (m_guest.pool() >= 0)
        descriptors.push_back(m_guest.pool());
    send(client, {Verb::Take, {}, m_guest.specification().info}, descriptors);
}

/// Replies are far smaller than a socket's buffer: what does not fit at once belongs to a client that does not read, and is cut off.
void Service::send(Client& client, const Reply& reply, std::span<const int> descriptors)
{
    const ByteVector bytes = isolation::keeper::encodeReply(reply);
    auto sent = sendWith(client.socket.get(), bytes, descriptors);
    if (!sent || *sent != bytes.size())
        client.closing = true;
}

void Service::announceEnd(int exitCode)
{
    // Who has connected and was not accepted yet waits for this as well: without it an orderly end looks like the keeper's own death.
    for (std::size_t waiting = 0; waiting < kMaxClients && accept(); ++waiting) {
    }
    const Reply ended{Verb::Ended, {}, isolation::keeper::encode(isolation::keeper::Ending{exitCode, m_killAsked})};
    for (Client& client : m_clients)
        send(client, ended);
    m_clients.clear();
}

} // namespace annex::keeper
