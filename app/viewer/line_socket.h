// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QObject>

#include "base/posix/unique_fd.h"

class QSocketNotifier;

namespace annex::viewer {

/// The frame link as lines: an inherited socket on Qt's loop. What cannot be written at once waits, within a bound.
class LineSocket : public QObject {
    Q_OBJECT
public:
    explicit LineSocket(UniqueFd socket, QObject* parent = nullptr);
    ~LineSocket() override;

    /// Queues whole lines, ending included.
    void write(const QByteArray& lines);
    /// Writes what is queued and waits for it, for the last words before the end. Gives up after a second.
    void drain();

Q_SIGNALS:
    void lineReceived(const QByteArray& line);
    /// The other side is gone, or sent a line without an end.
    void closed();

private:
    void readReady();
    void writeReady();
    void end();

    static constexpr qsizetype kMaxQueued_bytes = 1 << 20; // a broker that does not read for so long is gone

    UniqueFd m_socket;
    QSocketNotifier* m_reader = nullptr;
    QSocketNotifier* m_writer = nullptr;
    QByteArray m_incoming, m_outgoing;
};

} // namespace annex::viewer
