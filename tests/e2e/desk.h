// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>

#include "tests/e2e/guest_window.h"
#include "tests/support/session/session.h"

namespace annex::test::e2e {

/// A person's desk: an Annex of its own that shows windows, and one window of a host program at the right edge of the screen.
class Desk {
public:
    Desk();
    ~Desk();

    /// @return what hindered it; empty: all stands
    QString start();
    Session& annex() { return m_annex; }
    const screen::Window& hostWindow() const { return m_host; }
    /// The host's window shows its own colour, the whole of it: nothing of a workspace lies over it.
    bool hostWindowIsWhole() const;
    /// Gives the host's window the keyboard.
    void useHostWindow() { screen::activate(m_host); }
    /// Command lines of all processes in a running workspace.
    QByteArray processesIn(const QString& workspace);
    /// Records of the audit trail, newest first.
    QList<QJsonObject> records(const QString& action = {});

    /// For cleanup(): the screen and the logs of a test that failed, into the folder for temporary files.
    void keepIfFailed();

private:
    void keepLogs() const;

    Session m_annex;
    QProcess* m_hostProgram = nullptr;
    screen::Window m_host;
};

/// Path of a PDF of one page that says this sentence over a square of kPdfColour.
inline constexpr QColor kPdfColour{0x30, 0x60, 0xc0};
QString makePdf(const QString& folder, const QString& name, const QString& sentence);

} // namespace annex::test::e2e
