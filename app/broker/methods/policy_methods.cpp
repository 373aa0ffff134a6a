// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "app/broker/methods/methods.h"
#include "app/broker/views.h"

namespace annex::broker {

namespace {

using nlohmann::json;

struct Scope {
    std::string id; ///< empty: all workspaces
    std::vector<std::string> unheld;
};

Outcome<Scope> scopeOf(Broker& broker, const api::Call& call)
{
    if (!call.parameters.contains("workspace"))
        return Scope{};
    const auto workspace = broker.workspaces().find(call.text("workspace"));
    if (!workspace)
        return api::Refused(workspace.error());
    return Scope{(*workspace)->row.id, (*workspace)->unlimited};
}

Problem settingProblem(const Error& error, const std::string& key)
{
    const api::Arguments arguments{{"key", key}, {"reason", error.context}};
    switch (error.code) {
    case Errc::NotFound: return api::problem("policy.unknown-key", arguments);
    case Errc::Malformed:
    case Errc::TooLarge: return api::problem("policy.bad-value", arguments);
    default: return api::problem(error.code == Errc::Corrupt ? "policy.store-corrupt" : "policy.store", arguments, error.describe());
    }
}

Answer list(Broker& broker, CallPointer call)
{
    const auto scope = scopeOf(broker, *call);
    if (!scope)
        co_return api::Refused(scope.error());
    json out = json::array();
    for (const auto& view : broker.policy().list(scope->id))
        out.push_back(views::setting(view, scope->unheld));
    co_return api::Reply{{{"settings", std::move(out)}}, {}, {}};
}

Outcome<api::Reply> settingNow(Broker& broker, const std::string& key, const Scope& scope)
{
    const auto view = broker.policy().view(key, scope.id);
    if (!view)
        return api::Refused(settingProblem(view.error(), key));
    return api::Reply{views::setting(*view, scope.unheld), {}, {}};
}

Answer get(Broker& broker, CallPointer call)
{
    const auto scope = scopeOf(broker, *call);
    if (!scope)
        co_return api::Refused(scope.error());
    co_return settingNow(broker, call->text("key"), *scope);
}

Outcome<api::Reply> afterChange(Broker& broker, const std::string& key, const Scope& scope, const Result<policy::Decision>& decision)
{
    if (!decision)
        return api::Refused(settingProblem(decision.error(), key));
    if (!decision->allowed)
        return api::Refused(refusal(*decision));
    broker.settingsChanged(key, scope.id);
    return settingNow(broker, key, scope);
}

Answer set(Broker& broker, CallPointer call)
{
    const auto scope = scopeOf(broker, *call);
    if (!scope)
        co_return api::Refused(scope.error());
    const std::string key = call->text("key");
    const auto decision = broker.policy().set(subjectOf(*call), key, call->parameters["value"], scope->id);
    co_return afterChange(broker, key, *scope, decision);
}

Answer clear(Broker& broker, CallPointer call)
{
    const auto scope = scopeOf(broker, *call);
    if (!scope)
        co_return api::Refused(scope.error());
    const std::string key = call->text("key");
    const auto decision = broker.policy().clear(subjectOf(*call), key, scope->id);
    co_return afterChange(broker, key, *scope, decision);
}

Answer explain(Broker& broker, CallPointer call)
{
    const auto scope = scopeOf(broker, *call);
    if (!scope)
        co_return api::Refused(scope.error());
    const bool byKey = call->parameters.contains("key");
    if (byKey == call->parameters.contains("action"))
        co_return api::refuse("request.params", {{"reason", "It takes either \"key\" or \"action\""}});
    const std::string what = call->text(byKey ? "key" : "action");
    const auto explanation = broker.policy().explain(what, scope->id);
    if (!explanation)
        co_return api::Refused(settingProblem(explanation.error(), what));
    co_return api::Reply{views::explanation(*explanation), {}, {}};
}

Answer state(Broker& broker, CallPointer)
{
    const auto managed = broker.policy().managed();
    const auto store = broker.policy().store();
    json problems = json::array();
    for (const auto& problem : managed.problems)
        problems.push_back(problem.file + ": " + problem.what);
    json out{{"managed", managed.state != policy::ManagedPolicy::State::Absent}, {"organisation", managed.organisation}, {"files", managed.files}, {"problems", std::move(problems)}};
    out["store"] = store.setAside ? "set-aside" : "ok";
    out["set_aside_path"] = store.setAsidePath;
    out["store_reason"] = store.reason;
    json backups = json::array();
    for (const auto& backup : store.backups)
        backups.push_back({{"path", backup.path}, {"time", views::unixSeconds(backup.time)}});
    out["backups"] = std::move(backups);
    co_return api::Reply{std::move(out), {}, {}};
}

Answer repair(Broker& broker, CallPointer call)
{
    const bool restore = call->parameters.contains("backup");
    auto done = restore ? broker.policy().restoreBackup(call->text("backup")) : broker.policy().startWithDefaults();
    if (!done)
        co_return api::refuse("policy.store", {{"reason", done.error().context}}, done.error().describe());
    broker.settingsChanged({}, {});
    co_return api::Reply{};
}

} // namespace

void registerPolicyMethods(Broker& broker)
{
    broker.method("policy.list", list);
    broker.method("policy.get", get);
    broker.method("policy.set", set);
    broker.method("policy.clear", clear);
    broker.method("policy.explain", explain);
    broker.method("policy.state", state);
    broker.method("policy.repair", repair);
}

} // namespace annex::broker
