// SPDX-License-Identifier: Apache-2.0
#include "app/broker/views.h"

#include <nlohmann/json.hpp>

#include "app/api/message.h"
#include "policy/settings/keys.h"

namespace annex::broker::views {

using nlohmann::json;
namespace keys = policy::keys;

std::string levelName(isolation::Level level)
{
    switch (level) {
    case isolation::Level::Hypervisor: return "hypervisor";
    case isolation::Level::Emulated: return "emulated";
    case isolation::Level::Process:
    case isolation::Level::None: break;
    }
    return "process";
}

std::int64_t unixSeconds(std::chrono::system_clock::time_point time)
{
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

namespace {

json windows(const GuestSession* session)
{
    json out = json::array();
    if (session)
        for (const auto& window : session->windows())
            out.push_back({{"id", window.id}, {"title", window.title}, {"app", window.app}, {"minimised", window.minimised}, {"active", window.active}});
    return out;
}

json errorOf(const Workspace& workspace)
{
    if (!workspace.error)
        return nullptr;
    return {{"id", workspace.error->id}, {"title", workspace.error->title}, {"why", workspace.error->why}, {"do", workspace.error->todo}};
}

json rule(const policy::Rule& rule)
{
    json out{{"source", policy::toString(rule.source)}, {"origin", rule.origin}, {"organisation", rule.organisation}, {"reason", rule.reason}, {"text", policy::ruleText(rule)},
             {"origin_text", policy::originText(rule)}};
    if (const auto* setting = policy::findSetting(rule.key))
        out["value"] = policy::toJson(*setting, rule.value);
    return out;
}

std::string_view unitOf(policy::Type type)
{
    switch (type) {
    case policy::Type::Bytes: return "bytes";
    case policy::Type::Percent: return "%";
    case policy::Type::Duration: return "s";
    default: return "";
    }
}

bool isNumber(policy::Type type)
{
    return type == policy::Type::Bytes || type == policy::Type::Percent || type == policy::Type::Integer || type == policy::Type::Duration;
}

json switchItem(const char* id, std::string_view key, const Workspace& workspace, const policy::PolicyEngine& policy)
{
    const auto resolved = policy.resolved(key, workspace.row.id);
    const bool on = resolved.value != policy::Value(std::string("off"));
    const std::string by = resolved.organisation().empty() ? "your organisation" : resolved.organisation();
    return {{"id", id}, {"enabled", on}, {"locked", resolved.locked()}, {"reason", resolved.locked() ? "locked by " + by : std::string()}};
}

} // namespace

json workspace(const Workspace& w, const GuestSession* session, const policy::PolicyEngine& policy)
{
    json memory = nullptr;
    if (w.guest)
        if (const auto used = w.guest->usage().memory)
            memory = used->count;
    const auto level = w.level == isolation::Level::None ? isolation::Level::Process : w.level;
    return {
        {"id", w.row.id},
        {"name", w.row.name},
        {"number", w.row.number},
        {"profile", w.row.profile},
        {"state", toString(w.state)},
        {"level", levelName(level)},
        {"engine", w.engine},
        {"persistence", policy.value(keys::kWorkspacePersistence, w.row.id)},
        {"colour", w.appearance.colour},
        {"pattern", w.appearance.pattern},
        {"label", policy.value(keys::kWorkspaceLabel, w.row.id)},
        {"fresh", w.row.fresh},
        {"windows", session ? session->windows().size() : 0},
        {"started_at", w.startedAt ? json(unixSeconds(*w.startedAt)) : json(nullptr)},
        {"unlimited", w.unlimited},
        {"can_pause", w.guest && w.guest->canPause()},
        {"viewer", session && session->hasViewer() ? "attached" : "none"},
        {"memory_bytes", std::move(memory)},
        {"error", errorOf(w)},
        {"open_windows", windows(session)},
    };
}

json setting(const policy::SettingView& view, const std::vector<std::string>& unheld)
{
    const auto& s = *view.setting;
    json out{
        {"key", s.key},
        {"type", policy::toString(s.type)},
        {"value", policy::toJson(s, view.resolved.value)},
        {"text", policy::formatValue(s, view.resolved.value)},
        {"default", policy::toJson(s, view.preset)},
        {"source", policy::toString(view.resolved.source())},
        {"locked", view.resolved.locked()},
        {"held", view.held && std::find(unheld.begin(), unheld.end(), s.key) == unheld.end()},
        {"title", s.title},
        {"sentence", view.sentence},
        {"group", policy::toString(s.group)},
        {"icon", s.icon},
        {"restart", s.restart},
        {"scope", s.scope == policy::Scope::Global ? "global" : "workspace"},
    };
    if (!s.choices.empty())
        out["values"] = s.choices;
    if (!s.none.empty())
        out["none"] = s.none;
    if (!view.resolved.organisation().empty())
        out["organisation"] = view.resolved.organisation();
    if (!view.resolved.reason().empty())
        out["reason"] = view.resolved.reason();
    if (isNumber(s.type))
        out.update({{"minimum", view.limits.minimum}, {"maximum", view.limits.maximum}, {"unit", unitOf(s.type)}});
    return out;
}

json explanation(const policy::Explanation& e)
{
    json out{{"key", e.key}, {"value", e.valueText}, {"rule", rule(e.rule)}, {"rule_text", e.ruleText}, {"origin_text", e.originText}, {"text", e.text}};
    if (e.allowed)
        out["decision"] = *e.allowed ? "allowed" : "refused";
    if (e.next)
        out["next"] = rule(*e.next);
    return out;
}

json record(const policy::AuditRecord& r)
{
    const auto& e = r.entry;
    return {{"seq", r.seq}, {"time", unixSeconds(r.time)}, {"workspace", e.workspace}, {"workspace_name", e.workspaceName}, {"subject", e.subject}, {"action", e.action},
            {"outcome", policy::toString(e.outcome)}, {"count", e.count}, {"sentence", e.sentence}, {"key", e.key}, {"rule", e.rule}, {"detail", e.detail}};
}

json appearance(const Workspace& w, const policy::PolicyEngine& policy, const std::string& theme)
{
    return {{"m", "appearance"},
            {"name", w.row.name},
            {"colour", w.appearance.colour},
            {"pattern", w.appearance.pattern},
            {"label", policy.value(keys::kWorkspaceLabel, w.row.id)},
            {"level", levelName(w.level)},
            {"persistence", policy.value(keys::kWorkspacePersistence, w.row.id)},
            {"number", w.row.number},
            {"theme", theme}};
}

json menuState(const Workspace& w, const policy::PolicyEngine& policy)
{
    json items = json::array();
    const auto action = [&](const char* id, const json& from) { items.push_back({{"id", id}, {"enabled", from["enabled"]}, {"locked", from["locked"]}, {"reason", from["reason"]}}); };
    const json in = switchItem("copy-in-toggle", keys::kClipboardToWorkspace.name, w, policy);
    const json out = switchItem("copy-out-toggle", keys::kClipboardFromWorkspace.name, w, policy);
    const json files = switchItem("send-file-in", keys::kFilesToWorkspace.name, w, policy);
    action("paste", in);
    action("copy-out", out);
    action("send-file-in", files);
    items.push_back(in);
    items.push_back(out);
    for (const char* id : {"what-is-this", "settings", "stop-workspace"})
        items.push_back({{"id", id}, {"enabled", true}, {"locked", false}, {"reason", ""}});
    return {{"m", "menu_state"}, {"items", std::move(items)}};
}

} // namespace annex::broker::views
