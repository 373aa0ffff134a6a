// SPDX-License-Identifier: Apache-2.0
// In the place of annex-init: says Ready, and then what its workspace is called after. 3 = control stream. "quiet" breaks no rule.
#include <array>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/control/codec.h"
#include "app/control/relay.h"
#include "base/wire.h"

namespace {

using namespace annex;
using namespace annex::control;

constexpr int kControl = 3;

void write(ByteSpan bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(kControl, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            std::exit(0);
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
}

template <class Message> void say(std::uint32_t object, const Message& message)
{
    ByteVector bytes;
    append(bytes, object, message);
    write(bytes);
}

void sayRaw(MessageType type, ByteSpan payload)
{
    ByteVector bytes;
    wire::appendFrame(bytes, static_cast<std::uint16_t>(type), 0, 1, payload);
    write(bytes);
}

struct Attack {
    const char* name;
    void (*run)();
};

const Attack kAttacks[] = {
    {"quiet", [] { say(0, DisplayState{DisplayCondition::Ready}); }},
    {"garbage", [] { write(ByteVector(4096, 0xa5)); }},
    {"oversized", [] { write(ByteVector{3, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}); }},
    {"host-message", [] { say(1, Ping{1}); }},
    {"truncated", [] { sayRaw(MessageType::Exited, ByteVector{}); }},
    {"unknown-type", [] { sayRaw(static_cast<MessageType>(4242), ByteVector{}); }},
    {"second-ready", [] { say(0, Ready{}); }},
    {"unknown-program", [] { say(7777, Output{Stream::Out, ByteVector(10, 'x')}); }},
    {"relay-garbage", [] { say(0, FromDisplay{ByteVector(40, 0xff)}); }},
    {"file-unasked", [] { say(5, FileDone{0, "/etc/passwd"}); }},
};

std::string workspaceName()
{
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

} // namespace

int main()
{
    ::fcntl(kControl, F_SETFL, ::fcntl(kControl, F_GETFL) & ~O_NONBLOCK);
    wire::FrameReader reader(kMaxPayload_bytes);
    reader.watchForPreamble();
    const std::string wanted = workspaceName();
    std::array<std::uint8_t, 65536> buffer;
    for (ssize_t got = 0; (got = ::recv(kControl, buffer.data(), buffer.size(), 0)) > 0;) {
        reader.feed({buffer.data(), static_cast<std::size_t>(got)});
        while (auto event = reader.next()) {
            if (!*event)
                break;
            if (!(*event)->preamble)
                continue;
            const auto echo = wire::Preamble::encode(*(*event)->preamble);
            write(echo);
            say(0, Ready{});
            for (const Attack& attack : kAttacks)
                if (wanted == attack.name)
                    attack.run();
        }
    }
    return 0;
}
