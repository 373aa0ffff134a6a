// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "app/api/line_decoder.h"
#include "app/api/problem.h"
#include "base/bytes.h"
#include "base/posix/unique_fd.h"

/// A client of annexd without a loop of its own: feed it what was read, write what it gives. One thread.
///
/// With a loop:  ClientConnection (client_connection.h) joins it to a socket; tell it when the socket is readable or writable.
/// Without:      ClientConnection::call() waits with poll().
namespace annex::api {

/// The answer to a request. `result` is valid during the callback only, the descriptors may be moved away.
struct Answer {
    const nlohmann::json* result = nullptr; ///< null: failed
    const Problem* problem = nullptr;       ///< null: succeeded
    std::vector<UniqueFd> descriptors;
};

class ClientCore {
public:
    using RequestId = std::uint64_t;
    using OnAnswer = std::function<void(Answer)>;
    using OnEvent = std::function<void(std::string_view type, const nlohmann::json& parameters)>;
    /// A request of the broker's own, to `annex` (after desktop.register). Answer it once, now or later, with answer() or fail().
    using OnRequest = std::function<void(const std::string& id, std::string_view method, const nlohmann::json& parameters)>;

    ClientCore();
    ClientCore(const ClientCore&) = delete;
    ClientCore& operator=(const ClientCore&) = delete;
    ~ClientCore();

    /// Queues a request. The callback is called exactly once: with the answer, or "broker.away" when the connection ends.
    /// @param descriptors  go to the broker with the request; they are closed here once sent
    RequestId request(std::string_view method, const nlohmann::json& parameters, OnAnswer onAnswer, std::vector<UniqueFd> descriptors = {});
    /// Asks the broker to give it up; the answer still comes ("request.cancelled", or the result if that was faster).
    void cancel(RequestId id);
    void onEvent(OnEvent handler) { m_onEvent = std::move(handler); }
    void onRequest(OnRequest handler) { m_onRequest = std::move(handler); }
    void answer(const std::string& id, const nlohmann::json& result);
    void fail(const std::string& id, const Problem& problem);

    /// Takes what one read returned; callbacks run before it returns.
    /// @errors Malformed, TooLarge: the other side is no broker; end the connection
    Result<void> feed(ByteSpan bytes, std::vector<UniqueFd> descriptors = {});
    /// The connection has ended: all open requests fail with "broker.away".
    void ended(std::string reason);

    /// One line to write, with its descriptors on the first byte.
    struct Outgoing {
        std::string bytes;
        std::vector<UniqueFd> descriptors;
    };
    bool hasOutgoing() const { return !m_outgoing.empty(); }
    Outgoing takeOutgoing();

private:
    void dispatch(Line line);
    void complete(RequestId id, Answer answer);

    LineDecoder m_decoder;
    std::deque<Outgoing> m_outgoing;
    std::map<RequestId, OnAnswer> m_open;
    RequestId m_nextId = 1;
    OnEvent m_onEvent;
    OnRequest m_onRequest;
};

} // namespace annex::api
