// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/line_socket.h"

#include <QSocketNotifier>

#include <array>

#include <poll.h>

#include "app/viewer/frame_link.h"
#include "base/channel/posix/local_socket.h"

namespace annex::viewer {

LineSocket::LineSocket(UniqueFd socket, QObject* parent) : QObject(parent), m_socket(std::move(socket))
{
    m_reader = new QSocketNotifier(m_socket.get(), QSocketNotifier::Read, this);
    m_writer = new QSocketNotifier(m_socket.get(), QSocketNotifier::Write, this);
    m_writer->setEnabled(false);
    connect(m_reader, &QSocketNotifier::activated, this, [this] { readReady(); });
    connect(m_writer, &QSocketNotifier::activated, this, [this] { writeReady(); });
}

LineSocket::~LineSocket() = default;

void LineSocket::write(const QByteArray& lines)
{
    if (!m_socket)
        return;
    if (m_outgoing.size() + lines.size() > kMaxQueued_bytes) {
        end();
        return;
    }
    m_outgoing += lines;
    writeReady();
}

void LineSocket::writeReady()
{
    while (m_socket && !m_outgoing.isEmpty()) {
        const auto sent = sendWith(m_socket.get(), {reinterpret_cast<const std::uint8_t*>(m_outgoing.constData()), static_cast<std::size_t>(m_outgoing.size())});
        if (!sent) {
            if (sent.error().code != Errc::Busy) {
                end();
                return;
            }
            m_writer->setEnabled(true);
            return;
        }
        m_outgoing.remove(0, static_cast<qsizetype>(*sent));
    }
    if (m_socket)
        m_writer->setEnabled(false);
}

void LineSocket::drain()
{
    for (int round = 0; round < 10 && m_socket && !m_outgoing.isEmpty(); ++round) {
        pollfd ready{m_socket.get(), POLLOUT, 0};
        ::poll(&ready, 1, 100);
        writeReady();
    }
}

void LineSocket::readReady()
{
    std::array<std::uint8_t, 16 * 1024> buffer;
    const auto received = receive(m_socket.get(), buffer); // no descriptor is accepted
    if (!received) {
        if (received.error().code != Errc::Busy)
            end();
        return;
    }
    if (received->closed) {
        end();
        return;
    }
    m_incoming.append(reinterpret_cast<const char*>(buffer.data()), static_cast<qsizetype>(received->bytes));
    for (qsizetype at = m_incoming.indexOf('\n'); at >= 0 && m_socket; at = m_incoming.indexOf('\n')) {
        const QByteArray line = m_incoming.left(at);
        m_incoming.remove(0, at + 1);
        Q_EMIT lineReceived(line);
    }
    if (m_incoming.size() > static_cast<qsizetype>(frame_link::kMaxLine_bytes))
        end();
}

void LineSocket::end()
{
    if (!m_socket)
        return;
    m_reader->setEnabled(false);
    m_writer->setEnabled(false);
    m_socket.reset();
    Q_EMIT closed();
}

} // namespace annex::viewer
