// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <termios.h>

namespace annex::ctl {

struct TerminalSize {
    std::uint16_t rows = 24, columns = 80;
};

/// Of standard output or input; the usual one where neither is a terminal.
TerminalSize terminalSize();

/// Every key goes through unread while this lives; afterwards the terminal is as it was. Does nothing where standard input is no terminal.
class RawTerminal {
public:
    RawTerminal();
    ~RawTerminal();
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

private:
    std::optional<termios> m_before;
};

} // namespace annex::ctl
