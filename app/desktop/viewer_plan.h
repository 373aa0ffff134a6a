// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What to start for a workspace's windows, and when to start it again. Pure: values to values, time is handed in.
namespace annex::desktop {

/// Arguments of annex-viewer, argv[0] included.
/// @param pool_bytes  size of the pool, or of the inline buffer where there is no pool
std::vector<std::string> viewerArguments(const std::string& program, std::uint64_t pool_bytes, bool hasPool, bool isReplacement);

/// The part of our environment that a viewer needs: the display, the language, scale, theme and where fonts lie; nothing else of the person's.
std::vector<std::string> viewerEnvironment(const std::vector<std::string>& own);

/// Decides about restarts of one workspace's viewer. Times are milliseconds of a steady clock.
class RestartPlan {
public:
    static constexpr std::int64_t kWindow_ms = 5 * 60 * 1000; // ui.md section 10: "second time in 5 min"
    static constexpr int kMost = 6;                           // in that time; then something is wrong that a restart does not cure

    struct Verdict {
        std::optional<std::int64_t> delay_ms; ///< nothing: not again by itself
        bool tell = false;                    ///< the person is told that windows were redrawn
    };
    /// A viewer ended that should have gone on.
    Verdict onDeath(std::int64_t now_ms);

private:
    std::vector<std::int64_t> m_deaths_ms;
};

} // namespace annex::desktop
