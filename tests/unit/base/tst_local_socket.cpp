// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

#include "base/channel/posix/local_socket.h"
#include "base/process/process.h"
#include "tests/support/qt_names.h"

using namespace annex;

namespace {

bool waitReadable(int fd)
{
    pollfd wait{fd, POLLIN, 0};
    return ::poll(&wait, 1, 60'000) == 1;
}

std::string textOf(std::span<const std::uint8_t> buffer, const Received& received)
{
    return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(received.bytes)};
}

/// A probe that wrote to a socket of ours and stays alive until `stop`.
struct Writer {
    ChildProcess process;
    UniqueFd stop;
    UniqueFd ours;
};

Writer startWriter(const char* where)
{
    auto pair = streamPair();
    if (!pair || !askForCredentials((*pair)[0].get()))
        qFatal("no socket pair");
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        qFatal("no pipe");
    UniqueFd input(ends[0]);
    Writer writer;
    writer.stop.reset(ends[1]);
    SpawnOptions options;
    options.program = PROBE;
    options.arguments = {"probe", "write", where, "hello"};
    options.descriptors = {{input.get(), 0}, {(*pair)[1].get(), 3}, {2, 2}};
    auto child = spawn(options);
    if (!child)
        qFatal("no probe: %s", child.error().describe().c_str());
    writer.process = std::move(*child);
    writer.ours = std::move((*pair)[0]);
    return writer;
}

} // namespace

class TestLocalSocket : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->path().toStdString() + "/socket";
    }

    void connectsOverAPath()
    {
        auto listener = listenLocal(m_path);
        QVERIFY2(listener, listener ? "" : listener.error().describe().c_str());
        struct stat info {};
        QCOMPARE(::stat(m_path.c_str(), &info), 0);
        QCOMPARE(info.st_mode & 07777, mode_t{0600});
        QCOMPARE(acceptLocal(listener->get()).error().code, Errc::Busy);

        auto client = connectLocal(m_path);
        QVERIFY(client);
        QVERIFY(sendWith(client->get(), asBytes("before accept")));
        auto server = acceptLocal(listener->get());
        QVERIFY(server);
        std::uint8_t buffer[64];
        auto received = receive(server->get(), buffer);
        QVERIFY(received);
        QCOMPARE(textOf(buffer, *received), std::string("before accept"));
        // The listener asks for credentials, so even bytes sent before accept say who wrote.
        QVERIFY(received->writer.has_value());
        QCOMPARE(received->writer->pid, ::getpid());
        QCOMPARE(received->writer->uid, ::geteuid());
        QVERIFY(checkWriter(*received->writer));
        QVERIFY((::fcntl(server->get(), F_GETFD) & FD_CLOEXEC) != 0);
        QVERIFY((::fcntl(server->get(), F_GETFL) & O_NONBLOCK) != 0);
    }

    void replacesAStaleSocketOnly()
    {
        {
            auto dead = listenLocal(m_path);
            QVERIFY(dead);
        }
        QCOMPARE(connectLocal(m_path).error().code, Errc::NotFound);
        auto listener = listenLocal(m_path);
        QVERIFY(listener);
        QCOMPARE(listenLocal(m_path).error().code, Errc::AlreadyExists);
        QVERIFY(connectLocal(m_path)); // the first one still serves

        const std::string file = m_folder->path().toStdString() + "/file";
        UniqueFd plain(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        QCOMPARE(listenLocal(file).error().code, Errc::AlreadyExists);
        QCOMPARE(::access(file.c_str(), F_OK), 0);
    }

    void refusesBadPaths()
    {
        QCOMPARE(listenLocal(std::string(kMaxSocketPath_bytes + 1, 'x')).error().code, Errc::TooLarge);
        QCOMPARE(connectLocal(std::string("/tmp/\0x", 7)).error().code, Errc::Malformed);
        QCOMPARE(connectLocal("").error().code, Errc::Malformed);
        QCOMPARE(connectLocal(m_path).error().code, Errc::NotFound);
    }

    void tellsWouldBlockFromClosed()
    {
        auto pair = streamPair();
        QVERIFY(pair);
        std::uint8_t buffer[16];
        QCOMPARE(receive((*pair)[0].get(), buffer).error().code, Errc::Busy);
        (*pair)[1].reset();
        auto received = receive((*pair)[0].get(), buffer);
        QVERIFY(received);
        QVERIFY(received->closed);
        QCOMPARE(received->bytes, std::size_t{0});
    }

    void sendsToADeadEndWithoutSignal()
    {
        auto old = std::signal(SIGPIPE, SIG_DFL); // would end this test
        auto pair = streamPair();
        (*pair)[1].reset();
        auto sent = sendWith((*pair)[0].get(), asBytes("x"));
        std::signal(SIGPIPE, old);
        QVERIFY(!sent);
        QCOMPARE(sent.error().code, Errc::Disconnected);
    }

    void sendsWhatFits()
    {
        auto pair = streamPair();
        const ByteVector much(16u << 20, 'x');
        auto sent = sendWith((*pair)[0].get(), much);
        QVERIFY(sent);
        QVERIFY(*sent > 0 && *sent < much.size());
        // Fill it to the brim, then it is busy.
        for (;;) {
            auto more = sendWith((*pair)[0].get(), much);
            if (!more) {
                QCOMPARE(more.error().code, Errc::Busy);
                break;
            }
        }
        QCOMPARE(sendWith((*pair)[0].get(), {}).error().code, Errc::Malformed);
    }

    void passesDescriptors()
    {
        auto pair = streamPair();
        UniqueFd file(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
        const int both[] = {file.get(), (*pair)[0].get()};
        QVERIFY(sendWith((*pair)[0].get(), asBytes("ab"), both));
        std::uint8_t buffer[1];
        auto first = receive((*pair)[1].get(), buffer, 2);
        QVERIFY(first);
        QCOMPARE(first->descriptors.size(), std::size_t{2}); // they come with the first byte
        struct stat sent {}, got {};
        ::fstat(file.get(), &sent);
        ::fstat(first->descriptors[0].get(), &got);
        QCOMPARE(got.st_ino, sent.st_ino);
        QVERIFY((::fcntl(first->descriptors[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
        auto second = receive((*pair)[1].get(), buffer, 2);
        QVERIFY(second && second->descriptors.empty());
        QVERIFY(!second->writer); // nobody asked
    }

    void closesDescriptorsOverTheLimit_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("limit");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("none expected") << 1 << 0 << false;
        QTest::newRow("one too many") << 2 << 1 << false;
        QTest::newRow("odd count, padding could hold another") << 4 << 3 << false;
        QTest::newRow("just right") << 3 << 3 << true;
        QTest::newRow("the most there is") << static_cast<int>(kMaxDescriptorsPerMessage) << static_cast<int>(kMaxDescriptorsPerMessage) << true;
        QTest::newRow("more than the control buffer holds") << 100 << 16 << false;
    }
    void closesDescriptorsOverTheLimit()
    {
        QFETCH(int, count);
        QFETCH(int, limit);
        QFETCH(bool, accepted);
        auto pair = streamPair();
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        UniqueFd readEnd(ends[0]);
        {
            UniqueFd writeEnd(ends[1]);
            const std::vector<int> many(static_cast<std::size_t>(count), writeEnd.get());
            // By hand where sendWith itself would refuse.
            iovec part{const_cast<char*>("x"), 1};
            std::vector<std::uint8_t> control(CMSG_SPACE(many.size() * sizeof(int)));
            msghdr message{};
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control.data();
            message.msg_controllen = control.size();
            cmsghdr* header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(many.size() * sizeof(int));
            std::memcpy(CMSG_DATA(header), many.data(), many.size() * sizeof(int));
            QCOMPARE(::sendmsg((*pair)[0].get(), &message, 0), ssize_t{1});
        }
        std::uint8_t buffer[8];
        auto received = receive((*pair)[1].get(), buffer, static_cast<std::size_t>(limit));
        QCOMPARE(received.has_value(), accepted);
        if (!accepted) {
            QCOMPARE(received.error().code, Errc::TooLarge);
            // All copies are closed, the pipe has no writer left.
            char byte = 0;
            QCOMPARE(::read(readEnd.get(), &byte, 1), ssize_t{0});
        }
    }

    void refusesToSendTooManyDescriptors()
    {
        auto pair = streamPair();
        const std::vector<int> many(kMaxDescriptorsPerMessage + 1, 0);
        QCOMPARE(sendWith((*pair)[0].get(), asBytes("x"), many).error().code, Errc::TooLarge);
    }

    void namesTheWriterNotTheCreator()
    {
        Writer writer = startWriter("here");
        QVERIFY(waitReadable(writer.ours.get()));
        std::uint8_t buffer[16];
        auto received = receive(writer.ours.get(), buffer);
        QVERIFY(received && received->writer);
        QCOMPARE(textOf(buffer, *received), std::string("hello"));
        QCOMPARE(received->writer->pid, writer.process.pid()); // the pair was made by this process
        auto checked = checkWriter(*received->writer);
        QVERIFY2(checked, checked ? "" : checked.error().describe().c_str());

        writer.stop.reset();
        QVERIFY(writer.process.wait());
        QCOMPARE(checkWriter(*received->writer).error().code, Errc::Denied); // it has ended since
    }

    void refusesAWriterInAnotherNamespace_data()
    {
        QTest::addColumn<QByteArray>("where");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("user") << QByteArray("user") << QByteArray("namespace");
        QTest::newRow("user and pid") << QByteArray("pid") << QByteArray("namespace");
    }
    void refusesAWriterInAnotherNamespace()
    {
        QFETCH(QByteArray, where);
        QFETCH(QByteArray, says);
        Writer writer = startWriter(where.constData());
        QVERIFY(waitReadable(writer.ours.get()));
        std::uint8_t buffer[16];
        auto received = receive(writer.ours.get(), buffer);
        QVERIFY(received);
        if (received->closed)
            QFAIL(qPrintable(QStringLiteral("the probe could not enter a namespace: %1").arg(writer.process.wait()->code)));
        QVERIFY(received->writer.has_value());
        QVERIFY(received->writer->pid != ::getpid());
        auto checked = checkWriter(*received->writer);
        QVERIFY(!checked);
        QCOMPARE(checked.error().code, Errc::Denied);
        QVERIFY2(checked.error().context.find(says.toStdString()) != std::string::npos, checked.error().describe().c_str());
    }

    void refusesForgedAndUsedUpIdentities()
    {
        Writer writer = startWriter("here");
        QVERIFY(waitReadable(writer.ours.get()));
        std::uint8_t buffer[16];
        auto received = receive(writer.ours.get(), buffer);
        QVERIFY(received && received->writer);
        QVERIFY(checkWriter(*received->writer)); // control: as it is, it passes

        Credentials changed = *received->writer;
        changed.uid += 1;
        QCOMPARE(checkWriter(changed).error().code, Errc::Denied);
        changed = *received->writer;
        changed.pid = 0;
        QCOMPARE(checkWriter(changed).error().code, Errc::Denied);
        changed = *received->writer;
        changed.received_ns = 0; // read before this process began: its number was somebody else's
        QCOMPARE(checkWriter(changed).error().code, Errc::Denied);
        changed = *received->writer;
        changed.process.reset(); // an older kernel: by number alone
        QVERIFY(checkWriter(changed));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
};

QTEST_GUILESS_MAIN(TestLocalSocket)
#include "tst_local_socket.moc"
