// SPDX-License-Identifier: Apache-2.0
// A broker's bytes as annex-init reads them: cut, joined and interrupted by Preambles. Decoding must be the inverse of encoding.
#include <cstdint>
#include <cstdlib>

#include "app/control/codec.h"

using namespace annex;
using namespace annex::control;

namespace {

template <class Message> void roundTrip(const wire::Frame& frame)
{
    auto message = decodeTrusted<Message>(frame.payload);
    if (!message)
        return;
    ByteVector again;
    append(again, frame.header.object, *message);
    if (!std::equal(again.begin() + wire::kHeader_bytes, again.end(), frame.payload.begin(), frame.payload.end()))
        std::abort();
}

void decodeAny(const wire::Frame& frame)
{
    switch (static_cast<MessageType>(frame.header.type)) {
#define ANNEX_ROUND_TRIP(id, name, sender) case MessageType::name: return roundTrip<name>(frame);
        ANNEX_CONTROL_MESSAGES(ANNEX_ROUND_TRIP)
#undef ANNEX_ROUND_TRIP
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    wire::FrameReader reader(kMaxPayload_bytes);
    reader.watchForPreamble();
    ByteSpan rest(data, size);
    while (!rest.empty()) {
        std::size_t piece = std::min<std::size_t>(rest.size(), 1 + rest[0]);
        reader.feed(rest.first(piece));
        rest = rest.subspan(piece);
        while (true) {
            auto event = reader.next();
            if (!event)
                continue; // broken until a Preamble: the next call says "nothing more"
            if (!*event)
                break;
            if ((*event)->frame)
                decodeAny(*(*event)->frame);
        }
    }
    return 0;
}
