// SPDX-License-Identifier: Apache-2.0
#include "policy/settings/document.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "policy/settings/profile.h"
#include "policy/settings/setting.h"

namespace annex::policy {
namespace {

std::string allowedValues(const Setting& setting)
{
    if (setting.type == Type::Switch)
        return "on, off";
    if (!setting.choices.empty())
        return fmt::format("{}", fmt::join(setting.choices, ", "));
    if (setting.type == Type::Text)
        return fmt::format("text of {} to {} characters", setting.limits.minimum, setting.limits.maximum);
    const std::string none = setting.none.empty() ? "" : fmt::format("{}, ", setting.none);
    const std::string most = setting.maximumIsHostMemory ? "the host's memory" : formatValue(setting, setting.limits.maximum);
    return fmt::format("{}{} to {}", none, formatValue(setting, setting.limits.minimum), most);
}

std::string presetInWords(const Setting& setting)
{
    return std::string(setting.presetWords.empty() ? setting.preset : setting.presetWords);
}

void appendSetting(std::string& out, const Setting& setting)
{
    const std::string_view strictest = setting.strictest.empty() ? std::string_view("as by default") : setting.strictest;
    out += fmt::format("| `{}` | {} | {} | {} | {} | **{}.** {}{} |\n", setting.key, allowedValues(setting), presetInWords(setting), strictest,
                       setting.scope == Scope::Global ? "account" : "workspace", setting.title, setting.about,
                       setting.restart ? " From the next start." : "");
}

void appendProfile(std::string& out, const Profile& profile)
{
    out += fmt::format("\n**{}** (`{}`): {}. Its fresh workspaces are {}.\n\n", profile.title, profile.name, profile.about, profile.colour);
    for (const auto& [key, value] : profile.values)
        out += fmt::format("- `{}` = {}\n", key, value);
}

} // namespace

std::string settingsDocument()
{
    std::string out = "# Settings\n\n"
                      "Made by `annex-docgen` from the table in `policy/settings/table.cpp`; do not edit.\n\n"
                      "Each setting can be set with `annexctl policy set KEY VALUE`, for one workspace with `-w WORKSPACE`, and by an organisation\n"
                      "(`docs/managed-policy.md`). Who wins when several set the same thing: `docs/decisions/0020-who-wins.md`.\n"
                      "*Strictest* holds when an organisation's policy or the person's settings cannot be read.\n\n"
                      "Sizes: B, KiB, MiB, GiB, TiB (KB, MB, GB, TB and K, M, G, T mean the same). Times: s, min, h, d. Shares: %.\n";
    for (const Group group : {Group::Border, Group::Machine, Group::Life, Group::Look, Group::Trail}) {
        out += fmt::format("\n## {}\n\n| Key | Values | Default | Strictest | Per | What it does |\n| --- | --- | --- | --- | --- | --- |\n", titleOf(group));
        for (const Setting& setting : settings()) {
            if (setting.group == group)
                appendSetting(out, setting);
        }
    }
    out += "\n## Profiles\n\nA profile is a named set of values: weaker than what a person or an organisation chose, stronger than the defaults.\n";
    for (const Profile& profile : profiles())
        appendProfile(out, profile);
    return out;
}

} // namespace annex::policy
