// SPDX-License-Identifier: Apache-2.0
#include "tests/support/display_host/guest_program.h"

#include <algorithm>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace annex::test {

Result<GuestProgram> GuestProgram::start(const std::vector<std::string>& arguments, std::vector<std::string> environment)
{
    int output[2], input[2];
    if (::pipe2(output, O_CLOEXEC) < 0 || ::pipe2(input, O_CLOEXEC) < 0)
        return failErrno("make pipes");
    UniqueFd outputWrite(output[1]), inputRead(input[0]);
    GuestProgram program;
    program.m_output = UniqueFd(output[0]);
    program.m_input = UniqueFd(input[1]);
    ::fcntl(output[0], F_SETFL, O_NONBLOCK);

    SpawnOptions options;
    options.program = arguments.front();
    options.arguments = arguments;
    options.environment = std::move(environment);
    options.descriptors = {{inputRead.get(), 0}, {outputWrite.get(), 1}};
    options.newSession = true;
    auto process = spawn(options);
    if (!process)
        return while_("start a guest program", std::move(process));
    program.m_process = std::move(*process);
    return program;
}

GuestProgram::~GuestProgram()
{
    end();
}

bool GuestProgram::readOutput()
{
    char bytes[4096];
    for (;;) {
        const ssize_t count = ::read(m_output.get(), bytes, sizeof bytes);
        if (count == 0)
            return false;
        if (count < 0)
            return true;
        m_partial.append(bytes, static_cast<std::size_t>(count));
        for (std::size_t end; (end = m_partial.find('\n')) != std::string::npos; m_partial.erase(0, end + 1))
            m_lines.push_back(m_partial.substr(0, end));
    }
}

bool GuestProgram::said(const std::string& prefix) const
{
    return count(prefix) > 0;
}

std::size_t GuestProgram::count(const std::string& prefix) const
{
    return static_cast<std::size_t>(std::ranges::count_if(m_lines, [&](const std::string& line) { return line.starts_with(prefix); }));
}

std::string GuestProgram::last(const std::string& prefix) const
{
    auto line = std::find_if(m_lines.rbegin(), m_lines.rend(), [&](const std::string& l) { return l.starts_with(prefix); });
    return line == m_lines.rend() ? std::string() : *line;
}

void GuestProgram::tell(const std::string& line)
{
    const std::string whole = line + "\n";
    [[maybe_unused]] const ssize_t written = ::write(m_input.get(), whole.data(), whole.size());
}

bool GuestProgram::running()
{
    if (!m_process)
        return false;
    auto status = m_process.tryWait();
    return status && !*status;
}

void GuestProgram::end()
{
    if (!running())
        return;
    ::kill(-m_process.pid(), SIGKILL); // with what it started: it leads a session of its own
    [[maybe_unused]] auto ended = m_process.wait();
}

} // namespace annex::test
