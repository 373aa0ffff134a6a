// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/process/process.h"

namespace annex::test {

/// A program in the guest whose standard output is read line by line.
class GuestProgram {
public:
    /// @param arguments  program path first
    static Result<GuestProgram> start(const std::vector<std::string>& arguments, std::vector<std::string> environment);
    GuestProgram(GuestProgram&&) = default;
    GuestProgram& operator=(GuestProgram&&) = default;
    ~GuestProgram();

    int outputFd() const { return m_output.get(); }
    /// Takes what is there. @return false when the program closed its output
    bool readOutput();
    const std::vector<std::string>& lines() const { return m_lines; }
    bool said(const std::string& prefix) const;
    std::size_t count(const std::string& prefix) const;
    /// The newest line that begins so, or an empty one.
    std::string last(const std::string& prefix) const;
    /// Writes a line to its standard input.
    void tell(const std::string& line);
    bool running();
    void end();
    ChildProcess& process() { return m_process; }

private:
    GuestProgram() = default;
    ChildProcess m_process;
    UniqueFd m_output, m_input;
    std::string m_partial;
    std::vector<std::string> m_lines;
};

} // namespace annex::test
