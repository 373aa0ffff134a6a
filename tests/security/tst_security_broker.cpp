// SPDX-License-Identifier: Apache-2.0
// Who may speak to annexd, and what hostile words do to it: S15, S19, S20. The real annexd over its real socket.
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/channel/posix/local_socket.h"
#include "tests/security/stage.h"

using namespace annex::security;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kHello = R"({"jsonrpc":"2.0","id":1,"method":"hello","params":{"version":1,"client":"thief"}})";
const QByteArray kList = R"({"jsonrpc":"2.0","id":2,"method":"workspace.list","params":{}})";

/// Writes one line to descriptor 3 and prints the line that comes back; nothing when the other end closes or stays silent.
const QString kThief = uR"(printf '%s\n' "$1" >&3; IFS= read -r -t 20 answer <&3; printf '%s' "$answer")"_s;

/// Runs a program with this socket as its descriptor 3.
QByteArray withStolen(int socket, const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.setChildProcessModifier([socket] { ::dup2(socket, 3); });
    process.start(program, arguments);
    process.waitForFinished(annex::test::kDeadline_ms);
    const QByteArray error = process.readAllStandardError();
    if (process.exitStatus() != QProcess::NormalExit || error.contains("unshare") || error.contains("nsenter"))
        return "the tool failed: " + error; // a missing tool is no pass
    return process.readAllStandardOutput();
}

} // namespace

class TestSecurityBroker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void aStolenSocketIsOfNoUse_data();
    void aStolenSocketIsOfNoUse();
    void aSocketIsNotReachedFromInside();
    void hostileLines_data();
    void hostileLines();
    void manyDescriptorsAreRefused();
    void aClientThatDoesNotReadIsLetGo();
    void tooManyClients();
    void nobodyElseMayOpenAnything();
    void anotherAccountIsRefused();
    void testOptionsAreNotForUse();

private:
    qint64 guestPid();

    std::unique_ptr<Session> m_session;
};

void TestSecurityBroker::initTestCase()
{
    ::umask(0); // S20: what is private must not be so by the account's mask
    m_session = std::make_unique<Session>();
    QVERIFY(m_session->startWorkspace());
}

void TestSecurityBroker::cleanupTestCase()
{
    m_session.reset();
}

/// A process of the running guest, as the host numbers it.
qint64 TestSecurityBroker::guestPid()
{
    const auto find = [] {
        for (const QString& name : QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            QFile file(u"/proc/"_s + name + u"/cmdline"_s);
            if (file.open(QIODevice::ReadOnly) && file.readAll() == QByteArray("sleep\0" "98765.25\0", 15))
                return name.toLongLong();
        }
        return 0LL;
    };
    if (const qint64 there = find())
        return there;
    m_session->startAnnexctl({u"exec"_s, u"-w"_s, u"Untrusted"_s, u"--"_s, u"sleep"_s, u"98765.25"_s});
    eventually([&] { return find() != 0; });
    return find();
}

// ---- S15 -------------------------------------------------------------------------------------------------------------------

void TestSecurityBroker::aStolenSocketIsOfNoUse_data()
{
    QTest::addColumn<QStringList>("wrapper"); ///< puts the thief elsewhere
    QTest::addColumn<bool>("greeted");        ///< the connection's rightful owner has said hello on it
    QTest::addColumn<bool>("answered");
    const QStringList guest{u"/usr/bin/nsenter"_s, u"--user"_s, u"--preserve-credentials"_s, u"--target"_s, u"GUEST"_s};
    for (const bool greeted : {false, true}) {
        const char* when = greeted ? ", greeted" : ", fresh";
        QTest::addRow("at home: the control%s", when) << QStringList() << greeted << true;
        QTest::addRow("another user namespace%s", when) << QStringList{u"/usr/bin/unshare"_s, u"--user"_s} << greeted << false;
        QTest::addRow("another pid namespace%s", when) << QStringList{u"/usr/bin/unshare"_s, u"--user"_s, u"--map-root-user"_s, u"--pid"_s, u"--fork"_s} << greeted << false;
        QTest::addRow("in the guest's own user namespace%s", when) << guest << greeted << false;
    }
}

void TestSecurityBroker::aStolenSocketIsOfNoUse()
{
    QFETCH(QStringList, wrapper);
    QFETCH(bool, greeted);
    QFETCH(bool, answered);
    RawClient stolen(m_session->brokerSocket());
    QVERIFY(stolen.isOpen());
    if (greeted) {
        QVERIFY(stolen.send(kHello + '\n'));
        QVERIFY(stolen.answer(1).contains("result"_L1));
    }
    const qint64 guest = wrapper.contains(u"GUEST"_s) ? guestPid() : 0;
    wrapper.replaceInStrings(u"GUEST"_s, QString::number(guest));
    QStringList words = wrapper + QStringList{u"/bin/bash"_s, u"-c"_s, kThief, u"thief"_s, QString::fromLatin1(greeted ? kList : kHello)};
    const QString program = words.takeFirst();
    const QByteArray answer = withStolen(stolen.descriptor(), program, words);
    const QJsonObject said = QJsonDocument::fromJson(answer).object();
    QVERIFY2(!answer.startsWith("the tool failed"), answer.constData());
    QCOMPARE(said.contains("result"_L1), answered);
    if (!answered)
        QVERIFY2(answer.isEmpty() || said["error"_L1].toObject()["code"_L1].toInt() == -32009, answer.constData());
    // Whoever is entitled goes on being served.
    QVERIFY(RawClient(m_session->brokerSocket()).call(u"workspace.list"_s).contains("result"_L1));
}

void TestSecurityBroker::aSocketIsNotReachedFromInside()
{
    const QString path = m_session->brokerSocket();
    const QString look = u"test -S '%1' && echo there || echo none"_s.arg(path);
    QCOMPARE(m_session->shell(u"Untrusted"_s, look).out.trimmed(), QByteArray("none"));
    // The control: the same line outside.
    QProcess outside;
    outside.start(u"/bin/sh"_s, {u"-c"_s, look});
    QVERIFY(outside.waitForFinished());
    QCOMPARE(outside.readAllStandardOutput().trimmed(), QByteArray("there"));
}

// ---- S19 -------------------------------------------------------------------------------------------------------------------

void TestSecurityBroker::hostileLines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("obeyed"); ///< a legal twin of the hostile line: the same sender is answered with a result
    const auto request = [](const QByteArray& method, const QByteArray& parameters) {
        return QByteArray(R"({"jsonrpc":"2.0","id":7,"method":")") + method + R"(","params":)" + parameters + "}";
    };
    const auto padded = [&](qsizetype whole) {
        const QByteArray line = request("version", "{}");
        return line.left(line.size() - 1) + QByteArray(whole - line.size(), ' ') + "}";
    };
    QTest::newRow("a request: the control") << request("version", "{}") << true;
    QTest::newRow("no JSON") << QByteArray("\x01\x02\x03\xff\xfe") << false;
    QTest::newRow("half of one") << QByteArray(R"({"jsonrpc":"2.0","id":7,"method":)") << false;
    QTest::newRow("two on a line") << request("version", "{}") + request("version", "{}") << false;
    QTest::newRow("a member twice") << QByteArray(R"({"jsonrpc":"2.0","id":7,"method":"version","method":"broker.shutdown","params":{}})") << false;
    QTest::newRow("another version") << QByteArray(R"({"jsonrpc":"1.0","id":7,"method":"version","params":{}})") << false;
    QTest::newRow("no such method") << request("broker.obey", "{}") << false;
    QTest::newRow("a number as method") << QByteArray(R"({"jsonrpc":"2.0","id":7,"method":7,"params":{}})") << false;
    QTest::newRow("a list as parameters") << request("version", "[1,2,3]") << false;
    QTest::newRow("an unknown parameter") << request("workspace.list", R"({"as":"root"})") << false;
    QTest::newRow("deep") << request("version", QByteArray(5000, '[') + QByteArray(5000, ']')) << false;
    QTest::newRow("a batch") << "[" + request("version", "{}") + "]" << false;
    QTest::newRow("no UTF-8") << request("workspace.get", "{\"workspace\":\"\xc3\x28\"}") << false;
    QTest::newRow("a zero byte in a name") << request("workspace.get", R"({"workspace":"a\u0000b"})") << false;
    QTest::newRow("a path as a name") << request("workspace.get", R"({"workspace":"../../etc/passwd"})") << false;
    QTest::newRow("SQL as a name") << request("workspace.get", R"({"workspace":"x' OR '1'='1"})") << false;
    QTest::newRow("a huge number") << request("audit.list", R"({"limit":1e999})") << false;
    QTest::newRow("a negative limit") << request("audit.list", R"({"limit":-1})") << false;
    QTest::newRow("too many records") << request("audit.list", R"({"limit":2000000000})") << false;
    QTest::newRow("records: the control") << request("audit.list", R"({"limit":200})") << true;
    QTest::newRow("a megabyte: the control") << padded((1 << 20) - 1) << true;
    QTest::newRow("more than a megabyte") << padded((1 << 20) + 4096) << false;
    QTest::newRow("no end of a line") << QByteArray(3 << 20, 'x') << false;
    QTest::newRow("file without a descriptor") << request("file.open", R"({"name":"a.txt"})") << false;
}

void TestSecurityBroker::hostileLines()
{
    QFETCH(QByteArray, line);
    QFETCH(bool, obeyed);
    const qint64 broker = m_session->brokerPid();
    RawClient client(m_session->brokerSocket());
    QVERIFY(client.call(u"hello"_s).contains("result"_L1));
    (void)client.send(line + '\n'); // the broker may close in the middle of it
    const QByteArray answer = client.line();
    const QJsonObject said = QJsonDocument::fromJson(answer).object();
    QCOMPARE(said.contains("result"_L1), obeyed);
    if (!obeyed)
        QVERIFY2(said.contains("error"_L1) || client.closes(), answer.constData());
    // The next client is served, by the same process, and the workspace runs.
    QCOMPARE(m_session->brokerPid(), broker);
    QCOMPARE(stateOf(*m_session), u"running"_s);
}

void TestSecurityBroker::manyDescriptorsAreRefused()
{
    const qint64 broker = m_session->brokerPid();
    const auto open = [&] { return QDir(u"/proc/%1/fd"_s.arg(broker)).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot).size(); };
    const QByteArray line = R"({"jsonrpc":"2.0","id":7,"method":"version","params":{}})" "\n";
    const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const qsizetype before = open();
    for (const int number : {1, 4, 100, 253}) {
        RawClient client(m_session->brokerSocket());
        QVERIFY(client.call(u"hello"_s).contains("result"_L1));
        (void)client.send(line, QList<int>(number, file));
        (void)client.line();
    }
    ::close(file);
    QVERIFY(eventually([&] { return open() <= before; })); // none was kept
    QCOMPARE(m_session->brokerPid(), broker);
}

void TestSecurityBroker::aClientThatDoesNotReadIsLetGo()
{
    const qint64 broker = m_session->brokerPid();
    RawClient client(m_session->brokerSocket());
    QVERIFY(client.call(u"hello"_s).contains("result"_L1));
    // Asks and asks, and never reads an answer: its kernel buffer is full first, then the broker's queue.
    ::fcntl(client.descriptor(), F_SETFL, O_NONBLOCK);
    const QByteArray ask = R"({"jsonrpc":"2.0","id":7,"method":"policy.list","params":{}})" "\n";
    for (int i = 0; i < 20'000; ++i)
        if (::write(client.descriptor(), ask.constData(), static_cast<std::size_t>(ask.size())) < 0)
            break;
    QVERIFY(RawClient(m_session->brokerSocket()).call(u"workspace.list"_s).contains("result"_L1));
    QCOMPARE(m_session->brokerPid(), broker);
}

void TestSecurityBroker::tooManyClients()
{
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 200; ++i)
        clients.push_back(std::make_unique<RawClient>(m_session->brokerSocket()));
    int served = 0;
    for (auto& client : clients) {
        (void)client->send(kHello + '\n');
        served += client->answer(1).contains("result"_L1);
    }
    QVERIFY2(served > 0 && served <= 64, qPrintable(QString::number(served)));
    clients.clear();
    QVERIFY(eventually([&] { return RawClient(m_session->brokerSocket()).call(u"workspace.list"_s).contains("result"_L1); }));
}

// ---- S20 -------------------------------------------------------------------------------------------------------------------

void TestSecurityBroker::nobodyElseMayOpenAnything()
{
    // The kernel lets nobody through whom these bits keep out. This process' own mask is 0, so they were set on purpose.
    int seen = 0;
    for (const QString& root : {m_session->runtimeFolder() + u"/annex"_s, m_session->dataFolder() + u"/annex"_s, m_session->folder() + u"/state/annex"_s}) {
        QDirIterator all(root, QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
        QStringList paths{root};
        while (all.hasNext())
            paths += all.next();
        for (const QString& path : paths) {
            struct stat info{};
            if (::lstat(QFile::encodeName(path).constData(), &info) != 0)
                continue; // ended meanwhile
            QVERIFY2((info.st_mode & 077) == 0, qPrintable(path + u' ' + QString::number(info.st_mode & 07777, 8)));
            QCOMPARE(info.st_uid, ::geteuid());
            ++seen;
        }
    }
    QVERIFY(seen >= 8); // folders, sockets, lock, database, logs
    // The control: a file that nobody protected is open to all under this mask.
    const QString open = m_session->folder() + u"/open"_s;
    ::close(::open(QFile::encodeName(open).constData(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
    struct stat info{};
    QCOMPARE(::stat(QFile::encodeName(open).constData(), &info), 0);
    QCOMPARE(info.st_mode & 077, 066u);
}

void TestSecurityBroker::anotherAccountIsRefused()
{
    // No second account is to be had here without root: the check of annexd itself, with real credentials and with those of a neighbour.
    auto pair = annex::streamPair();
    QVERIFY(pair);
    QVERIFY(annex::askForCredentials((*pair)[1].get()));
    QVERIFY(annex::sendWith((*pair)[0].get(), annex::asBytes(std::string_view("x"))));
    std::array<std::uint8_t, 8> buffer;
    auto got = annex::receive((*pair)[1].get(), buffer);
    QVERIFY(got && got->writer);
    QVERIFY(annex::checkWriter(*got->writer)); // the control
    annex::Credentials neighbour = *got->writer;
    neighbour.uid += 1;
    const auto refused = annex::checkWriter(neighbour);
    QVERIFY(!refused && refused.error().code == annex::Errc::Denied);
}

// ---- the tests' own door ---------------------------------------------------------------------------------------------------

void TestSecurityBroker::testOptionsAreNotForUse()
{
    // Every option that weakens something is refused without --test-hooks, and annexctl and annex never say that.
    for (const QStringList& words : {QStringList{u"--weaken"_s, u"seccomp"_s}, QStringList{u"--engine"_s, u"fake"_s}, QStringList{u"--managed-uid"_s, u"0"_s}}) {
        QProcess process;
        process.start(annex::test::programPath(u"annexd"_s), words);
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitCode(), 2);
        QVERIFY(process.readAllStandardError().contains("needs --test-hooks"));
    }
    QFile words(u"/proc/%1/cmdline"_s.arg(m_session->brokerPid()));
    QVERIFY(words.open(QIODevice::ReadOnly));
    QVERIFY(!words.readAll().contains("test-hooks")); // as annexctl started it
}

QTEST_GUILESS_MAIN(TestSecurityBroker)
#include "tst_security_broker.moc"
