// SPDX-License-Identifier: Apache-2.0
#include "policy/policy_engine.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "policy/audit/trail.h"
#include "policy/engine/engine_parts.h"
#include "policy/engine/recorder.h"
#include "policy/store/store.h"
#include "policy/store/tables.h"

namespace annex::policy {
namespace {

constexpr const char* kStoreId = "policy.store-corrupt";
/// Longest sentence of a note: it may quote a guest, and is shown in one line.
constexpr std::size_t kMaxNote_characters = 200;

Unexpected setAsideError()
{
    return Unexpected(Error{Errc::Corrupt, "The settings could not be read; strict defaults hold until a person chooses.", {}, kStoreId});
}

Decision refusedBySetAside(const Action& action)
{
    return refusal(action, kStoreId, "Your settings could not be read",
                   "The file is damaged. It was set aside; strict defaults hold until you choose, and nothing is allowed that cannot be recorded.",
                   {"Restore a backup.", "Start with defaults."});
}

Decision refusedByFlood(const Action& action)
{
    return refusal(action, "policy.too-often", "Too many in a short time",
                   "This workspace asked for so much in so short a time that it is refused for a while.", {"Wait some minutes.", "Look at Activity."});
}

} // namespace

class PolicyEngine::Impl {
public:
    Impl(PolicyOptions& options, std::shared_ptr<const Clock> clock, Store store)
        : m_host(options.host), m_managed(std::move(options.managed)), m_clock(clock), m_store(std::move(store)),
          m_recorder(std::move(options.log), clock, options.exportFile, options.rhythm, options.limits)
    {
    }

    // ---- what holds

    ManagedPolicy managed() const { return m_managed ? m_managed->read() : ManagedPolicy{}; }

    Sources sources(std::string_view workspace) const
    {
        Sources sources;
        sources.managed = managed();
        sources.host = m_host;
        sources.storeUnreadable = m_store.isSetAside() || !readUser(sources, workspace);
        return sources;
    }

    // ---- writing: what runs inside is committed with its record, or not at all

    /// Runs `work(database)` in a transaction and records `entry` in it.
    template <class Work>
    Result<void> together(const std::optional<AuditEntry>& entry, const Sources& sources, Work work)
    {
        if (m_store.isSetAside())
            return setAsideError();
        auto done = writeTogether(entry, work);
        if (!done)
            return noticeDamage(std::move(done));
        m_recorder.afterCommit(m_store.database(), exportMode(sources));
        return {};
    }

    template <class T>
    Result<T> noticeDamage(Result<T> result)
    {
        if (result || result.error().code != Errc::Corrupt || m_store.isSetAside())
            return result;
        log("policy").error("the policy database is damaged: {}", result.error().describe());
        if (auto moved = m_store.setAside(result.error().context); !moved)
            log("policy").error("it could not be set aside: {}", moved.error().describe());
        result.error().id = kStoreId;
        return result;
    }

    Recorder::Export exportMode(const Sources& sources) const
    {
        const auto mode = resolve(keys::kAuditExport.name, sources);
        const std::string text = mode ? std::get<std::string>(mode->value) : "off";
        return text == "journal" ? Recorder::Export::Journal : text == "file" ? Recorder::Export::File : Recorder::Export::Off;
    }

    Result<Decision> recordDecision(const Subject& subject, const Action& action, Decision decision, const Sources& sources)
    {
        AuditEntry entry = parts::entryFor(subject, action, decision, sources.workspace);
        std::optional<AuditEntry> written = entry;
        if (subject.kind != Subject::Kind::Person) {
            auto verdict = m_recorder.admit(entry);
            if (verdict == AuditLimiter::Verdict::Refuse) {
                decision = refusedByFlood(action);
                entry = parts::entryFor(subject, action, decision, sources.workspace);
                written = entry;
                verdict = m_recorder.admit(entry);
            }
            if (verdict == AuditLimiter::Verdict::Count)
                written.reset();
        }
        if (!written && !m_recorder.hasDueCounts())
            return decision;
        if (auto done = together(written, sources, [](const Database&) { return Result<void>(); }); !done)
            return while_("record a decision", std::move(done));
        return decision;
    }

    Result<void> afterOpening()
    {
        return m_store.isSetAside() ? Result<void>() : m_recorder.attach(m_store.database());
    }

    bool exists(std::string_view workspace) const
    {
        return workspace.empty() || tables::workspace(m_store.database(), workspace).has_value();
    }

    HostFacts m_host;
    std::unique_ptr<ManagedReader> m_managed;
    std::shared_ptr<const Clock> m_clock;
    Store m_store;
    Recorder m_recorder;

private:
    bool readUser(Sources& sources, std::string_view workspace) const
    {
        const Database& database = m_store.database();
        auto global = parts::userValues(database, {});
        if (!global)
            return false;
        sources.global = std::move(*global);
        if (workspace.empty())
            return true;
        auto row = tables::workspace(database, workspace);
        if (!row)
            return row.error().code == Errc::NotFound;
        sources.workspace = {row->id, row->name, row->profile, row->colour, row->pattern};
        sources.profile = findProfile(row->profile);
        auto own = parts::userValues(database, row->id);
        if (!own)
            return false;
        sources.workspaceValues = std::move(*own);
        return true;
    }

    template <class Work>
    Result<void> writeTogether(const std::optional<AuditEntry>& entry, Work& work)
    {
        return m_recorder.together(m_store.database(), [&]() -> Result<void> {
            if (auto done = work(m_store.database()); !done)
                return done;
            return m_recorder.write(m_store.database(), entry);
        });
    }
};

PolicyEngine::PolicyEngine(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
PolicyEngine::~PolicyEngine() = default;

Result<std::unique_ptr<PolicyEngine>> PolicyEngine::open(PolicyOptions options)
{
    std::shared_ptr<const Clock> clock = options.clock ? options.clock : std::make_shared<const SystemClock>();
    auto store = Store::open(options.dataFolder, *clock);
    if (!store)
        return Unexpected(std::move(store.error()));
    if (options.exportFile.empty())
        options.exportFile = store->folder() + "/audit.jsonl";
    auto impl = std::make_unique<Impl>(options, clock, std::move(*store));
    if (impl->m_store.isSetAside())
        log("policy").error("strict defaults hold: {}", impl->m_store.reason());
    if (auto ready = impl->noticeDamage(impl->afterOpening()); !ready && ready.error().code != Errc::Corrupt)
        return Unexpected(std::move(ready.error()));
    std::unique_ptr<PolicyEngine> engine(new PolicyEngine(std::move(impl)));
    if (!engine->m_impl->m_store.isSetAside()) {
        if (auto ready = engine->makeReady(); !ready && ready.error().code != Errc::NoSpace)
            return Unexpected(std::move(ready.error()));
    }
    return engine;
}

Result<void> PolicyEngine::makeReady()
{
    const auto rows = workspaces();
    if (!rows)
        return Unexpected(rows.error());
    if (rows->empty()) {
        if (auto made = defaultWorkspace(); !made)
            return Unexpected(std::move(made.error()));
    }
    if (auto kept = m_impl->m_store.backUpIfDue(); !kept)
        log("policy").warn("{}", kept.error().describe());
    return {};
}

// ---- what holds

Sources PolicyEngine::sources(std::string_view workspace) const { return m_impl->sources(workspace); }
ManagedPolicy PolicyEngine::managed() const { return m_impl->managed(); }

Resolved PolicyEngine::resolved(std::string_view key, std::string_view workspace) const
{
    auto found = resolve(key, m_impl->sources(workspace));
    return found ? std::move(*found) : Resolved{};
}

std::string PolicyEngine::value(Key<std::string> key, std::string_view workspace) const
{
    return std::get<std::string>(resolved(key.name, workspace).value);
}

bool PolicyEngine::value(Key<bool> key, std::string_view workspace) const { return std::get<bool>(resolved(key.name, workspace).value); }

std::int64_t PolicyEngine::value(Key<std::int64_t> key, std::string_view workspace) const
{
    return std::get<std::int64_t>(resolved(key.name, workspace).value);
}

Bytes PolicyEngine::value(Key<Bytes> key, std::string_view workspace) const
{
    return {static_cast<std::uint64_t>(std::get<std::int64_t>(resolved(key.name, workspace).value))};
}

keys::MaybeSeconds PolicyEngine::value(Key<keys::MaybeSeconds> key, std::string_view workspace) const
{
    const Resolved found = resolved(key.name, workspace);
    const auto* seconds = std::get_if<std::int64_t>(&found.value);
    return seconds != nullptr ? keys::MaybeSeconds(std::chrono::seconds(*seconds)) : std::nullopt;
}

SettingView PolicyEngine::viewOf(const Setting& setting, const Sources& sources) const
{
    SettingView view;
    view.setting = &setting;
    view.resolved = resolve(setting, sources);
    view.preset = defaultOf(setting, sources.host, sources.workspace);
    view.limits = limitsOf(setting, sources.host);
    view.sentence = sentenceOf(setting, view.resolved.value, lookupIn(sources));
    if (setting.key == keys::kAuditExport.name && view.resolved.value == Value(std::string("journal")) && m_impl->m_recorder.logKind().empty()) {
        view.held = false;
        view.notHeldReason = "No log service answers on this computer.";
    }
    return view;
}

std::vector<SettingView> PolicyEngine::list(std::string_view workspace) const
{
    const Sources all = sources(workspace);
    std::vector<SettingView> views;
    for (const Setting& setting : settings())
        views.push_back(viewOf(setting, all));
    return views;
}

Result<SettingView> PolicyEngine::view(std::string_view key, std::string_view workspace) const
{
    const Setting* setting = findSetting(key);
    if (setting == nullptr)
        return fail(Errc::NotFound, "No setting has this key.");
    return viewOf(*setting, sources(workspace));
}

Result<Explanation> PolicyEngine::explain(std::string_view keyOrAction, std::string_view workspace) const
{
    if (const Setting* setting = findSetting(keyOrAction))
        return policy::explain(*setting, sources(workspace));
    if (const auto action = actionNamed(keyOrAction))
        return policy::explain(Subject{}, *action, sources(workspace));
    return fail(Errc::NotFound, "No setting and no action has this name.");
}

// ---- decisions

Result<Decision> PolicyEngine::decideAndRecord(const Subject& subject, const Action& action, std::string_view workspace)
{
    if (m_impl->m_store.isSetAside())
        return refusedBySetAside(action);
    if (!m_impl->exists(workspace))
        return fail(Errc::NotFound, "There is no such workspace.");
    const Sources all = sources(workspace);
    return m_impl->recordDecision(subject, action, decide(subject, action, all), all);
}

Result<Decision> PolicyEngine::change(const Subject& subject, const Action& action, const Setting& setting, std::string_view workspace,
                                      const std::optional<Value>& value)
{
    if (m_impl->m_store.isSetAside())
        return refusedBySetAside(action);
    if (setting.scope == Scope::Global && !workspace.empty())
        return fail(Errc::Malformed, fmt::format("{} holds for this account and cannot be set for one workspace.", setting.key));
    if (!m_impl->exists(workspace))
        return fail(Errc::NotFound, "There is no such workspace.");
    const Sources all = sources(workspace);
    Decision decision = decide(subject, action, all);
    if (!decision.allowed)
        return m_impl->recordDecision(subject, action, std::move(decision), all);
    const std::string id = all.workspace.id; // `workspace` may be a name
    const auto now = m_impl->m_clock->systemNow();
    auto done = m_impl->together(parts::entryFor(subject, action, decision, all.workspace), all, [&](const Database& database) -> Result<void> {
        if (value)
            return tables::setValue(database, id, setting.key, formatValue(setting, *value), now);
        auto cleared = tables::clearValue(database, id, setting.key);
        return cleared ? Result<void>() : Result<void>(Unexpected(std::move(cleared.error())));
    });
    if (!done)
        return while_(fmt::format("change {}", setting.key), std::move(done));
    return decision;
}

Result<Decision> PolicyEngine::set(const Subject& subject, std::string_view key, const nlohmann::json& value, std::string_view workspace)
{
    const Setting* setting = findSetting(key);
    if (setting == nullptr)
        return fail(Errc::NotFound, "No setting has this key.");
    auto parsed = parseJson(*setting, value, m_impl->m_host);
    if (!parsed)
        return Unexpected(std::move(parsed.error()));
    return change(subject, action::PolicySet{std::string(key), *parsed}, *setting, workspace, *parsed);
}

Result<Decision> PolicyEngine::setText(const Subject& subject, std::string_view key, std::string_view value, std::string_view workspace)
{
    return set(subject, key, nlohmann::json(std::string(value)), workspace);
}

Result<Decision> PolicyEngine::clear(const Subject& subject, std::string_view key, std::string_view workspace)
{
    const Setting* setting = findSetting(key);
    if (setting == nullptr)
        return fail(Errc::NotFound, "No setting has this key.");
    return change(subject, action::PolicyClear{std::string(key)}, *setting, workspace, std::nullopt);
}

Result<void> PolicyEngine::note(NoteKind kind, const Subject& subject, std::string_view workspace, std::string_view action, std::string sentence,
                                std::string detailJson)
{
    if (m_impl->m_store.isSetAside())
        return setAsideError();
    const Sources all = sources(workspace);
    const auto level = resolve(keys::kAuditLevel.name, all);
    if (kind != NoteKind::Always && level && level->value != Value(std::string("all")))
        return {};
    AuditEntry entry;
    entry.workspace = all.workspace.id;
    entry.workspaceName = all.workspace.name;
    entry.subject = subject.words();
    entry.action = action;
    entry.sentence = sanitiseLine(sentence, kMaxNote_characters);
    entry.detail = std::move(detailJson);
    const bool limited = subject.kind != Subject::Kind::Person;
    const bool counted = limited && m_impl->m_recorder.admit(entry) == AuditLimiter::Verdict::Count;
    if (counted && !m_impl->m_recorder.hasDueCounts())
        return {};
    return m_impl->together(counted ? std::nullopt : std::optional(entry), all, [](const Database&) { return Result<void>(); });
}

// ---- workspaces

Result<std::vector<WorkspaceRow>> PolicyEngine::workspaces() const
{
    if (m_impl->m_store.isSetAside())
        return setAsideError();
    return tables::workspaces(m_impl->m_store.database());
}

Result<WorkspaceRow> PolicyEngine::workspace(std::string_view idOrName) const
{
    if (m_impl->m_store.isSetAside())
        return setAsideError();
    return tables::workspace(m_impl->m_store.database(), idOrName);
}

Result<WorkspaceRow> PolicyEngine::addWorkspace(const NewWorkspace& wish, std::span<const Appearance> running)
{
    auto rows = workspaces();
    if (!rows)
        return Unexpected(std::move(rows.error()));
    if (rows->size() >= kMaxWorkspaces)
        return fail(Errc::TooLarge, fmt::format("There are {} workspaces already.", rows->size()));
    if (auto checked = parts::checkWish(wish); !checked)
        return Unexpected(std::move(checked.error()));
    const auto [name, number] = wish.name.empty() ? parts::freeName(wish, *rows) : std::pair(wish.name, 1);
    auto checkedName = parts::checkedName(name);
    if (!checkedName)
        return Unexpected(std::move(checkedName.error()));

    std::vector<Appearance> taken(running.begin(), running.end());
    for (const WorkspaceRow& row : *rows)
        taken.push_back({row.colour, row.pattern});
    const auto colour = wish.colour || !wish.fresh ? wish.colour : std::optional(std::string(findProfile(wish.profile)->colour));
    const Appearance appearance = nextAppearance(taken, colour, wish.pattern);

    WorkspaceRow row{randomHex(8), *checkedName, number, wish.profile, appearance.colour, appearance.pattern, wish.fresh, m_impl->m_clock->systemNow()};
    auto done = m_impl->together(std::nullopt, sources(), [&](const Database& database) { return tables::addWorkspace(database, row); });
    if (!done && done.error().code == Errc::AlreadyExists)
        return fail(Errc::AlreadyExists, "A workspace of this name exists already.");
    if (!done)
        return while_("add a workspace", std::move(done));
    return workspace(row.id);
}

Result<void> PolicyEngine::renameWorkspace(std::string_view id, std::string_view name)
{
    auto checked = parts::checkedName(name);
    if (!checked)
        return Unexpected(std::move(checked.error()));
    auto done = m_impl->together(std::nullopt, sources(), [&](const Database& database) { return tables::renameWorkspace(database, id, *checked); });
    if (!done && done.error().code == Errc::AlreadyExists)
        return fail(Errc::AlreadyExists, "A workspace of this name exists already.");
    return done;
}

Result<void> PolicyEngine::removeWorkspace(std::string_view id)
{
    return m_impl->together(std::nullopt, sources(), [&](const Database& database) { return tables::removeWorkspace(database, id); });
}

Result<WorkspaceRow> PolicyEngine::defaultWorkspace()
{
    auto found = workspace("Untrusted");
    if (found || found.error().code != Errc::NotFound)
        return found;
    NewWorkspace wish;
    wish.name = "Untrusted";
    wish.colour = findProfile(wish.profile)->colour;
    return addWorkspace(wish);
}

Result<Appearance> PolicyEngine::appearanceFor(std::string_view workspace, std::span<const Appearance> running) const
{
    const Sources all = sources(workspace);
    const auto colour = resolve(keys::kWorkspaceColour.name, all);
    const auto pattern = resolve(keys::kWorkspacePattern.name, all);
    if (!colour || !pattern)
        return fail(Errc::Internal, "colour and pattern are settings");
    return parts::distinct(*colour, *pattern, running);
}

Result<void> PolicyEngine::countAppUse(std::string_view workspace, std::string_view app)
{
    /// A desktop entry's name is a file name (NAME_MAX).
    constexpr std::size_t kMaxApp_bytes = 255;
    if (app.empty() || app.size() > kMaxApp_bytes)
        return fail(Errc::Malformed, "this is no name of a desktop entry");
    const auto now = m_impl->m_clock->systemNow();
    return m_impl->together(std::nullopt, sources(), [&](const Database& database) { return tables::countAppUse(database, workspace, app, now); });
}

Result<std::vector<AppUse>> PolicyEngine::mostUsed(std::string_view workspace, std::size_t limit) const
{
    if (m_impl->m_store.isSetAside())
        return setAsideError();
    auto rows = tables::mostUsed(m_impl->m_store.database(), workspace, limit);
    if (!rows)
        return Unexpected(std::move(rows.error()));
    std::vector<AppUse> uses;
    for (auto& [app, count] : *rows)
        uses.push_back({std::move(app), count});
    return uses;
}

// ---- trail

Result<AuditPage> PolicyEngine::audit(const AuditQuery& query) const
{
    constexpr std::size_t kMaxPage = 200;
    if (m_impl->m_store.isSetAside())
        return setAsideError();
    const auto limit = static_cast<std::int64_t>(std::clamp<std::size_t>(query.limit, 1, kMaxPage));
    auto records = trail::page(m_impl->m_store.database(), {limit + 1, query.before, query.workspace, query.outcome, query.search});
    if (!records)
        return Unexpected(std::move(records.error()));
    AuditPage page{std::move(*records), false};
    page.more = static_cast<std::int64_t>(page.records.size()) > limit;
    if (page.more)
        page.records.pop_back();
    return page;
}

Result<std::optional<AuditRecord>> PolicyEngine::auditRecord(std::int64_t seq) const
{
    if (m_impl->m_store.isSetAside())
        return setAsideError();
    return trail::record(m_impl->m_store.database(), seq);
}

std::int64_t PolicyEngine::auditHead() const
{
    if (m_impl->m_store.isSetAside())
        return 0;
    const auto head = trail::head(m_impl->m_store.database());
    return head ? head->seq : 0;
}

std::string PolicyEngine::databasePath() const { return m_impl->m_store.databasePath(); }

Result<void> PolicyEngine::exportTo(const std::function<Result<void>(std::string_view)>& write) const
{
    if (m_impl->m_store.isSetAside())
        return setAsideError();
    const Database& database = m_impl->m_store.database();
    auto trailId = trail::id(database);
    if (!trailId)
        return Unexpected(std::move(trailId.error()));
    return trail::forEach(database, 0, INT64_MAX, [&](const AuditRecord& record) { return write(toJsonLine(record, *trailId) + '\n'); });
}

// ---- upkeep

std::optional<std::chrono::seconds> PolicyEngine::maintenanceDue() const
{
    return m_impl->m_store.isSetAside() ? std::nullopt : m_impl->m_recorder.due();
}

Result<void> PolicyEngine::maintain()
{
    if (m_impl->m_store.isSetAside())
        return {};
    const Sources all = sources();
    const auto keep = std::chrono::days(value(keys::kAuditKeep));
    return m_impl->noticeDamage(m_impl->m_recorder.maintain(m_impl->m_store.database(), m_impl->exportMode(all), keep));
}

Result<void> PolicyEngine::finish()
{
    if (auto done = maintain(); !done)
        return done;
    if (m_impl->m_store.isSetAside())
        return {};
    return m_impl->noticeDamage(m_impl->m_recorder.finish(m_impl->m_store.database(), m_impl->exportMode(sources())));
}

// ---- a damaged store

StoreReport PolicyEngine::store() const
{
    const Store& store = m_impl->m_store;
    return {store.isSetAside(), store.setAsidePath(), store.reason(), store.backups()};
}

Result<void> PolicyEngine::restoreBackup(std::string_view path)
{
    if (auto restored = m_impl->m_store.restore(std::string(path)); !restored)
        return restored;
    return startAnew("store.restore", fmt::format("Settings restored from a backup; this trail begins here ({})", path));
}

Result<void> PolicyEngine::startWithDefaults()
{
    if (auto started = m_impl->m_store.startWithDefaults(); !started)
        return started;
    return startAnew("store.defaults", "Started with default settings; this trail begins here");
}

Result<void> PolicyEngine::startAnew(std::string_view action, std::string sentence)
{
    if (auto attached = m_impl->afterOpening(); !attached)
        return attached;
    if (auto noted = note(NoteKind::Always, Subject{Subject::Kind::Person, {}}, {}, action, std::move(sentence)); !noted)
        return noted;
    return makeReady();
}

} // namespace annex::policy
