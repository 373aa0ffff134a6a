// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace annex::ctl {

TerminalSize terminalSize()
{
    for (const int descriptor : {STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO}) {
        winsize size{};
        if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
            return {size.ws_row, size.ws_col};
    }
    return {};
}

RawTerminal::RawTerminal()
{
    termios now{};
    if (::tcgetattr(STDIN_FILENO, &now) != 0)
        return;
    m_before = now;
    ::cfmakeraw(&now);
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
}

RawTerminal::~RawTerminal()
{
    if (m_before)
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*m_before);
}

} // namespace annex::ctl
