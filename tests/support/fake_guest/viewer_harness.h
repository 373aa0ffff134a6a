// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

#include "base/process/process.h"
#include "tests/support/fake_guest/fake_guest.h"

namespace annex::test {

/// A virtual display with a small window manager, for as long as it lives. DISPLAY of this process points to it.
class VirtualDisplay {
public:
    explicit VirtualDisplay(const QString& geometry = QStringLiteral("1600x1000x24"), bool windowManager = true);
    ~VirtualDisplay();
    bool isReady() const { return m_ready; }
    QString name() const { return m_name; }

private:
    std::optional<ChildProcess> m_server, m_manager;
    QString m_name;
    bool m_ready = false;
};

/// annex-viewer as it is started in life, with a fake guest on its display stream and the test on its frame link.
class ViewerHarness {
public:
    /// @param arguments  besides --pool-bytes
    explicit ViewerHarness(const QStringList& arguments = {}, bool pool = true);
    ~ViewerHarness();

    FakeGuest& guest() { return *m_guest; }
    pid_t pid() const { return m_viewer ? m_viewer->pid() : 0; }
    bool isRunning();
    /// Waits for the viewer's end. @return its exit code, -1 for a signal, nothing after a deadline
    std::optional<int> exitCode();
    void kill();
    /// Another viewer takes the same stream, pool and a new link over.
    void restart(const QStringList& arguments = {});

    // The broker's side of the frame link.
    void say(const QJsonObject& message);
    void appearance(const QString& name = QStringLiteral("Untrusted"), const QString& colour = QStringLiteral("amber"),
                    const QString& pattern = QStringLiteral("dots"));
    /// Waits for a message of this kind and takes it off the list; empty after a deadline.
    QJsonObject waitFor(const QString& kind);
    /// All that has come and was not taken.
    const std::vector<QJsonObject>& heard();
    /// Reads link and guest for a while.
    void settle(std::chrono::milliseconds time);
    void closeLink() { m_link.reset(); }
    /// Appearance and handshake: ready for windows.
    bool begin();

private:
    void start(const QStringList& arguments);
    void readLink();

    UniqueFd m_hostStream, m_pool, m_link;
    std::uint64_t m_pool_bytes = 64u << 20;
    std::unique_ptr<FakeGuest> m_guest;
    std::optional<ChildProcess> m_viewer;
    std::optional<int> m_exit;
    QByteArray m_incoming;
    std::vector<QJsonObject> m_heard;
};

} // namespace annex::test
