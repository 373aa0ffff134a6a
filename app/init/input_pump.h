// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "app/init/host_link.h"
#include "app/init/loop.h"
#include "base/posix/unique_fd.h"

namespace annex::init {

/// Carries the host's bytes into a program's standard input or terminal, and gives credit back as they go in. Holds at most the credit.
class InputPump {
public:
    InputPump(Loop& loop, HostLink& link, std::uint32_t program, UniqueFd fd, bool terminal);
    ~InputPump();
    InputPump(const InputPump&) = delete;
    InputPump& operator=(const InputPump&) = delete;

    void add(ByteSpan bytes);
    /// Closes after what was added; a terminal gets its end-of-file character instead.
    void end();
    /// The terminal of a terminal program, for its window size; -1 once closed.
    int fd() const { return m_fd.get(); }

private:
    void write();
    void took(std::size_t count);
    void close();

    Loop& m_loop;
    HostLink& m_link;
    std::uint32_t m_program;
    UniqueFd m_fd;
    bool m_terminal;
    ByteVector m_pending;
    std::size_t m_start = 0;
    bool m_ending = false;
    std::uint32_t m_taken_bytes = 0; ///< gone in, credit not yet given back
};

} // namespace annex::init
