// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/keeper_client.h"

#include <asio/this_coro.hpp>

#include "base/channel/posix/local_socket.h"
#include "isolation/namespaces/readiness.h"

namespace annex::isolation {
namespace {

constexpr std::size_t kMaxAnswerDescriptors = 3; // control, display, pool

/// Reads exactly `count` bytes.
asio::awaitable<Result<ByteVector>> readExactly(
    asio::any_io_executor executor, int socket, std::size_t count, Deadline deadline, std::vector<UniqueFd>* descriptors)
{
    ByteVector bytes(count);
    std::size_t filled = 0;
    while (filled < count) {
        auto received = receive(socket, std::span(bytes).subspan(filled), kMaxAnswerDescriptors);
        if (received && received->closed)
            co_return fail(Errc::Disconnected, "the keeper has ended");
        if (received) {
            filled += received->bytes;
            for (UniqueFd& descriptor : received->descriptors)
                descriptors->push_back(std::move(descriptor));
            continue;
        }
        if (received.error().code != Errc::Busy)
            co_return tl::unexpected<Error>(std::move(received.error()));
        auto ready = co_await waitReadable(executor, socket, deadline);
        if (!ready)
            co_return tl::unexpected<Error>(std::move(ready.error()));
    }
    co_return bytes;
}

} // namespace

asio::awaitable<Result<KeeperAnswer>> readAnswer(asio::any_io_executor executor, int socket, Deadline deadline)
{
    KeeperAnswer answer;
    auto head = co_await readExactly(executor, socket, keeper::kReplyHeader_bytes, deadline, &answer.descriptors);
    if (!head)
        co_return tl::unexpected<Error>(std::move(head.error()));
    auto header = keeper::decodeReplyHeader(*head);
    if (!header)
        co_return tl::unexpected<Error>(std::move(header.error()));
    auto body = co_await readExactly(executor, socket, header->length, deadline, &answer.descriptors);
    if (!body)
        co_return tl::unexpected<Error>(std::move(body.error()));
    answer.reply = {header->verb, header->code, std::move(*body)};
    co_return answer;
}

asio::awaitable<Result<KeeperAnswer>> askKeeper(
    asio::any_io_executor executor, std::filesystem::path path, keeper::Verb verb, Deadline deadline)
{
    auto socket = connectLocal(path);
    if (!socket)
        co_return while_("reach the keeper", std::move(socket));
    const ByteVector request = keeper::encodeRequest(verb);
    auto sent = sendWith(socket->get(), request); // four bytes into an empty buffer always fit
    if (!sent)
        co_return while_("ask the keeper", std::move(sent));
    auto answer = co_await readAnswer(executor, socket->get(), deadline);
    if (!answer)
        co_return while_("ask the keeper", std::move(answer));
    if (answer->reply.failed())
        co_return fail(answer->reply.code, std::string(answer->reply.body.begin(), answer->reply.body.end()));
    co_return std::move(*answer);
}

} // namespace annex::isolation
