// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "app/init/host_link.h"
#include "app/init/loop.h"
#include "base/posix/unique_fd.h"

namespace annex::init {

/// Carries one output stream of a program to the host, within the credit that the host gave and while the link has room.
/// One piece for each turn of the loop, so that a flood takes turns with everything else.
class OutputPump {
public:
    /// @param onEnd  the stream has ended (its empty piece is sent); must not destroy the pump
    OutputPump(Loop& loop, HostLink& link, std::uint32_t program, control::Stream stream, UniqueFd fd, std::function<void()> onEnd);
    ~OutputPump();
    OutputPump(const OutputPump&) = delete;
    OutputPump& operator=(const OutputPump&) = delete;

    void addCredit(std::uint32_t bytes);
    /// The link's room has changed.
    void update();
    /// The program has exited: send what is still in the pipe, then end, even while a grandchild holds the other side open.
    void finish();

    /// Longest piece. Half a chunk: two programs share the link evenly at fine grain.
    static constexpr std::size_t kPiece_bytes = 32 * 1024;
    /// What is still sent after the program's exit: the largest pipe that a program may make without privileges (pipe-max-size).
    static constexpr std::size_t kMaxAfterExit_bytes = 1 << 20;

private:
    bool mayRead() const { return m_fd && m_credit_bytes > 0 && m_link.roomy(); }
    void readPiece();
    void drain();
    void end();

    Loop& m_loop;
    HostLink& m_link;
    std::uint32_t m_program;
    control::Stream m_stream;
    UniqueFd m_fd;
    std::function<void()> m_onEnd;
    std::uint32_t m_credit_bytes = control::kInitialCredit_bytes;
    bool m_finishing = false;
    bool m_draining = false; ///< sending may make room, which calls update() again
    std::size_t m_afterExit_bytes = 0;
};

} // namespace annex::init
