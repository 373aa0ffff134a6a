// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <QByteArray>
#include <QImage>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

/// A whole Annex of its own for one test: private XDG folders, real annexd, real namespaces engine, the display of the test run.
/// Nothing of it is shared with the person's own Annex or with another test. Ends everything it started.
namespace annex::test {

struct Outcome {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
    QJsonObject json() const; ///< `out` as one object, empty where it is none
};

/// A dead man's switch, not an expectation: machines are shared.
inline constexpr int kDeadline_ms = 120'000;

class Session {
public:
    /// @param brokerArguments  of annexd, started by the session then; `--test-hooks --weaken NAME` leaves a defence out (positive controls).
    ///                         None: the first annexctl starts it, as for a person
    /// @param programs         folder of our programs, see Installation; empty: the build's
    explicit Session(QStringList brokerArguments = {}, QString programs = {});
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Runs annexctl to its end.
    Outcome annexctl(const QStringList& arguments, const QByteArray& input = {}, int deadline_ms = kDeadline_ms);
    /// annexctl --json …; the test fails where it does.
    QJsonObject annexctlJson(const QStringList& arguments);
    /// A program in a running workspace: `annexctl exec -w WORKSPACE -- …`.
    Outcome exec(const QString& workspace, const QStringList& command, const QByteArray& input = {});
    /// A shell line in a running workspace.
    Outcome shell(const QString& workspace, const QString& line);
    /// Starts annexctl without waiting, with its streams as pipes. Ended with the session.
    QProcess* startAnnexctl(const QStringList& arguments);
    /// Starts any program of the build, or of the host, in this session's environment.
    QProcess* startProgram(const QString& program, const QStringList& arguments, const QProcessEnvironment& extra = {});

    /// annex --background: what shows windows and lends the clipboard. Waits until it is registered.
    bool startDesktop();
    /// The workspace as `workspace.get` describes it, empty where it is unknown.
    QJsonObject workspace(const QString& name);
    bool startWorkspace(const QString& name = QStringLiteral("Untrusted"));

    /// Processes whose command begins with this program of ours and which belong to this session (by environment or ancestry).
    QList<qint64> processes(const QString& program) const;
    qint64 brokerPid() const;

    QString program(const QString& name) const; ///< one of ours, as this session runs it
    QString folder() const { return m_folder.path(); }
    QString runtimeFolder() const { return m_folder.filePath(QStringLiteral("run")); }
    QString dataFolder() const { return m_folder.filePath(QStringLiteral("data")); }
    QString brokerSocket() const { return runtimeFolder() + QStringLiteral("/annex/annexd.sock"); }
    QProcessEnvironment& environment() { return m_environment; }

    /// Stops all workspaces, the desktop and the broker. Called by the destructor; a test may call it to look at what is left.
    void end();

private:
    bool startBroker();
    bool isOurs(qint64 pid) const;
    QTemporaryDir m_folder;
    QProcessEnvironment m_environment;
    QStringList m_brokerArguments;
    QString m_programs;
    std::vector<std::unique_ptr<QProcess>> m_started;
    bool m_ended = false;
};

/// Polls until `condition` holds. @return whether it did before the deadline
bool eventually(const std::function<bool()>& condition, int deadline_ms = kDeadline_ms);

QString programPath(const QString& name); ///< in the build's bin folder

} // namespace annex::test
