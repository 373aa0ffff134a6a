// SPDX-License-Identifier: Apache-2.0
#include "policy/audit/linux/system_log.h"

#include <cstring>
#include <ctime>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/posix/unique_fd.h"

namespace annex::policy {
namespace {

/// Facility user (1), severity informational (6): RFC 3164.
constexpr int kPriority = 1 * 8 + 6;

Result<UniqueFd> connectTo(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return fail(Errc::NotFound, "no log socket is named");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd)
        return failErrno("open a log socket");
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return failErrno(fmt::format("connect to {}", path));
    return fd;
}

Result<void> send(const UniqueFd& fd, const std::string& message)
{
    if (::send(fd.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        return failErrno("send to the log");
    return {};
}

/// FIELD=value, for values without a line's end; ours have none.
void addField(std::string& message, std::string_view name, std::string_view value)
{
    message += name;
    message += '=';
    for (const char c : value)
        message += c == '\n' || c == '\0' ? ' ' : c;
    message += '\n';
}

std::string journalHead(std::string_view text)
{
    std::string message;
    addField(message, "MESSAGE", text);
    addField(message, "PRIORITY", "6");
    addField(message, "SYSLOG_IDENTIFIER", "annex");
    return message;
}

std::string syslogLine(std::string_view text)
{
    std::tm local{};
    const std::time_t now = std::time(nullptr);
    localtime_r(&now, &local);
    char stamp[32] = "";
    std::strftime(stamp, sizeof stamp, "%b %e %H:%M:%S", &local);
    std::string line = fmt::format("<{}>{} annex[{}]: {}", kPriority, stamp, ::getpid(), text);
    for (char& c : line) {
        if (c == '\n' || c == '\0')
            c = ' ';
    }
    return line;
}

std::string anchorText(const Anchor& anchor)
{
    return fmt::format("audit anchor trail={} seq={} sha256={}", anchor.trailId, anchor.seq, toHex(anchor.hash));
}

} // namespace

SystemLog::SystemLog() : SystemLog(Sockets{}) {}
SystemLog::SystemLog(Sockets sockets) : m_sockets(std::move(sockets)) {}

std::string_view SystemLog::kind()
{
    if (connectTo(m_sockets.journal))
        return "journal";
    if (connectTo(m_sockets.syslog))
        return "syslog";
    return "";
}

Result<void> SystemLog::sendAnchor(const Anchor& anchor)
{
    if (const auto journal = connectTo(m_sockets.journal)) {
        std::string message = journalHead(anchorText(anchor));
        addField(message, "ANNEX_ANCHOR", "1");
        addField(message, "ANNEX_TRAIL", anchor.trailId);
        addField(message, "ANNEX_SEQ", std::to_string(anchor.seq));
        addField(message, "ANNEX_SHA256", toHex(anchor.hash));
        return send(*journal, message);
    }
    const auto syslog = connectTo(m_sockets.syslog);
    if (!syslog)
        return fail(Errc::NotFound, "no log daemon answers");
    return send(*syslog, syslogLine(anchorText(anchor)));
}

Result<void> SystemLog::sendRecord(std::string_view sentence, std::string_view jsonLine)
{
    if (const auto journal = connectTo(m_sockets.journal)) {
        std::string message = journalHead(sentence);
        addField(message, "ANNEX_RECORD", jsonLine);
        return send(*journal, message);
    }
    const auto syslog = connectTo(m_sockets.syslog);
    if (!syslog)
        return fail(Errc::NotFound, "no log daemon answers");
    return send(*syslog, syslogLine(fmt::format("audit record {}", jsonLine)));
}

} // namespace annex::policy
