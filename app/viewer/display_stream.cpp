// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/display_stream.h"

#include <QSocketNotifier>

#include "base/channel/posix/local_socket.h"

namespace annex::viewer {

DisplayStream::DisplayStream(UniqueFd socket, QObject* parent) : QObject(parent), m_socket(std::move(socket))
{
    m_reader = new QSocketNotifier(m_socket.get(), QSocketNotifier::Read, this);
    m_writer = new QSocketNotifier(m_socket.get(), QSocketNotifier::Write, this);
    m_reader->setEnabled(false);
    m_writer->setEnabled(false);
    connect(m_reader, &QSocketNotifier::activated, this, [this] { readReady(); });
    connect(m_writer, &QSocketNotifier::activated, this, [this] { send(); });
}

DisplayStream::~DisplayStream() = default;

void DisplayStream::attach(display::HostSession& session)
{
    m_session = &session;
    m_reader->setEnabled(true);
    send();
}

void DisplayStream::send()
{
    while (m_socket && m_session && !m_session->output().empty()) {
        const auto sent = sendWith(m_socket.get(), m_session->output());
        if (!sent) {
            if (sent.error().code != Errc::Busy) {
                end();
                return;
            }
            if (m_session->output().size() > display::HostSession::kOutputLimit_bytes)
                end(); // nobody has read for megabytes
            else if (!m_writer->isEnabled())
                m_writer->setEnabled(true);
            return;
        }
        m_session->sent(*sent);
    }
    if (m_socket && m_writer->isEnabled())
        m_writer->setEnabled(false);
}

void DisplayStream::readReady()
{
    const auto received = receive(m_socket.get(), m_buffer); // a descriptor from the guest is never accepted
    if (!received) {
        if (received.error().code == Errc::TooLarge)
            Q_EMIT breached(received.error());
        else if (received.error().code != Errc::Busy)
            end();
        return;
    }
    if (received->closed) {
        end();
        return;
    }
    if (auto taken = m_session->receive(ByteSpan(m_buffer).first(received->bytes)); !taken) {
        m_reader->setEnabled(false);
        Q_EMIT breached(taken.error());
        return;
    }
    send();
}

void DisplayStream::end()
{
    if (!m_socket)
        return;
    m_reader->setEnabled(false);
    m_writer->setEnabled(false);
    m_socket.reset();
    Q_EMIT closed();
}

} // namespace annex::viewer
