// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/progress.h"

#include <cstdio>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace annex::ctl {

namespace {

constexpr std::chrono::milliseconds kQuiet{400}; // ui.md 9
constexpr std::chrono::milliseconds kStep{100};

std::string_view words(std::string_view stage)
{
    if (stage == "start")
        return "starting";
    return stage == "connect" ? "connecting" : "preparing";
}

} // namespace

Progress::Progress(int terminal) : m_terminal(terminal >= 0 && ::isatty(terminal) ? terminal : -1), m_begun(std::chrono::steady_clock::now()) {}

void Progress::onEvent(std::string_view type, const nlohmann::json& event)
{
    if (type == "workspace.stage" && event.contains("stage") && event["stage"].is_string())
        m_stage = event["stage"].get<std::string>();
}

std::optional<std::chrono::milliseconds> Progress::nextTick() const
{
    if (m_terminal < 0)
        return std::nullopt;
    return kStep;
}

void Progress::tick()
{
    const auto elapsed = std::chrono::steady_clock::now() - m_begun;
    if (m_terminal < 0 || elapsed < kQuiet || m_stage.empty())
        return;
    ::dprintf(m_terminal, "\r\033[K%.*s … %.1f s", static_cast<int>(words(m_stage).size()), words(m_stage).data(), std::chrono::duration<double>(elapsed).count());
    m_drawn = true;
}

void Progress::finish()
{
    if (std::exchange(m_drawn, false))
        ::dprintf(m_terminal, "\r\033[K");
}

} // namespace annex::ctl
