// SPDX-License-Identifier: Apache-2.0
// In the place of annex-viewer: shows one small window (so that it can have the focus), and says on the frame link whatever a test writes to the FIFO
// $HOME/viewer-orders, line by line; what comes down the link goes to $HOME/viewer-heard. `@pass N` sends a descriptor along with N bytes.
#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QRasterWindow>
#include <QSocketNotifier>

#include <array>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/channel/posix/local_socket.h"

namespace {

using namespace Qt::StringLiterals;

constexpr int kLink = 5;

void say(const QByteArray& bytes)
{
    [[maybe_unused]] const ssize_t sent = ::send(kLink, bytes.constData(), static_cast<std::size_t>(bytes.size()), MSG_NOSIGNAL);
}

void obey(const QByteArray& line)
{
    if (line == "@pass") {
        const int file = 0;
        (void)annex::sendWith(kLink, annex::asBytes("{\"m\":\"host_first\"}\n"), {&file, 1}).has_value();
    } else if (line == "@flood") {
        for (int i = 0; i < 5000; ++i)
            say("{\"m\":\"first_frame\",\"window\":1}\n");
    } else if (line == "@long") {
        say(QByteArray(1 << 20, 'x'));
    } else {
        say(line + '\n');
    }
}

} // namespace

int main(int argc, char** argv)
{
    QGuiApplication::setQuitOnLastWindowClosed(false);
    QGuiApplication application(argc, argv);
    QRasterWindow window;
    window.setTitle(u"hostile-viewer"_s);
    window.resize(200, 100);
    window.show();

    const QByteArray orders = QFile::encodeName(QDir::homePath() + u"/viewer-orders"_s);
    ::mkfifo(orders.constData(), 0600);
    const int fifo = ::open(orders.constData(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    QFile heard(QDir::homePath() + u"/viewer-heard"_s);
    (void)heard.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered);

    QByteArray pending;
    QSocketNotifier fromTest(fifo, QSocketNotifier::Read), fromBroker(kLink, QSocketNotifier::Read);
    QObject::connect(&fromTest, &QSocketNotifier::activated, &application, [&] {
        std::array<char, 65536> buffer;
        const ssize_t got = ::read(fifo, buffer.data(), buffer.size());
        if (got > 0)
            pending.append(buffer.data(), got);
        for (qsizetype end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
            obey(pending.left(end));
            pending.remove(0, end + 1);
        }
    });
    QObject::connect(&fromBroker, &QSocketNotifier::activated, &application, [&] {
        std::array<char, 65536> buffer;
        const ssize_t got = ::recv(kLink, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got == 0) {
            heard.write("closed\n");
            fromBroker.setEnabled(false);
        } else if (got > 0) {
            heard.write(buffer.data(), got);
        }
    });
    say("{\"m\":\"hello\",\"version\":1,\"box\":{\"landlock\":false,\"seccomp\":false}}\n");
    return QGuiApplication::exec();
}
