// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace annex::ctl {

/// One line on a terminal while a workspace starts: "Starting Untrusted: connecting … 1.2 s". Nothing for the first 400 ms, nothing where
/// standard error is no terminal, and nothing remains afterwards.
class Progress {
public:
    /// @param terminal  descriptor to draw on, or -1
    explicit Progress(int terminal);
    bool isShown() const { return m_terminal >= 0; }
    void onEvent(std::string_view type, const nlohmann::json& event);
    /// Until when to wait for traffic before tick().
    std::optional<std::chrono::milliseconds> nextTick() const;
    void tick();
    void finish();

private:
    int m_terminal;
    std::chrono::steady_clock::time_point m_begun;
    std::string m_stage;
    bool m_drawn = false;
};

} // namespace annex::ctl
