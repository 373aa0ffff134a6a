// SPDX-License-Identifier: Apache-2.0
// Stands in for annex-display: says Ready on the relay and does what ANNEX_TEST_DISPLAY says.
//   crash    end after Ready, each time
//   never    never become ready
//   garbage  send bytes that are no relay message
//   echo     answer each OfferEnd with OfferSet, each SelectionRead with 32 pieces and an end
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

#include "app/control/relay.h"
#include "base/wire.h"

using namespace annex;
namespace relay = annex::control::relay;

namespace {

constexpr int kRelay = 5;

void send(ByteSpan bytes)
{
    while (!bytes.empty()) {
        // init made the socket non-blocking for both: wait by hand, this program has nothing else to do.
        ssize_t count = ::send(kRelay, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count > 0)
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        else
            ::usleep(1000);
    }
}

void sendFrame(relay::Type type, std::uint32_t object, ByteSpan payload = {})
{
    ByteVector frame;
    wire::appendFrame(frame, static_cast<std::uint16_t>(type), 0, object, payload);
    send(frame);
}

void sayReady()
{
    ByteVector payload;
    wire::Writer w(payload);
    w.text("wayland-7");
    w.text(":7");
    sendFrame(relay::Type::DisplayReady, 0, payload);
}

void answer(const wire::Frame& frame)
{
    if (frame.header.type == static_cast<std::uint16_t>(relay::Type::OfferEnd))
        sendFrame(relay::Type::OfferSet, frame.header.object);
    if (frame.header.type != static_cast<std::uint16_t>(relay::Type::SelectionRead))
        return;
    for (int i = 0; i < 32; ++i)
        sendFrame(relay::Type::SelectionPiece, frame.header.object, ByteVector(relay::kMaxPiece_bytes, 'x'));
    sendFrame(relay::Type::SelectionEnd, frame.header.object, ByteVector{0});
}

} // namespace

int main()
{
    std::string_view script = ::getenv("ANNEX_TEST_DISPLAY") ? ::getenv("ANNEX_TEST_DISPLAY") : "";
    if (script == "never")
        ::pause();
    sayReady();
    if (script == "crash")
        return 1;
    if (script == "garbage")
        send(asBytes("this is not a frame of the relay at all"));
    wire::FrameReader reader(64 * 1024);
    std::array<std::uint8_t, 4096> buffer;
    while (true) {
        ssize_t count = ::recv(kRelay, buffer.data(), buffer.size(), 0);
        if (count == 0)
            return 0;
        if (count < 0) {
            ::usleep(1000);
            continue;
        }
        reader.feed(ByteSpan(buffer).first(static_cast<std::size_t>(count)));
        for (auto event = reader.next(); event && *event; event = reader.next())
            answer(*(*event)->frame);
    }
}
