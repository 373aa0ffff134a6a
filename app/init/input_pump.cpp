// SPDX-License-Identifier: Apache-2.0
#include "app/init/input_pump.h"

#include <cerrno>

#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

namespace annex::init {

namespace {

constexpr std::uint32_t kCreditPortion_bytes = control::kInitialCredit_bytes / 4;

/// The end-of-file character of a terminal that reads lines; a raw one has none and no end of file.
std::optional<std::uint8_t> endOfFileCharacter(int terminal)
{
    termios settings{};
    if (::tcgetattr(terminal, &settings) != 0 || !(settings.c_lflag & ICANON))
        return {};
    return settings.c_cc[VEOF];
}

} // namespace

InputPump::InputPump(Loop& loop, HostLink& link, std::uint32_t program, UniqueFd fd, bool terminal)
    : m_loop(loop), m_link(link), m_program(program), m_fd(std::move(fd)), m_terminal(terminal)
{
    m_loop.watch(m_fd.get(), 0, [this](std::uint32_t) { write(); });
}

InputPump::~InputPump()
{
    if (m_fd)
        m_loop.forget(m_fd.get());
}

void InputPump::add(ByteSpan bytes)
{
    if (!m_fd || m_ending || m_pending.size() - m_start + bytes.size() > control::kInitialCredit_bytes)
        return took(bytes.size()); // nobody reads any more
    m_pending.insert(m_pending.end(), bytes.begin(), bytes.end());
    write();
}

void InputPump::end()
{
    if (!m_fd || m_ending)
        return;
    m_ending = true;
    if (m_terminal) {
        if (auto character = endOfFileCharacter(m_fd.get()))
            m_pending.push_back(*character);
    }
    write();
}

void InputPump::write()
{
    while (m_fd && m_start < m_pending.size()) {
        ssize_t count = ::write(m_fd.get(), m_pending.data() + m_start, m_pending.size() - m_start);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            break;
        if (count <= 0)
            return close(); // the program closed its input
        m_start += static_cast<std::size_t>(count);
        took(static_cast<std::size_t>(count));
    }
    if (m_start == m_pending.size()) {
        m_pending.clear();
        m_start = 0;
        if (m_ending && !m_terminal)
            return close();
    } else if (m_start > m_pending.size() / 2) {
        m_pending.erase(m_pending.begin(), m_pending.begin() + static_cast<std::ptrdiff_t>(m_start));
        m_start = 0;
    }
    m_loop.want(m_fd.get(), m_pending.empty() ? 0u : std::uint32_t{EPOLLOUT});
}

void InputPump::took(std::size_t count)
{
    m_taken_bytes += static_cast<std::uint32_t>(count);
    if (m_taken_bytes >= kCreditPortion_bytes)
        m_link.send(m_program, control::InputCredit{std::exchange(m_taken_bytes, 0)});
}

void InputPump::close()
{
    m_loop.forget(m_fd.get());
    m_fd.reset();
    took(m_pending.size() - m_start);
    m_pending.clear();
    m_start = 0;
}

} // namespace annex::init
