// SPDX-License-Identifier: Apache-2.0
#include "app/api/client_connection.h"

#include <poll.h>

#include <array>
#include <cerrno>

#include "app/api/message.h"
#include "base/channel/posix/local_socket.h"

namespace annex::api {

void ClientConnection::close(std::string reason)
{
    m_socket.reset();
    m_partial.clear();
    m_core.ended(std::move(reason));
}

void ClientConnection::onReadable()
{
    std::array<std::uint8_t, kReadSize_bytes> buffer;
    while (alive()) {
        auto got = receive(m_socket.get(), buffer, kMaxDescriptorsPerMessage);
        if (!got) {
            if (got.error().code != Errc::Busy)
                close("The connection broke: " + got.error().describe());
            return;
        }
        if (got->closed)
            return close("It ended the connection");
        if (auto fed = m_core.feed(ByteSpan(buffer).first(got->bytes), std::move(got->descriptors)); !fed)
            return close("It sent something that is not its protocol: " + fed.error().describe());
        if (got->bytes < buffer.size())
            return flush();
    }
}

void ClientConnection::flush()
{
    while (alive() && (!m_partial.empty() || m_core.hasOutgoing())) {
        std::vector<UniqueFd> descriptors;
        if (m_partial.empty()) {
            auto line = m_core.takeOutgoing();
            m_partial = std::move(line.bytes);
            descriptors = std::move(line.descriptors);
        }
        std::vector<int> numbers;
        for (const auto& d : descriptors)
            numbers.push_back(d.get());
        auto sent = sendWith(m_socket.get(), asBytes(m_partial), numbers);
        // A line that could not even begin would lose its descriptors: wait for room here, which a broker that reads gives at once.
        while (!sent && sent.error().code == Errc::Busy && !numbers.empty()) {
            pollfd waiting{m_socket.get(), POLLOUT, 0};
            ::poll(&waiting, 1, -1);
            sent = sendWith(m_socket.get(), asBytes(m_partial), numbers);
        }
        if (!sent) {
            if (sent.error().code == Errc::Busy)
                return;
            return close("The connection broke: " + sent.error().describe());
        }
        m_partial.erase(0, *sent);
    }
}

bool ClientConnection::waitOnce(std::optional<std::chrono::milliseconds> timeout)
{
    flush();
    if (!alive())
        return true;
    pollfd watched{m_socket.get(), static_cast<short>(POLLIN | (wantsWrite() ? POLLOUT : 0)), 0};
    const int ready = ::poll(&watched, 1, timeout ? static_cast<int>(timeout->count()) : -1);
    if (ready <= 0)
        return ready < 0 && errno == EINTR;
    if (watched.revents & POLLOUT)
        flush();
    if (alive() && (watched.revents & (POLLIN | POLLHUP | POLLERR)))
        onReadable();
    return true;
}

Outcome<Json> ClientConnection::call(std::string_view method, const Json& parameters, std::vector<UniqueFd> descriptors, std::vector<UniqueFd>* descriptorsBack)
{
    std::optional<Outcome<Json>> outcome;
    const auto take = [&](Answer answer) {
        if (answer.problem)
            outcome.emplace(Refused(*answer.problem));
        else
            outcome.emplace(*answer.result);
        if (descriptorsBack)
            *descriptorsBack = std::move(answer.descriptors);
    };
    if (!alive())
        return refuse("broker.away", {{"reason", "It ended the connection"}});
    m_core.request(method, parameters, take, std::move(descriptors));
    while (!outcome && alive())
        waitOnce(std::nullopt);
    return outcome ? std::move(*outcome) : Outcome<Json>(refuse("broker.away", {{"reason", "It ended the connection"}}));
}

void ClientConnection::sayHello(std::string_view client, ClientCore::OnAnswer onAnswer)
{
    m_core.request("hello", {{"version", kProtocolVersion}, {"client", client}}, [this, then = std::move(onAnswer)](Answer answer) {
        if (answer.result) {
            m_welcome.product = answer.result->value("product", "");
            m_welcome.pid = answer.result->value("pid", std::int64_t{0});
            m_welcome.desktop = answer.result->value("desktop", false);
        }
        if (then)
            then(std::move(answer));
    });
}

} // namespace annex::api
