// SPDX-License-Identifier: Apache-2.0
#include "tests/support/session/raw_client.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>

#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace annex::test {

RawClient::RawClient(const QString& socketPath)
{
    const QByteArray path = QFile::encodeName(socketPath);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= static_cast<qsizetype>(sizeof address.sun_path))
        return;
    std::memcpy(address.sun_path, path.constData(), static_cast<std::size_t>(path.size()));
    m_socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (m_socket >= 0 && ::connect(m_socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(m_socket);
        m_socket = -1;
    }
}

RawClient::~RawClient()
{
    for (const int fd : m_descriptors)
        ::close(fd);
    if (m_socket >= 0)
        ::close(m_socket);
}

bool RawClient::send(const QByteArray& bytes, const QList<int>& descriptors)
{
    if (m_socket < 0)
        return false;
    qsizetype sent = 0;
    while (sent < bytes.size()) {
        pollfd ready{m_socket, POLLOUT, 0};
        if (m_socket < 0 || ::poll(&ready, 1, kDeadline_ms) <= 0)
            return false;
        iovec part{const_cast<char*>(bytes.constData()) + sent, static_cast<std::size_t>(bytes.size() - sent)};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(253 * sizeof(int))> control{};
        if (sent == 0 && !descriptors.isEmpty()) {
            const std::size_t size = static_cast<std::size_t>(descriptors.size()) * sizeof(int);
            message.msg_control = control.data();
            message.msg_controllen = CMSG_SPACE(size);
            cmsghdr* header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(size);
            std::memcpy(CMSG_DATA(header), descriptors.constData(), size);
        }
        const ssize_t count = ::sendmsg(m_socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (count < 0)
            return false;
        sent += count;
    }
    return true;
}

bool RawClient::read(int deadline_ms)
{
    pollfd ready{m_socket, POLLIN, 0};
    if (m_socket < 0 || ::poll(&ready, 1, deadline_ms) <= 0)
        return false;
    std::array<char, 65536> buffer;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(16 * sizeof(int))> control{};
    iovec part{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t count = ::recvmsg(m_socket, &message, MSG_CMSG_CLOEXEC);
    if (count <= 0) {
        ::close(m_socket);
        m_socket = -1;
        return false;
    }
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t number = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < number; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
            m_descriptors.append(fd);
        }
    }
    m_buffer.append(buffer.data(), count);
    return true;
}

QByteArray RawClient::line(int deadline_ms)
{
    QElapsedTimer timer;
    timer.start();
    while (true) {
        if (const qsizetype end = m_buffer.indexOf('\n'); end >= 0) {
            const QByteArray found = m_buffer.left(end);
            m_buffer.remove(0, end + 1);
            return found;
        }
        const int left = deadline_ms - static_cast<int>(timer.elapsed());
        if (left <= 0 || !read(left))
            return {};
    }
}

bool RawClient::closes(int deadline_ms)
{
    QElapsedTimer timer;
    timer.start();
    while (m_socket >= 0 && timer.elapsed() < deadline_ms) {
        read(static_cast<int>(deadline_ms - timer.elapsed()));
        m_buffer.clear();
    }
    return m_socket < 0;
}

QJsonObject RawClient::answer(int id, int deadline_ms)
{
    while (true) {
        const QByteArray text = line(deadline_ms);
        if (text.isNull())
            return {};
        const QJsonObject object = QJsonDocument::fromJson(text).object();
        if (object.value(QLatin1String("id")).toInt(-1) == id && !object.contains(QLatin1String("method")))
            return object;
    }
}

QJsonObject RawClient::call(const QString& method, const QJsonObject& parameters, const QList<int>& descriptors)
{
    const auto request = [](int id, const QString& name, const QJsonObject& values) {
        return QJsonDocument(QJsonObject{{QStringLiteral("jsonrpc"), QStringLiteral("2.0")}, {QStringLiteral("id"), id},
                                         {QStringLiteral("method"), name}, {QStringLiteral("params"), values}}).toJson(QJsonDocument::Compact) + '\n';
    };
    if (!std::exchange(m_greeted, true)) {
        const int id = m_next++;
        if (!send(request(id, QStringLiteral("hello"), {{QStringLiteral("version"), 1}, {QStringLiteral("client"), QStringLiteral("test")}})))
            return {};
        const QJsonObject welcome = answer(id);
        if (welcome.isEmpty() || method == QLatin1String("hello"))
            return welcome;
    }
    const int id = m_next++;
    return send(request(id, method, parameters), descriptors) ? answer(id) : QJsonObject();
}

QList<int> RawClient::takeDescriptors()
{
    return std::exchange(m_descriptors, {});
}

} // namespace annex::test
