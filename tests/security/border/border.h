// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include <QRegularExpression>
#include <QStringList>

#include "isolation/namespaces/control_group.h"
#include "tests/support/session/session.h"

/// What the tests of the border share: a whole Annex with annex-hostile in its workspaces, some of its defences left out for the control.
namespace annex::security {

using test::eventually;
using test::Outcome;
using test::Session;

inline const QString kWorkspace = QStringLiteral("Untrusted");

/// An attack that goes on until it is ended.
class Held {
public:
    explicit Held(QProcess* process) : m_process(process) {}
    ~Held() { end(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    /// Waits until it says that it holds, or ended. @return whether it holds
    bool holds();
    QStringList said();
    void end();

private:
    QProcess* m_process; ///< of the session
    QByteArray m_output;
};

class Border {
public:
    /// @param weakened  defences that are left out; none: the product as a person has it
    /// @param programs  folder of our programs; empty: the build's
    explicit Border(QStringList weakened = {}, QString programs = {}, QString setting = {}, QString value = {});
    ~Border();
    Border(const Border&) = delete;
    Border& operator=(const Border&) = delete;

    /// Starts the workspace, makes it where it is missing, and puts annex-hostile into it.
    bool open(const QString& workspace = kWorkspace);
    /// Runs an attack to its end. @return its findings; empty (with a warning) where it was cut short
    QStringList attack(const QStringList& words, const QByteArray& input = {}, const QString& workspace = kWorkspace);
    /// Starts one that holds.
    std::unique_ptr<Held> hold(const QStringList& words, const QString& workspace = kWorkspace);
    Outcome shell(const QString& line, const QString& workspace = kWorkspace) { return session().shell(workspace, line); }
    Session& session() { return *m_session; }
    /// Of a process in a workspace, as the host numbers it: found by a word of its command line; 0 where there is none (or several).
    static qint64 hostPidOf(const QString& word);
    /// Control groups of this session's guests under one place of the delegation.
    QStringList groups(const std::filesystem::path& place) const;
    std::string groupTag() const;

private:
    std::unique_ptr<Session> m_session;
};

/// Sessions with defences left out are started once for each set and ended with the test program.
class Controls {
public:
    Border* without(const QStringList& weakened);
    void clear() { m_borders.clear(); }

private:
    std::map<QString, std::unique_ptr<Border>> m_borders;
};

/// Why these tests cannot run here; empty when they can. They never skip.
QString obstacle();
/// A word that is nowhere else on this host.
QString freshMark(const QString& what);
/// Findings that match, and the number in the first capture of the first that does (-1: none).
QStringList findings(const QStringList& all, const QString& pattern);
qlonglong numberIn(const QStringList& all, const QString& pattern);
QByteArray fileContent(const QString& path);

} // namespace annex::security
