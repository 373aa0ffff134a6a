// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "app/init/host_link.h"
#include "app/init/input_pump.h"
#include "app/init/loop.h"
#include "app/init/output_pump.h"
#include "app/init/start_process.h"

namespace annex::init {

/// The programs that the broker started, by its numbers: their processes, stdio and ends.
class Programs {
public:
    Programs(Loop& loop, HostLink& link) : m_loop(loop), m_link(link) {}

    /// Starts one. @return 0, or the errno; EBUSY when kMaxPrograms run already, EEXIST when the number is taken
    int start(std::uint32_t number, const StartRequest& request);

    void input(std::uint32_t number, ByteSpan bytes);
    void inputEnd(std::uint32_t number);
    void outputCredit(std::uint32_t number, control::Stream stream, std::uint32_t bytes);
    /// To the whole process group of the program, as long as its first process lives.
    void signal(std::uint32_t number, int signal);
    void resize(std::uint32_t number, std::uint16_t rows, std::uint16_t columns);

    /// A process was reaped. @return whether it was a program's first process
    bool reaped(pid_t pid, int waitStatus);
    /// The link has room again.
    void update();
    /// A new broker: programs with stdio lose it (a terminal hangs up), the others go on. @return the numbers that still run
    std::vector<std::uint32_t> takenOver();

private:
    struct Program {
        pid_t pid = -1; ///< -1 once reaped: the number may then mean another process
        int waitStatus = 0;
        std::unique_ptr<InputPump> input;
        std::unique_ptr<OutputPump> output, error;
        int openStreams = 0;
    };

    std::unique_ptr<OutputPump> makePump(std::uint32_t number, control::Stream stream, UniqueFd fd);
    void streamEnded(std::uint32_t number);
    void finishIfDone(std::uint32_t number);
    Program* find(std::uint32_t number);

    Loop& m_loop;
    HostLink& m_link;
    std::map<std::uint32_t, std::unique_ptr<Program>> m_programs;
    std::vector<std::unique_ptr<Program>> m_gone; ///< ended within a handler of their own; freed on the next turn
};

} // namespace annex::init
