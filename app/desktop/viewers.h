// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include <QObject>
#include <QSocketNotifier>

#include "app/desktop/viewer_plan.h"
#include "base/process/process.h"

namespace annex::desktop {

class BrokerLink;
struct BrokerAnswer;

/// Starts one annex-viewer for each workspace that wants one and has none, and starts it again when it was killed. Viewers are detached and
/// outlive us; those of an earlier annex are told apart by the broker, which asks for a viewer only where none is attached.
class Viewers : public QObject {
    Q_OBJECT
public:
    /// @param program  annex-viewer
    /// @param uncapped  viewers do not hold frames to the screen's refresh (benchmarks)
    Viewers(BrokerLink& link, std::string program, bool uncapped, QObject* parent = nullptr);
    ~Viewers() override;

    void want(const QString& workspace);
    void forget(const QString& workspace); ///< the workspace is gone
    /// Whether a process is one of the viewers that we started.
    bool isOurs(qint64 pid) const;

Q_SIGNALS:
    void redrawn(const QString& workspace); ///< for the second time within five minutes
    void started(const QString& workspace, qint64 pid);
    void startFailed(const QString& workspace, const QString& reason);

private:
    struct Viewer {
        ChildProcess process;
        std::unique_ptr<QSocketNotifier> ended;
    };
    void attached(const QString& workspace, BrokerAnswer answer);
    void onEnded(const QString& workspace);

    BrokerLink& m_link;
    std::string m_program;
    bool m_uncapped;
    std::map<QString, Viewer> m_viewers;
    std::map<QString, RestartPlan> m_plans;
    std::set<QString> m_pending;     ///< asked for, not yet answered
    std::set<QString> m_replacement; ///< the next one takes over from one that died
};

} // namespace annex::desktop
