// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/fake_services.h"

#include <algorithm>

namespace annex::test {

namespace {

using namespace Qt::StringLiterals;

/// Answers from the loop: with the failure set for `what`, else with the value; not at all while the world is silent.
template <class T>
void answer(QObject* context, FakeWorld& world, const QString& what, const ui::Reply<T>& reply, const T& value)
{
    if (world.silent || !reply)
        return;
    const auto failure = world.failures.constFind(what);
    const ui::Outcome<T> outcome = failure == world.failures.constEnd() ? ui::Outcome<T>(value) : ui::Outcome<T>(tl::unexpected(*failure));
    QTimer::singleShot(0, context, [reply, outcome] { reply(outcome); });
}

} // namespace

void FakeWorkspaces::change(const QString& id, const std::function<void(ui::Workspace&)>& edit)
{
    for (ui::Workspace& workspace : m_world.workspaces) {
        if (workspace.id != id)
            continue;
        edit(workspace);
        Q_EMIT changed(workspace);
    }
}

void FakeWorkspaces::setState(const char* what, const QString& id, ui::WorkspaceState state, ui::Reply<ui::Done> reply)
{
    const QString name = QString::fromLatin1(what);
    m_world.asked << name + u' ' + id;
    if (!m_world.failures.contains(name))
        change(id, [&](ui::Workspace& workspace) { workspace.state = state; });
    answer(this, m_world, name, reply, ui::Done{});
}

void FakeWorkspaces::create(const ui::NewWorkspace& wish, ui::Reply<ui::Workspace> reply)
{
    m_world.asked << u"create "_s + wish.name;
    ui::Workspace made;
    made.id = u"w%1"_s.arg(m_world.workspaces.size() + 1);
    made.name = wish.name;
    made.profile = wish.profile;
    made.colour = wish.colour;
    made.pattern = wish.pattern;
    if (!m_world.failures.contains(u"create"_s)) {
        m_world.workspaces.push_back(made);
        Q_EMIT changed(made);
    }
    answer(this, m_world, u"create"_s, reply, made);
}

void FakeWorkspaces::start(const QString& id, ui::Reply<ui::Done> reply)
{
    setState("start", id, ui::WorkspaceState::Starting, std::move(reply));
}

void FakeWorkspaces::cancelStart(const QString& id, ui::Reply<ui::Done> reply)
{
    setState("cancel", id, ui::WorkspaceState::Stopped, std::move(reply));
}

void FakeWorkspaces::stop(const QString& id, bool, ui::Reply<ui::Done> reply)
{
    setState("stop", id, ui::WorkspaceState::Stopped, std::move(reply));
}

void FakeWorkspaces::pause(const QString& id, ui::Reply<ui::Done> reply)
{
    setState("pause", id, ui::WorkspaceState::Paused, std::move(reply));
}

void FakeWorkspaces::resume(const QString& id, ui::Reply<ui::Done> reply)
{
    setState("resume", id, ui::WorkspaceState::Running, std::move(reply));
}

void FakeWorkspaces::reset(const QString& id, ui::Reply<qint64> reply)
{
    m_world.asked << u"reset "_s + id;
    answer(this, m_world, u"reset"_s, reply, qint64(96) << 20);
}

void FakeWorkspaces::remove(const QString& id, ui::Reply<ui::Done> reply)
{
    m_world.asked << u"remove "_s + id;
    m_world.workspaces.removeIf([&](const ui::Workspace& one) { return one.id == id; });
    Q_EMIT removed(id);
    answer(this, m_world, u"remove"_s, reply, ui::Done{});
}

void FakeWorkspaces::activate(const QString& id, const QString& window, ui::Reply<ui::Done> reply)
{
    m_world.asked << u"activate %1 %2"_s.arg(id, window);
    answer(this, m_world, u"activate"_s, reply, ui::Done{});
}

void FakeWorkspaces::closeWindow(const QString& id, const QString& window, ui::Reply<ui::Done> reply)
{
    m_world.asked << u"close %1 %2"_s.arg(id, window);
    answer(this, m_world, u"close"_s, reply, ui::Done{});
}

void FakeApps::list(const QString&, ui::Reply<QVector<ui::AppEntry>> reply)
{
    answer(this, m_world, u"apps.list"_s, reply, m_world.apps);
}

void FakeApps::open(const QString& workspace, const QString& app, bool fresh, ui::Reply<ui::Opened> reply)
{
    m_world.asked << u"open %1 %2%3"_s.arg(workspace, app, fresh ? u" fresh"_s : QString());
    answer(this, m_world, u"open"_s, reply, ui::Opened{workspace, app});
}

void FakeApps::openFile(const QString& workspace, const QString& hostPath, bool fresh, ui::Reply<ui::Opened> reply)
{
    m_world.asked << u"openFile %1 %2%3"_s.arg(workspace, hostPath, fresh ? u" fresh"_s : QString());
    answer(this, m_world, u"openFile"_s, reply, ui::Opened{workspace, {}});
}

void FakeApps::run(const QString& workspace, const QStringList& argv, bool fresh, ui::Reply<ui::Opened> reply)
{
    m_world.asked << u"run %1 %2%3"_s.arg(workspace, argv.join(u'|'), fresh ? u" fresh"_s : QString());
    answer(this, m_world, u"run"_s, reply, ui::Opened{workspace, {}});
}

void FakeApps::runFile(const QString& workspace, const QString& hostPath, bool fresh, ui::Reply<ui::Opened> reply)
{
    m_world.asked << u"runFile %1 %2%3"_s.arg(workspace, hostPath, fresh ? u" fresh"_s : QString());
    answer(this, m_world, u"runFile"_s, reply, ui::Opened{workspace, {}});
}

void FakePolicy::list(const QString&, ui::Reply<QVector<ui::Setting>> reply)
{
    answer(this, m_world, u"policy.list"_s, reply, m_world.settings);
}

void FakePolicy::set(const QString& workspace, const QString& key, const QJsonValue& value, ui::Reply<ui::Done> reply)
{
    m_world.asked << u"set %1 %2 %3"_s.arg(workspace, key, value.toVariant().toString());
    if (!m_world.failures.contains(u"policy.set"_s)) {
        for (ui::Setting& setting : m_world.settings) {
            if (setting.key != key)
                continue;
            setting.value = value;
            setting.source = ui::SettingSource::User;
        }
        Q_EMIT changed(key);
    }
    answer(this, m_world, u"policy.set"_s, reply, ui::Done{});
}

void FakePolicy::clear(const QString& workspace, const QString& key, ui::Reply<ui::Done> reply)
{
    m_world.asked << u"clear %1 %2"_s.arg(workspace, key);
    for (ui::Setting& setting : m_world.settings) {
        if (setting.key != key)
            continue;
        setting.value = setting.defaultValue;
        setting.source = ui::SettingSource::Default;
    }
    answer(this, m_world, u"policy.clear"_s, reply, ui::Done{});
}

void FakePolicy::explain(const QString&, const QString& what, ui::Reply<ui::Explanation> reply)
{
    m_world.asked << u"explain "_s + what;
    answer(this, m_world, u"policy.explain"_s, reply, m_world.explanations.value(what));
}

void FakePolicy::state(ui::Reply<ui::PolicyState> reply)
{
    answer(this, m_world, u"policy.state"_s, reply, m_world.policy);
}

void FakePolicy::repair(const QString& backup, ui::Reply<ui::Done> reply)
{
    m_world.asked << u"repair "_s + backup;
    m_world.policy.storeSetAside = false;
    Q_EMIT changed(QString());
    answer(this, m_world, u"policy.repair"_s, reply, ui::Done{});
}

void FakeAudit::list(const ui::AuditQuery& query, ui::Reply<ui::AuditPage> reply)
{
    QVector<ui::AuditRecord> found;
    for (const ui::AuditRecord& record : m_world.records) {
        const bool passes = (!query.before || record.seq < *query.before) && (!query.outcome || record.outcome == *query.outcome)
                            && (query.search.isEmpty() || record.sentence.contains(query.search, Qt::CaseInsensitive));
        if (passes)
            found.push_back(record);
    }
    const bool more = found.size() > query.limit;
    answer(this, m_world, u"audit.list"_s, reply, ui::AuditPage{found.mid(0, query.limit), more});
}

void FakeAudit::verify(ui::Reply<ui::TrailState> reply)
{
    answer(this, m_world, u"audit.verify"_s, reply, m_world.trail);
}

void FakeAudit::exportTo(const QString& hostPath, ui::Reply<ui::Done> reply)
{
    m_world.asked << u"export "_s + hostPath;
    answer(this, m_world, u"audit.export"_s, reply, ui::Done{});
}

void FakeSystem::checkUp(ui::Reply<ui::CheckUp> reply)
{
    answer(this, m_world, u"doctor"_s, reply, m_world.checkUp);
}

void FakeSystem::version(ui::Reply<ui::VersionInfo> reply)
{
    answer(this, m_world, u"version"_s, reply, m_world.version);
}

} // namespace annex::test
