// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

/// One record of the trail, and the hash that ties it to the one before.
namespace annex::policy {

enum class Outcome { Allowed, Refused, Noted };

std::string_view toString(Outcome outcome); ///< "allowed", "refused", "noted"
std::optional<Outcome> outcomeFrom(std::string_view text);

using Hash = std::array<std::uint8_t, 32>; ///< SHA-256

std::string toHex(const Hash& hash);
std::optional<Hash> hashFromHex(std::string_view hex);

/// Longest texts of a record, in bytes. A record stays under 2 KiB, so that the hard cap per workspace bounds the disk too.
inline constexpr std::size_t kMaxSentence_bytes = 400;
inline constexpr std::size_t kMaxSubject_bytes = 200;
inline constexpr std::size_t kMaxDetail_bytes = 1024;

/// What happened, as the caller tells it.
struct AuditEntry {
    std::string workspace;     ///< id, empty for none
    std::string workspaceName; ///< as it was called then
    std::string subject;       ///< Subject::words()
    std::string action;        ///< "clipboard.paste"
    Outcome outcome = Outcome::Noted;
    std::int64_t count = 1;    ///< more than one: so many equal ones were collapsed into this record
    std::string key;           ///< setting that decided
    std::string rule;          ///< "managed: 10-clipboard.json", "user", "profile: quarantine", "default"
    std::string sentence;      ///< for people
    std::string detail;        ///< a JSON object with what else is known, or empty
    friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

struct AuditRecord {
    std::int64_t seq = 0; ///< 1, 2, 3 … without a gap
    std::chrono::system_clock::time_point time{}; ///< microseconds
    AuditEntry entry;
    Hash previous{}; ///< hash of seq - 1
    Hash hash{};
};

/// Hash before the first record of a trail.
Hash genesisOf(std::string_view trailId);
/// SHA-256 over `previous` and every column of the record in a length-prefixed little-endian form (docs/decisions names the layout).
/// @errors Internal: the library's digest failed
Result<Hash> hashOf(const Hash& previous, const AuditRecord& record);

/// One JSON object in one line, without the line's end: what is exported.
std::string toJsonLine(const AuditRecord& record, std::string_view trailId);

} // namespace annex::policy
