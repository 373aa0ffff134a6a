// SPDX-License-Identifier: Apache-2.0
#include "policy/audit/record.h"

#include <algorithm>

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "base/handle.h"
#include "base/wire.h"

namespace annex::policy {
namespace {

using Digest = UniqueHandle<EVP_MD_CTX*, EVP_MD_CTX_free>;

constexpr std::string_view kGenesisLabel = "annex audit trail 1\n";

Result<Hash> sha256(std::initializer_list<ByteSpan> parts)
{
    const Digest digest(EVP_MD_CTX_new());
    Hash hash{};
    unsigned size = 0;
    bool done = digest.get() != nullptr && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
    for (const ByteSpan part : parts)
        done = done && EVP_DigestUpdate(digest.get(), part.data(), part.size()) == 1;
    done = done && EVP_DigestFinal_ex(digest.get(), hash.data(), &size) == 1 && size == hash.size();
    if (!done)
        return fail(Errc::Internal, "SHA-256 failed");
    return hash;
}

std::int64_t microseconds(std::chrono::system_clock::time_point time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

/// Every column, each number in 8 bytes and each text behind its length: no two different records give the same bytes.
ByteVector canonical(const AuditRecord& record)
{
    ByteVector bytes;
    wire::Writer writer(bytes);
    const AuditEntry& entry = record.entry;
    writer.u64(static_cast<std::uint64_t>(record.seq));
    writer.u64(static_cast<std::uint64_t>(microseconds(record.time)));
    writer.text(entry.workspace);
    writer.text(entry.workspaceName);
    writer.text(entry.subject);
    writer.text(entry.action);
    writer.text(toString(entry.outcome));
    writer.u64(static_cast<std::uint64_t>(entry.count));
    writer.text(entry.key);
    writer.text(entry.rule);
    writer.text(entry.sentence);
    writer.text(entry.detail);
    return bytes;
}

std::string isoTime(std::chrono::system_clock::time_point time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::microseconds>(time - day)};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

} // namespace

std::string_view toString(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Allowed: return "allowed";
    case Outcome::Refused: return "refused";
    case Outcome::Noted: return "noted";
    }
    return "noted";
}

std::optional<Outcome> outcomeFrom(std::string_view text)
{
    for (const Outcome outcome : {Outcome::Allowed, Outcome::Refused, Outcome::Noted}) {
        if (toString(outcome) == text)
            return outcome;
    }
    return std::nullopt;
}

std::string toHex(const Hash& hash)
{
    std::string hex;
    for (const std::uint8_t byte : hash)
        hex += fmt::format("{:02x}", byte);
    return hex;
}

std::optional<Hash> hashFromHex(std::string_view hex)
{
    Hash hash{};
    if (hex.size() != hash.size() * 2)
        return std::nullopt;
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    for (std::size_t i = 0; i < hash.size(); ++i) {
        const int high = digit(hex[2 * i]);
        const int low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        hash[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return hash;
}

Hash genesisOf(std::string_view trailId)
{
    // Fails only where every later hash fails as well, and those are checked.
    return sha256({asBytes(kGenesisLabel), asBytes(trailId)}).value_or(Hash{});
}

Result<Hash> hashOf(const Hash& previous, const AuditRecord& record)
{
    const ByteVector bytes = canonical(record);
    return sha256({previous, bytes});
}

std::string toJsonLine(const AuditRecord& record, std::string_view trailId)
{
    const AuditEntry& entry = record.entry;
    nlohmann::ordered_json line;
    line["trail"] = trailId;
    line["seq"] = record.seq;
    line["time"] = isoTime(record.time);
    line["workspace"] = entry.workspace;
    line["workspace_name"] = entry.workspaceName;
    line["subject"] = entry.subject;
    line["action"] = entry.action;
    line["outcome"] = toString(entry.outcome);
    line["count"] = entry.count;
    line["setting"] = entry.key;
    line["rule"] = entry.rule;
    line["sentence"] = entry.sentence;
    line["detail"] = entry.detail;
    line["hash"] = toHex(record.hash);
    // Texts were cut and cleaned when they were written; whatever an edited database holds must still give a line.
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace annex::policy
