// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/viewers.h"

#include <QElapsedTimer>
#include <QTimer>
#include <unistd.h>

#include "app/desktop/broker_link.h"
#include "base/log.h"

namespace annex::desktop {

namespace {

using namespace Qt::StringLiterals;

// docs/architecture.md: what a viewer inherits.
constexpr int kDisplayStream = 3, kPool = 4, kFrameLink = 5;
constexpr int kTerminated = 15; // SIGTERM: somebody asked for it, as at log-out

std::vector<std::string> ownEnvironment()
{
    std::vector<std::string> variables;
    for (char** entry = environ; *entry; ++entry)
        variables.emplace_back(*entry);
    return variables;
}

std::int64_t now_ms()
{
    static const QElapsedTimer clock = [] {
        QElapsedTimer started;
        started.start();
        return started;
    }();
    return clock.elapsed();
}

} // namespace

Viewers::Viewers(BrokerLink& link, std::string program, bool uncapped, QObject* parent)
    : QObject(parent), m_link(link), m_program(std::move(program)), m_uncapped(uncapped)
{
}

Viewers::~Viewers() = default; // the processes go on: a ChildProcess leaves its process alone

bool Viewers::isOurs(qint64 pid) const
{
    for (const auto& [workspace, viewer] : m_viewers)
        if (viewer.process.pid() == pid)
            return true;
    return false;
}

void Viewers::forget(const QString& workspace)
{
    m_plans.erase(workspace);
    m_replacement.erase(workspace);
}

void Viewers::want(const QString& workspace)
{
    if (m_pending.contains(workspace) || m_viewers.contains(workspace))
        return;
    m_pending.insert(workspace);
    m_link.request(u"viewer.attach"_s, {{u"workspace"_s, workspace}}, [this, workspace](BrokerAnswer answer) { attached(workspace, std::move(answer)); });
}

void Viewers::attached(const QString& workspace, BrokerAnswer answer)
{
    m_pending.erase(workspace);
    if (!answer.result) {
        log("desktop").warn("[{}] no viewer: {}", workspace.toStdString(), answer.result.error().why.toStdString());
        return; // the workspace ended meanwhile, or the broker will ask again
    }
    const QJsonObject& result = *answer.result;
    const bool hasPool = result["pool"_L1].toBool(answer.descriptors.size() == 3);
    const std::size_t expected = hasPool ? 3 : 2;
    if (answer.descriptors.size() != expected) {
        Q_EMIT startFailed(workspace, tr("The broker handed over %n descriptors.", nullptr, int(answer.descriptors.size())));
        return;
    }
    const bool isReplacement = m_replacement.erase(workspace) > 0;
    SpawnOptions options;
    options.program = m_program;
    options.arguments = viewerArguments(m_program, std::uint64_t(result["pool_bytes"_L1].toInteger()), hasPool, isReplacement);
    if (m_uncapped)
        options.arguments.emplace_back("--uncapped");
    options.environment = viewerEnvironment(ownEnvironment());
    options.descriptors = {{answer.descriptors.front().get(), kDisplayStream}, {answer.descriptors.back().get(), kFrameLink}};
    if (hasPool)
        options.descriptors.emplace_back(answer.descriptors[1].get(), kPool);
    options.newSession = true;
    options.workingFolder = "/";
    Result<ChildProcess> process = spawn(options);
    if (!process) {
        log("desktop").error("viewer: {}", process.error().describe());
        m_link.request(u"viewer.gone"_s, {{u"workspace"_s, workspace}, {u"status"_s, -1}});
        Q_EMIT startFailed(workspace, QString::fromStdString(process.error().describe()));
        return;
    }
    Viewer& viewer = m_viewers[workspace];
    viewer.process = std::move(*process);
    viewer.ended = std::make_unique<QSocketNotifier>(viewer.process.pidfd(), QSocketNotifier::Read);
    connect(viewer.ended.get(), &QSocketNotifier::activated, this, [this, workspace] { onEnded(workspace); }, Qt::QueuedConnection);
    log("desktop").info("[{}] viewer {} started", workspace.toStdString(), viewer.process.pid());
    Q_EMIT started(workspace, viewer.process.pid());
}

void Viewers::onEnded(const QString& workspace)
{
    const auto found = m_viewers.find(workspace);
    if (found == m_viewers.end())
        return;
    const Result<std::optional<ExitStatus>> status = found->second.process.tryWait();
    if (status && !*status)
        return; // woken without an end
    const ExitStatus ended = status ? **status : ExitStatus{1, 0};
    m_viewers.erase(found);
    const int told = ended.signal ? -ended.signal : ended.code;
    if (ended.succeeded() || ended.signal == kTerminated) {
        // Its stream ended: the workspace stopped, or its display is being replaced and the broker will say so.
        m_link.request(u"viewer.gone"_s, {{u"workspace"_s, workspace}, {u"status"_s, told}});
        return;
    }
    log("desktop").warn("[{}] viewer died, status {}", workspace.toStdString(), told);
    const RestartPlan::Verdict verdict = m_plans[workspace].onDeath(now_ms());
    if (verdict.tell)
        Q_EMIT redrawn(workspace);
    if (!verdict.delay_ms)
        return;
    m_replacement.insert(workspace);
    m_pending.insert(workspace); // the broker's own "wanted" must not start one before the pause is over
    QTimer::singleShot(int(*verdict.delay_ms), this, [this, workspace, told] {
        m_pending.erase(workspace);
        m_link.request(u"viewer.gone"_s, {{u"workspace"_s, workspace}, {u"status"_s, told}}, [this, workspace](const BrokerAnswer& answer) {
            if (answer.result)
                want(workspace);
        });
    });
}

} // namespace annex::desktop
