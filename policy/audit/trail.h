// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/audit/record.h"
#include "policy/store/database.h"

/// The trail in its table. Functions over a connection; the caller has the transaction, so that a record and what it records are
/// written together.
namespace annex::policy::trail {

using Time = std::chrono::system_clock::time_point;

struct Head {
    std::int64_t seq = 0; ///< 0: no record yet
    Hash hash{};          ///< of that record, or the genesis hash
};

Result<std::string> id(const Database& database);
/// The newest record; after pruning to nothing, the anchor it was pruned at.
Result<Head> head(const Database& database);
/// Cuts the entry's texts to their limits, numbers, chains and writes it. Inside a transaction.
Result<AuditRecord> append(const Database& database, AuditEntry entry, Time now);

struct Query {
    std::int64_t limit = 200;
    std::optional<std::int64_t> before;
    std::string workspace;
    std::optional<Outcome> outcome;
    std::string search;
};
/// Newest first.
Result<std::vector<AuditRecord>> page(const Database& database, const Query& query);
Result<std::optional<AuditRecord>> record(const Database& database, std::int64_t seq);
/// Oldest first, from `after` (not included), at most `limit`; stops where `take` fails.
Result<void> forEach(const Database& database, std::int64_t after, std::int64_t limit, const std::function<Result<void>(const AuditRecord&)>& take);

/// An anchor as this database remembers it: what was sent, and where the trail was pruned.
struct StoredAnchor {
    std::int64_t seq = 0;
    Hash hash{};
    Time time{};
    std::string place; ///< "journal", "syslog", "local" (a pruning without a log daemon)
    bool pruned = false;
};
Result<std::vector<StoredAnchor>> anchors(const Database& database); ///< by seq
Result<void> addAnchor(const Database& database, const StoredAnchor& anchor);
/// Newest anchor that a log daemon has; nothing where none.
Result<std::optional<StoredAnchor>> lastAnchor(const Database& database);

/// Removes records older than `cutoff`, up to an anchor, which stays. Where no log daemon took an anchor among them, one is kept locally.
/// Inside a transaction. @return how many
Result<std::int64_t> prune(const Database& database, Time cutoff, Time now);

} // namespace annex::policy::trail
