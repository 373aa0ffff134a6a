// SPDX-License-Identifier: Apache-2.0
#include "app/init/programs.h"

#include <cerrno>
#include <csignal>

#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

namespace annex::init {

namespace {

control::Exited exitedFrom(int waitStatus)
{
    if (WIFSIGNALED(waitStatus))
        return {static_cast<std::uint8_t>(128 + WTERMSIG(waitStatus)), true};
    return {static_cast<std::uint8_t>(WEXITSTATUS(waitStatus)), false};
}

} // namespace

Programs::Program* Programs::find(std::uint32_t number)
{
    auto at = m_programs.find(number);
    return at == m_programs.end() ? nullptr : at->second.get(); // the host may speak of one that has just ended
}

int Programs::start(std::uint32_t number, const StartRequest& request)
{
    if (m_programs.contains(number))
        return EEXIST;
    if (m_programs.size() >= control::kMaxPrograms)
        return EBUSY;
    auto [started, error] = startProcess(request);
    if (error != 0)
        return error;
    auto program = std::make_unique<Program>();
    program->pid = started.pid;
    if (started.input)
        program->input = std::make_unique<InputPump>(m_loop, m_link, number, std::move(started.input), request.stdio == control::Stdio::Terminal);
    program->openStreams = (started.output ? 1 : 0) + (started.error ? 1 : 0);
    if (started.output)
        program->output = makePump(number, control::Stream::Out, std::move(started.output));
    if (started.error)
        program->error = makePump(number, control::Stream::Error, std::move(started.error));
    m_programs[number] = std::move(program);
    return 0;
}

std::unique_ptr<OutputPump> Programs::makePump(std::uint32_t number, control::Stream stream, UniqueFd fd)
{
    return std::make_unique<OutputPump>(m_loop, m_link, number, stream, std::move(fd), [this, number] { streamEnded(number); });
}

void Programs::input(std::uint32_t number, ByteSpan bytes)
{
    if (Program* program = find(number); program && program->input)
        program->input->add(bytes);
}

void Programs::inputEnd(std::uint32_t number)
{
    if (Program* program = find(number); program && program->input)
        program->input->end();
}

void Programs::outputCredit(std::uint32_t number, control::Stream stream, std::uint32_t bytes)
{
    Program* program = find(number);
    if (!program)
        return;
    if (auto& pump = stream == control::Stream::Out ? program->output : program->error)
        pump->addCredit(bytes);
}

void Programs::signal(std::uint32_t number, int signal)
{
    if (Program* program = find(number); program && program->pid > 0)
        ::kill(-program->pid, signal);
}

void Programs::resize(std::uint32_t number, std::uint16_t rows, std::uint16_t columns)
{
    Program* program = find(number);
    if (!program || !program->input || program->input->fd() < 0)
        return;
    winsize size{rows, columns, 0, 0};
    ::ioctl(program->input->fd(), TIOCSWINSZ, &size);
}

bool Programs::reaped(pid_t pid, int waitStatus)
{
    for (auto& [number, entry] : m_programs) {
        if (entry->pid != pid)
            continue;
        Program* program = entry.get(); // its last stream may end below and move it to m_gone
        std::uint32_t ended = number;
        program->pid = -1;
        program->waitStatus = waitStatus;
        for (OutputPump* pump : {program->output.get(), program->error.get()}) {
            if (pump)
                pump->finish();
        }
        finishIfDone(ended);
        return true;
    }
    return false;
}

void Programs::streamEnded(std::uint32_t number)
{
    if (Program* program = find(number)) {
        --program->openStreams;
        finishIfDone(number);
    }
}

// Output comes before its end: Exited is sent when the process is reaped and both streams have ended, whichever is last.
void Programs::finishIfDone(std::uint32_t number)
{
    auto at = m_programs.find(number);
    if (at == m_programs.end() || at->second->pid > 0 || at->second->openStreams > 0)
        return;
    m_link.send(number, exitedFrom(at->second->waitStatus));
    m_gone.push_back(std::move(at->second)); // one of its pumps may be calling us
    m_programs.erase(at);
    m_loop.after({}, [this] { m_gone.clear(); });
}

void Programs::update()
{
    // A pump that ends takes its program out of the map: walk over a copy of the numbers.
    std::vector<std::uint32_t> numbers;
    for (const auto& [number, program] : m_programs)
        numbers.push_back(number);
    for (std::uint32_t number : numbers) {
        if (Program* program = find(number); program && program->output)
            program->output->update();
        if (Program* program = find(number); program && program->error)
            program->error->update();
    }
}

std::vector<std::uint32_t> Programs::takenOver()
{
    std::vector<std::uint32_t> running;
    for (auto at = m_programs.begin(); at != m_programs.end();) {
        Program& program = *at->second;
        program.input.reset();
        program.output.reset();
        program.error.reset();
        program.openStreams = 0;
        if (program.pid > 0) {
            running.push_back(at->first);
            ++at;
        } else {
            at = m_programs.erase(at); // its end was about to be told to a broker that is gone
        }
    }
    return running;
}

} // namespace annex::init
