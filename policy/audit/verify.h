// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "policy/audit/anchor.h"

namespace annex::policy {

/// What is proven about the trail, and what is not.
struct Verification {
    bool whole = false;                     ///< every record up to `upTo` is as it was written, as far as this can tell
    std::int64_t upTo = 0;                  ///< last record that is whole
    std::optional<std::int64_t> brokenAt;   ///< first record that is edited, missing, out of order, or differs from an anchor
    std::string anchored = "unanchored";    ///< "journal": compared with anchors that were read back; "syslog": sent there, to be compared by hand; "unanchored"
    std::optional<std::int64_t> anchorSeq;  ///< newest anchor that agrees (compared), or that was sent (by hand)
    std::int64_t compared = 0;              ///< anchors that were compared
    std::string text;                       ///< all of this in sentences
};

/// Walks the whole trail of a database file, over a connection of its own that only reads; safe in another thread while the
/// broker writes. Compares every anchor that `kept` gives back.
/// @param kept  nullptr where no log can be read back
/// @errors NotFound: no such database; Corrupt; SystemFailed
Result<Verification> verifyTrail(const std::string& databasePath, AnchorSource* kept);

} // namespace annex::policy
