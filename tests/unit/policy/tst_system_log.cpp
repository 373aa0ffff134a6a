// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <filesystem>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/posix/unique_fd.h"
#include "policy/audit/linux/system_log.h"
#include "qstring_of.h"

using namespace annex;
using namespace annex::policy;

namespace {

/// A log daemon's socket that keeps what arrives.
class FakeDaemon {
public:
    explicit FakeDaemon(const std::string& path) : m_fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        if (::bind(m_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            qFatal("bind %s", path.c_str());
    }
    std::string next()
    {
        char piece[8192];
        const ssize_t got = ::recv(m_fd.get(), piece, sizeof piece, 0);
        return got > 0 ? std::string(piece, static_cast<std::size_t>(got)) : std::string();
    }

private:
    UniqueFd m_fd;
};

Anchor anchor()
{
    Anchor made;
    made.trailId = "00112233445566778899aabbccddeeff";
    made.seq = 64;
    made.hash.fill(0xab);
    return made;
}

std::string journalLine(unsigned uid, const char* seq)
{
    return "{\"_UID\":\"" + std::to_string(uid) + "\",\"ANNEX_TRAIL\":\"t\",\"ANNEX_SEQ\":\"" + seq + "\",\"ANNEX_SHA256\":\"" + toHex(anchor().hash) +
           "\",\"__REALTIME_TIMESTAMP\":\"1764000000000000\"}\n";
}

} // namespace

class tst_system_log : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_sockets = {path("journal"), path("syslog")};
    }

    void prefersTheJournal()
    {
        FakeDaemon journal(m_sockets.journal);
        FakeDaemon syslog(m_sockets.syslog);
        SystemLog log(m_sockets);
        COMPARE_TEXT(log.kind(), "journal");
        VERIFY_OK(log.sendAnchor(anchor()));
        COMPARE_TEXT(journal.next(), "MESSAGE=audit anchor trail=00112233445566778899aabbccddeeff seq=64 sha256=" + toHex(anchor().hash) +
                                         "\nPRIORITY=6\nSYSLOG_IDENTIFIER=annex\nANNEX_ANCHOR=1\nANNEX_TRAIL=00112233445566778899aabbccddeeff\n"
                                         "ANNEX_SEQ=64\nANNEX_SHA256=" + toHex(anchor().hash) + "\n");
        COMPARE_TEXT(syslog.next(), "");
    }

    void usesSyslogWithoutAJournal()
    {
        FakeDaemon syslog(m_sockets.syslog);
        SystemLog log(m_sockets);
        COMPARE_TEXT(log.kind(), "syslog");
        VERIFY_OK(log.sendAnchor(anchor()));
        const std::string line = syslog.next();
        QVERIFY2(line.starts_with("<14>"), line.c_str());
        QVERIFY2(line.ends_with("annex[" + std::to_string(::getpid()) + "]: audit anchor trail=00112233445566778899aabbccddeeff seq=64 sha256=" +
                                toHex(anchor().hash)), line.c_str());
    }

    void saysWhereNeitherAnswers()
    {
        SystemLog log(m_sockets);
        COMPARE_TEXT(log.kind(), "");
        QCOMPARE(int(log.sendAnchor(anchor()).error().code), int(Errc::NotFound));
        QVERIFY(!log.sendRecord("x", "{}"));
        writeText(m_sockets.journal, "a file, no socket");
        COMPARE_TEXT(log.kind(), "");
    }

    void aTextCannotForgeAField()
    {
        FakeDaemon journal(m_sockets.journal);
        SystemLog log(m_sockets);
        VERIFY_OK(log.sendRecord("hello\nANNEX_ANCHOR=1\nANNEX_SEQ=1", "{\"a\":\"b\"}\nPRIORITY=0"));
        const std::string message = journal.next();
        QVERIFY(message.find("\nANNEX_ANCHOR") == std::string::npos);
        QVERIFY(message.find("\nPRIORITY=0") == std::string::npos);
        QVERIFY(message.find("\nANNEX_RECORD={\"a\":\"b\"} PRIORITY=0\n") != std::string::npos);
    }

    void aFullDaemonIsNoObstacle()
    {
        FakeDaemon journal(m_sockets.journal);
        SystemLog log(m_sockets);
        Result<void> sent;
        for (int i = 0; i < 100'000 && sent; ++i)
            sent = log.sendAnchor(anchor());
        QVERIFY(!sent); // and it came back instead of waiting
        QCOMPARE(int(sent.error().code), int(Errc::Busy));
    }

    void readsAnchorsFromTheJournalsLines()
    {
        const auto anchors = anchorsFromJournal(journalLine(1000, "64") + journalLine(1000, "128"), 1000);
        QCOMPARE(anchors.size(), std::size_t{2});
        QCOMPARE(anchors[1].seq, 128);
        QVERIFY(anchors[0].hash == anchor().hash);
    }

    void skipsWhatIsNoAnchorOfThisAccount()
    {
        const std::string lines = journalLine(1001, "1") + "\n{\n[]\n{\"_UID\":1000}\n" + journalLine(1000, "-1") + journalLine(1000, "9x") +
                                  "{\"_UID\":\"1000\",\"ANNEX_TRAIL\":[1,2],\"ANNEX_SEQ\":\"1\",\"ANNEX_SHA256\":null}\n" + journalLine(1000, "7");
        const auto anchors = anchorsFromJournal(lines, 1000);
        QCOMPARE(anchors.size(), std::size_t{1});
        QCOMPARE(anchors[0].seq, 7);
    }

    void runsJournalctlWithItsArguments()
    {
        const std::string program = path("journalctl");
        writeText(program, "#!/bin/sh\nprintf '%s\\n' \"$@\" > " + path("arguments") + "\ncat <<'END'\n" + journalLine(::getuid(), "64") + "END\n");
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        const auto anchors = JournalAnchors(program).read();
        VERIFY_OK(anchors);
        QCOMPARE(anchors->size(), std::size_t{1});
        QFile arguments(qstringOf(path("arguments")));
        QVERIFY(arguments.open(QIODevice::ReadOnly));
        COMPARE_TEXT(arguments.readAll().toStdString(), "--quiet\n--no-pager\n--output=json\n--output-fields=_UID,ANNEX_TRAIL,ANNEX_SEQ,ANNEX_SHA256\n_UID=" +
                                                            std::to_string(::getuid()) + "\nANNEX_ANCHOR=1\n");
    }

    void saysWhereJournalctlIsMissingOrFails()
    {
        QCOMPARE(int(JournalAnchors(path("nothing")).read().error().code), int(Errc::Unsupported));
        const std::string program = path("journalctl");
        writeText(program, "#!/bin/sh\necho half\nexit 3\n");
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        QCOMPARE(int(JournalAnchors(program).read().error().code), int(Errc::SystemFailed));
    }

private:
    std::string path(const char* name) const { return m_temporary->filePath(QString::fromLatin1(name)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_temporary;
    SystemLog::Sockets m_sockets;
};

QTEST_APPLESS_MAIN(tst_system_log)
#include "tst_system_log.moc"
