// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/single_instance.h"

#include <array>

#include <QTimer>

#include "base/channel/posix/local_socket.h"
#include "base/log.h"

namespace annex::desktop {

namespace {

constexpr std::size_t kMaxRequest_bytes = 64; // "show PAGE\n"
constexpr int kPatience_ms = 2000;            // a client that says nothing is dropped

Result<void> ask(int socket, const QString& page)
{
    const QByteArray line = "show " + page.toUtf8() + "\n";
    const auto bytes = ByteSpan(reinterpret_cast<const std::uint8_t*>(line.constData()), std::size_t(line.size()));
    Result<std::size_t> sent = sendWith(socket, bytes);
    if (!sent)
        return while_("ask the running annex", std::move(sent));
    return {};
}

} // namespace

SingleInstance::SingleInstance(QObject* parent) : QObject(parent) {}

Result<SingleInstance::Role> SingleInstance::claim(const std::string& path, const QString& page)
{
    // Whoever binds the name is first; between a failed connect and a failed bind another one may have come, so it is tried twice.
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (Result<UniqueFd> running = connectLocal(path)) {
            if (!page.isEmpty()) {
                Result<void> asked = ask(running->get(), page);
                if (!asked)
                    return tl::unexpected(asked.error());
            }
            return Role::Further;
        }
        Result<UniqueFd> listener = listenLocal(path);
        if (listener) {
            m_listener = std::move(*listener);
            m_notifier = std::make_unique<QSocketNotifier>(m_listener.get(), QSocketNotifier::Read);
            connect(m_notifier.get(), &QSocketNotifier::activated, this, &SingleInstance::accept);
            return Role::First;
        }
        if (listener.error().code != Errc::AlreadyExists)
            return while_("claim the only place of annex", std::move(listener));
    }
    return fail(Errc::Busy, "another annex is starting");
}

void SingleInstance::accept()
{
    Result<UniqueFd> client = acceptLocal(m_listener.get());
    if (!client)
        return;
    auto socket = std::make_shared<UniqueFd>(std::move(*client));
    auto* notifier = new QSocketNotifier(socket->get(), QSocketNotifier::Read, this);
    QTimer::singleShot(kPatience_ms, notifier, [notifier] { notifier->deleteLater(); });
    connect(notifier, &QSocketNotifier::activated, this, [this, notifier, socket] {
        notifier->setEnabled(false);
        notifier->deleteLater();
        std::array<std::uint8_t, kMaxRequest_bytes> buffer{};
        const Result<Received> received = receive(socket->get(), buffer);
        if (!received || received->closed)
            return;
        if (!received->writer || !checkWriter(*received->writer)) {
            log("desktop").warn("a request to show a window came from somebody else");
            return;
        }
        const QByteArray line(reinterpret_cast<const char*>(buffer.data()), qsizetype(received->bytes));
        if (line.startsWith("show "))
            Q_EMIT showWanted(QString::fromUtf8(line.mid(5).trimmed()));
    });
}

} // namespace annex::desktop
