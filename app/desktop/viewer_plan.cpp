// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/viewer_plan.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace annex::desktop {

namespace {

/// By name, or by prefix where it ends with '*'.
constexpr std::array<std::string_view, 17> kPassedOn{
    "DISPLAY",      "XAUTHORITY",   "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_RUNTIME_DIR", "LANG",            "LANGUAGE",    "LC_*", "XCURSOR_*",
    "QT_SCALE_*",   "QT_SCREEN_*",  "QT_AUTO_*",       "QT_FONT_DPI",      "QT_QPA_PLATFORM", "FONTCONFIG_*",    "ANNEX_THEME", "HOME",
};

bool isPassedOn(std::string_view variable)
{
    const std::string_view name = variable.substr(0, variable.find('='));
    return std::any_of(kPassedOn.begin(), kPassedOn.end(), [&](std::string_view allowed) {
        return allowed.ends_with('*') ? name.starts_with(allowed.substr(0, allowed.size() - 1)) : name == allowed;
    });
}

} // namespace

std::vector<std::string> viewerArguments(const std::string& program, std::uint64_t pool_bytes, bool hasPool, bool isReplacement)
{
    std::vector<std::string> arguments{program, "--pool-bytes", std::to_string(pool_bytes)};
    if (!hasPool)
        arguments.emplace_back("--inline");
    if (isReplacement)
        arguments.emplace_back("--replacement");
    return arguments;
}

std::vector<std::string> viewerEnvironment(const std::vector<std::string>& own)
{
    std::vector<std::string> environment{"PATH=/usr/bin:/bin"};
    for (const std::string& variable : own)
        if (isPassedOn(variable))
            environment.push_back(variable);
    return environment;
}

RestartPlan::Verdict RestartPlan::onDeath(std::int64_t now_ms)
{
    std::erase_if(m_deaths_ms, [&](std::int64_t death) { return now_ms - death > kWindow_ms; });
    m_deaths_ms.push_back(now_ms);
    const int deaths = int(m_deaths_ms.size());
    Verdict verdict;
    verdict.tell = deaths == 2 || deaths == kMost;
    if (deaths < kMost) // the first one at once, then 0.5, 1, 2, 4 s: a loop of crashes must not eat the machine
        verdict.delay_ms = deaths == 1 ? 0 : 250LL << (deaths - 1);
    return verdict;
}

} // namespace annex::desktop
