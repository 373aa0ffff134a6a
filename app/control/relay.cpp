// SPDX-License-Identifier: Apache-2.0
#include "app/control/relay.h"

#include "base/wire.h"

namespace annex::control::relay {

namespace {

ByteVector frame(Type type, std::uint32_t object, ByteSpan payload = {})
{
    ByteVector out;
    wire::appendFrame(out, static_cast<std::uint16_t>(type), 0, object, payload);
    return out;
}

Result<FromGuest> finished(const wire::Reader& reader, FromGuest message)
{
    if (auto end = reader.finish(); !end)
        return while_("a relayed message", std::move(end));
    return message;
}

Result<FromGuest> decodePayload(const wire::Header& header, ByteSpan payload)
{
    wire::Reader r(payload);
    switch (static_cast<Type>(header.type)) {
    case Type::OfferSet:
        return finished(r, OfferSet{header.object});
    case Type::SelectionChanged: {
        std::uint8_t hasText = r.u8();
        if (hasText > 1)
            return fail(Errc::Malformed, "a relayed flag is neither 0 nor 1");
        return finished(r, SelectionChanged{header.object, hasText == 1});
    }
    case Type::SelectionPiece: {
        ByteSpan bytes = r.rest();
        if (bytes.empty() || bytes.size() > kMaxPiece_bytes)
            return fail(Errc::Malformed, "a relayed piece is empty or over its limit");
        return finished(r, SelectionPiece{header.object, ByteVector(bytes.begin(), bytes.end())});
    }
    case Type::SelectionEnd: {
        std::uint8_t outcome = r.u8();
        if (outcome > static_cast<std::uint8_t>(SelectionOutcome::TimedOut))
            return fail(Errc::Malformed, "a relayed outcome lies outside its list");
        return finished(r, SelectionEnd{header.object, static_cast<SelectionOutcome>(outcome)});
    }
    default:
        return fail(Errc::Malformed, "a relayed type that a guest may not send");
    }
}

} // namespace

Result<FromGuest> decodeFromGuest(ByteSpan piece)
{
    if (piece.size() < wire::kHeader_bytes)
        return fail(Errc::Malformed, "a relayed message without a whole header");
    wire::Reader r(piece.first(wire::kHeader_bytes));
    wire::Header header;
    header.type = r.u16();
    header.flags = r.u16();
    header.object = r.u32();
    header.length = r.u32();
    if (header.flags != 0 || header.length != piece.size() - wire::kHeader_bytes)
        return fail(Errc::Malformed, "a relayed message is not exactly one frame");
    return decodePayload(header, piece.subspan(wire::kHeader_bytes));
}

ByteVector offerBegin(std::uint32_t offer)
{
    return frame(Type::OfferBegin, offer);
}

ByteVector offerPiece(std::uint32_t offer, std::string_view utf8)
{
    return frame(Type::OfferPiece, offer, asBytes(utf8));
}

ByteVector offerEnd(std::uint32_t offer)
{
    return frame(Type::OfferEnd, offer);
}

ByteVector offerWithdraw(std::uint32_t offer)
{
    return frame(Type::OfferWithdraw, offer);
}

ByteVector selectionRead(std::uint32_t selection, std::uint32_t maximum_bytes)
{
    ByteVector payload;
    wire::Writer(payload).u32(maximum_bytes);
    return frame(Type::SelectionRead, selection, payload);
}

} // namespace annex::control::relay
