// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <array>

#include "base/posix/unique_fd.h"
#include "vgpu/display/host/host_session.h"

class QSocketNotifier;

namespace annex::viewer {

/// Carries bytes between the guest's display stream and a HostSession, on Qt's loop and without a timer: what arrives is handled, painted
/// and answered before the loop turns again.
class DisplayStream : public QObject {
    Q_OBJECT
public:
    DisplayStream(UniqueFd socket, QObject* parent = nullptr);
    ~DisplayStream() override;

    /// From now on bytes go to this session. It must outlive the stream or be replaced.
    void attach(display::HostSession& session);
    /// Writes what the session has queued; what does not fit waits for the socket.
    void send();

Q_SIGNALS:
    void closed();
    void breached(const annex::Error& error);

private:
    void readReady();
    void end();

    UniqueFd m_socket;
    display::HostSession* m_session = nullptr;
    QSocketNotifier* m_reader = nullptr;
    QSocketNotifier* m_writer = nullptr;
    std::array<std::uint8_t, 64 * 1024> m_buffer{};
};

} // namespace annex::viewer
