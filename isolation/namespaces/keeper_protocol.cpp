// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/keeper_protocol.h"

#include <functional>

#include "base/wire.h"

namespace annex::isolation::keeper {
namespace {

using wire::Reader;
using wire::Writer;

void putTexts(Writer& out, const std::vector<std::string>& texts)
{
    out.u32(static_cast<std::uint32_t>(texts.size()));
    for (const std::string& text : texts)
        out.text(text);
}

/// Reads "count, then that many": each entry takes at least four bytes of what is there, so a lying count ends at the end of the input.
template <class Entry> std::vector<Entry> takeList(Reader& in, const std::function<Entry(Reader&)>& takeEntry)
{
    std::vector<Entry> entries;
    const std::uint32_t count = in.u32();
    if (count > kMaxListEntries) {
        (void)in.rest();
        (void)in.u8(); // reads past the end: the input is marked as failed
        return entries;
    }
    for (std::uint32_t i = 0; i < count && !in.failed(); ++i)
        entries.push_back(takeEntry(in));
    return entries;
}

std::string takeText(Reader& in)
{
    return in.text(kMaxText_bytes);
}

std::vector<std::string> takeTexts(Reader& in)
{
    return takeList<std::string>(in, takeText);
}

void putSetting(Writer& out, const FileSetting& setting)
{
    out.text(setting.file);
    out.text(setting.value);
}

FileSetting takeSetting(Reader& in)
{
    std::string file = takeText(in);
    return {std::move(file), takeText(in)};
}

void putOptional(Writer& out, const std::optional<FileSetting>& setting)
{
    out.u8(setting ? 1 : 0);
    if (setting)
        putSetting(out, *setting);
}

std::optional<FileSetting> takeOptional(Reader& in)
{
    if (in.u8() == 0)
        return std::nullopt;
    return takeSetting(in);
}

void putGroup(Writer& out, const ControlGroupPlan& plan)
{
    putTexts(out, plan.folders);
    out.u32(static_cast<std::uint32_t>(plan.settings.size()));
    for (const FileSetting& setting : plan.settings)
        putSetting(out, setting);
    putOptional(out, plan.freeze);
    putOptional(out, plan.thaw);
    out.text(plan.frozenFile);
    out.text(plan.frozenText);
}

ControlGroupPlan takeGroup(Reader& in)
{
    ControlGroupPlan plan;
    plan.folders = takeTexts(in);
    plan.settings = takeList<FileSetting>(in, takeSetting);
    plan.freeze = takeOptional(in);
    plan.thaw = takeOptional(in);
    plan.frozenFile = takeText(in);
    plan.frozenText = takeText(in);
    return plan;
}

DescriptorContent takeContent(Reader& in)
{
    DescriptorContent content;
    content.number = in.i32();
    const ByteSpan bytes = in.blob(kMaxSpecification_bytes);
    content.bytes.assign(bytes.begin(), bytes.end());
    return content;
}

ScratchPlace takePlace(Reader& in)
{
    ScratchPlace place;
    place.path = takeText(in);
    place.size.count = in.u64();
    place.inodes = in.u64();
    place.mode = in.u32();
    return place;
}

ResourceLimit takeLimit(Reader& in)
{
    ResourceLimit limit;
    limit.resource = in.i32();
    limit.soft = in.u64();
    limit.hard = in.u64();
    return limit;
}

bool isKnown(std::uint8_t verb)
{
    return (verb >= static_cast<std::uint8_t>(Verb::Take) && verb <= static_cast<std::uint8_t>(Verb::Kill))
        || verb == static_cast<std::uint8_t>(Verb::Ended);
}

template <class Value> Result<Value> finished(const Reader& in, Value value)
{
    if (auto whole = in.finish(); !whole)
        return tl::unexpected<Error>(std::move(whole.error()));
    return value;
}

} // namespace

ByteVector encode(const Specification& specification)
{
    ByteVector bytes;
    Writer out(bytes);
    out.u8(kProtocolVersion);
    out.text(specification.guestId);
    out.text(specification.bubblewrap);
    putTexts(out, specification.options);
    putTexts(out, specification.command);
    putTexts(out, specification.environment);
    out.u32(static_cast<std::uint32_t>(specification.contents.size()));
    for (const DescriptorContent& content : specification.contents) {
        out.i32(content.number);
        out.blob(content.bytes);
    }
    out.u32(static_cast<std::uint32_t>(specification.scratch.size()));
    for (const ScratchPlace& place : specification.scratch) {
        out.text(place.path);
        out.u64(place.size.count);
        out.u64(place.inodes);
        out.u32(place.mode);
    }
    out.u32(static_cast<std::uint32_t>(specification.limits.size()));
    for (const ResourceLimit& limit : specification.limits) {
        out.i32(limit.resource);
        out.u64(limit.soft);
        out.u64(limit.hard);
    }
    putGroup(out, specification.group);
    out.u64(specification.pool_bytes);
    out.i32(specification.oomScore);
    out.blob(specification.info);
    return bytes;
}

Result<Specification> decodeSpecification(ByteSpan bytes)
{
    if (bytes.size() > kMaxSpecification_bytes)
        return fail(Errc::TooLarge, "keeper: the specification is over its limit");
    Reader in(bytes);
    if (in.u8() != kProtocolVersion)
        return fail(Errc::Malformed, "keeper: a specification of another version");
    Specification specification;
    specification.guestId = takeText(in);
    specification.bubblewrap = takeText(in);
    specification.options = takeTexts(in);
    specification.command = takeTexts(in);
    specification.environment = takeTexts(in);
    specification.contents = takeList<DescriptorContent>(in, takeContent);
    specification.scratch = takeList<ScratchPlace>(in, takePlace);
    specification.limits = takeList<ResourceLimit>(in, takeLimit);
    specification.group = takeGroup(in);
    specification.pool_bytes = in.u64();
    specification.oomScore = in.i32();
    const ByteSpan info = in.blob(kMaxBody_bytes);
    specification.info.assign(info.begin(), info.end());
    return finished(in, std::move(specification));
}

ByteVector encodeRequest(Verb verb)
{
    return {kProtocolVersion, static_cast<std::uint8_t>(verb), 0, 0};
}

Result<Verb> decodeRequest(ByteSpan bytes)
{
    if (bytes.size() != kRequest_bytes || bytes[0] != kProtocolVersion || !isKnown(bytes[1]) || bytes[2] != 0 || bytes[3] != 0)
        return fail(Errc::Malformed, "keeper: not a request");
    return static_cast<Verb>(bytes[1]);
}

ByteVector encodeReply(const Reply& reply)
{
    ByteVector bytes;
    Writer out(bytes);
    out.u8(kProtocolVersion);
    out.u8(static_cast<std::uint8_t>(reply.verb));
    out.u16(0);
    out.u32(static_cast<std::uint32_t>(reply.code));
    out.blob(reply.body);
    return bytes;
}

Result<ReplyHeader> decodeReplyHeader(ByteSpan bytes)
{
    Reader in(bytes);
    const std::uint8_t version = in.u8();
    const std::uint8_t verb = in.u8();
    (void)in.u16();
    const std::uint32_t code = in.u32();
    const std::uint32_t length = in.u32();
    if (!in.finish() || version != kProtocolVersion || !isKnown(verb) || code > static_cast<std::uint32_t>(Errc::Internal))
        return fail(Errc::Malformed, "keeper: not a reply");
    if (length > kMaxBody_bytes)
        return fail(Errc::TooLarge, "keeper: the reply is over its limit");
    return ReplyHeader{static_cast<Verb>(verb), static_cast<Errc>(code), length};
}

ByteVector encode(const Ending& ending)
{
    ByteVector bytes;
    Writer out(bytes);
    out.i32(ending.exitCode);
    out.u8(ending.asked ? 1 : 0);
    return bytes;
}

Result<Ending> decodeEnding(ByteSpan body)
{
    Reader in(body);
    Ending ending;
    ending.exitCode = in.i32();
    ending.asked = in.u8() != 0;
    return finished(in, ending);
}

ByteVector encodeReady(const Error* error)
{
    ByteVector bytes;
    Writer out(bytes);
    out.u8(kProtocolVersion);
    out.u32(error == nullptr ? 0 : static_cast<std::uint32_t>(error->code));
    out.text(error == nullptr ? "" : std::string_view(error->describe()).substr(0, kMaxText_bytes));
    out.text(error == nullptr ? "" : std::string_view(error->id).substr(0, kMaxText_bytes));
    return bytes;
}

Result<void> decodeReady(ByteSpan bytes)
{
    if (bytes.empty())
        return fail(Errc::Disconnected, "the keeper ended without a word");
    Reader in(bytes);
    const std::uint8_t version = in.u8();
    const std::uint32_t code = in.u32();
    Error error;
    error.context = in.text(kMaxText_bytes);
    error.id = in.text(kMaxText_bytes);
    if (!in.finish() || version != kProtocolVersion || code > static_cast<std::uint32_t>(Errc::Internal))
        return fail(Errc::Malformed, "the keeper's report is unreadable");
    if (code == 0)
        return {};
    error.code = static_cast<Errc>(code);
    return tl::unexpected<Error>(std::move(error));
}

ByteVector encode(const GuestInfo& info)
{
    ByteVector bytes;
    Writer out(bytes);
    putTexts(out, info.unheld);
    out.u8(info.canPause ? 1 : 0);
    out.u64(info.pool_bytes);
    out.text(info.memoryUsageFile);
    out.text(info.processesUsageFile);
    return bytes;
}

Result<GuestInfo> decodeGuestInfo(ByteSpan bytes)
{
    Reader in(bytes);
    GuestInfo info;
    info.unheld = takeTexts(in);
    info.canPause = in.u8() != 0;
    info.pool_bytes = in.u64();
    info.memoryUsageFile = takeText(in);
    info.processesUsageFile = takeText(in);
    return finished(in, std::move(info));
}

} // namespace annex::isolation::keeper
