// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/audit/record.h"

/// The head of the trail, told to a log that another account keeps, so that a trail rebuilt afterwards is found out.
namespace annex::policy {

struct Anchor {
    std::string trailId;
    std::int64_t seq = 0;
    Hash hash{};
    std::chrono::system_clock::time_point time{};
    std::string where; ///< "journal", "syslog"
};

/// A log daemon of the host. Not handed any secret; what it is told can be read by its administrators.
class LogDaemon {
public:
    virtual ~LogDaemon() = default;
    /// "journal" or "syslog": whichever answers now; empty where neither does.
    virtual std::string_view kind() = 0;
    /// @errors NotFound: no log daemon here; Busy, SystemFailed: it did not take the message
    virtual Result<void> sendAnchor(const Anchor& anchor) = 0;
    /// @param jsonLine  one record, as exported
    virtual Result<void> sendRecord(std::string_view sentence, std::string_view jsonLine) = 0;
};

/// Reads back the anchors that a log daemon kept.
class AnchorSource {
public:
    virtual ~AnchorSource() = default;
    /// All anchors this account ever sent, of every trail, oldest first.
    /// @errors Unsupported: this log cannot be read back here; TimedOut, Malformed, SystemFailed
    virtual Result<std::vector<Anchor>> read() = 0;
};

} // namespace annex::policy
