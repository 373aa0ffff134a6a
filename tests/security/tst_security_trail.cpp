// SPDX-License-Identifier: Apache-2.0
// Policy files and the audit trail under attack: S21, S23, and of S18 what a guest can make annexd write. The real annexd; the attacker edits files.
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTest>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/audit/record.h"
#include "tests/security/stage.h"

using namespace annex;
using namespace annex::security;
using namespace Qt::StringLiterals;

namespace {

/// The database as an attacker of the same account opens it: without the triggers that keep honest code honest, which are put back afterwards.
class Database {
public:
    explicit Database(const QString& path)
    {
        ::sqlite3_open(QFile::encodeName(path).constData(), &m_handle);
        sqlite3_stmt* all = nullptr;
        ::sqlite3_prepare_v2(m_handle, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'", -1, &all, nullptr);
        QList<QByteArray> names;
        while (::sqlite3_step(all) == SQLITE_ROW) {
            names += reinterpret_cast<const char*>(::sqlite3_column_text(all, 0));
            m_triggers += reinterpret_cast<const char*>(::sqlite3_column_text(all, 1));
        }
        ::sqlite3_finalize(all);
        for (const QByteArray& name : names)
            run("DROP TRIGGER " + name);
    }
    ~Database()
    {
        for (const QByteArray& trigger : m_triggers)
            run(trigger);
        ::sqlite3_close(m_handle);
    }
    void leaveTriggersOut() { m_triggers.clear(); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    bool run(const QByteArray& sql) { return ::sqlite3_exec(m_handle, sql.constData(), nullptr, nullptr, nullptr) == SQLITE_OK; }

    /// Gives every record from `seq` on the hashes that fit what stands there now.
    bool rebuildFrom(qint64 seq)
    {
        sqlite3_stmt* all = nullptr;
        ::sqlite3_prepare_v2(m_handle,
                             "SELECT seq, time, workspace, workspace_name, subject, action, outcome, count, key, rule, sentence, detail, previous, hash "
                             "FROM audit WHERE seq >= ? - 1 ORDER BY seq", -1, &all, nullptr);
        ::sqlite3_bind_int64(all, 1, seq);
        policy::Hash previous{};
        QList<QPair<qint64, QPair<QByteArray, QByteArray>>> found;
        while (::sqlite3_step(all) == SQLITE_ROW) {
            const policy::AuditRecord record = read(all);
            if (record.seq < seq) {
                std::memcpy(previous.data(), ::sqlite3_column_blob(all, 13), previous.size());
                continue;
            }
            const auto hash = policy::hashOf(previous, record);
            if (!hash)
                return false;
            found.append({record.seq, {bytes(previous), bytes(*hash)}});
            previous = *hash;
        }
        ::sqlite3_finalize(all);
        for (const auto& [at, hashes] : found)
            if (!run("UPDATE audit SET previous = x'" + hashes.first.toHex() + "', hash = x'" + hashes.second.toHex() + "' WHERE seq = " + QByteArray::number(at)))
                return false;
        return !found.isEmpty();
    }

private:
    static QByteArray bytes(const policy::Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), static_cast<qsizetype>(hash.size())}; }

    static policy::AuditRecord read(sqlite3_stmt* row)
    {
        const auto text = [row](int column) { return std::string(reinterpret_cast<const char*>(::sqlite3_column_text(row, column))); };
        policy::AuditRecord record;
        record.seq = ::sqlite3_column_int64(row, 0);
        record.time = std::chrono::system_clock::time_point(std::chrono::microseconds(::sqlite3_column_int64(row, 1)));
        record.entry = {text(2), text(3), text(4), text(5), policy::outcomeFrom(text(6)).value_or(policy::Outcome::Noted),
                        ::sqlite3_column_int64(row, 7), text(8), text(9), text(10), text(11)};
        return record;
    }

    sqlite3* m_handle = nullptr;
    QList<QByteArray> m_triggers;
};

/// A session with some records, whose annexd has ended: its database can be edited.
bool fill(Session& session)
{
    for (const char* value : {"2 min", "3 min", "4 min", "5 min", "6 min", "7 min"})
        if (session.annexctl({u"policy"_s, u"set"_s, u"clipboard.expire"_s, QString::fromLatin1(value)}).exitCode != 0)
            return false;
    return audit(session).size() >= 6;
}

bool endBroker(Session& session)
{
    RawClient(session.brokerSocket()).call(u"broker.shutdown"_s, {{u"force"_s, true}});
    return eventually([&] { return session.brokerPid() == 0; });
}

QJsonObject verify(Session& session)
{
    if (session.brokerPid() == 0)
        session.annexctl({u"list"_s}); // starts it again
    return RawClient(session.brokerSocket()).call(u"audit.verify"_s)["result"_L1].toObject();
}

QString databaseOf(const Session& session) { return session.dataFolder() + u"/annex/policy.sqlite"_s; }

const char* const kEdited = "UPDATE audit SET sentence = 'Nothing happened' WHERE seq = 3";

} // namespace

class TestSecurityTrail : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aChangedTrailIsFound_data();
    void aChangedTrailIsFound();
    void aDatabaseWithoutItsTriggersIsSetAside();
    void aRebuiltTrailIsFoundByItsAnchor();
    void aBadPolicyFileMakesAllStrict_data();
    void aBadPolicyFileMakesAllStrict();
    void aGuestCannotFillTheTrail();
};

// ---- S23 -------------------------------------------------------------------------------------------------------------------

void TestSecurityTrail::aChangedTrailIsFound_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<int>("brokenAt"); ///< 0: whole
    QTest::newRow("untouched: the control") << QByteArray("SELECT 1") << 0;
    QTest::newRow("edited") << QByteArray(kEdited) << 3;
    QTest::newRow("the time edited") << QByteArray("UPDATE audit SET time = time + 1 WHERE seq = 3") << 3;
    QTest::newRow("removed") << QByteArray("DELETE FROM audit WHERE seq = 3") << 3;
    QTest::newRow("removed, the gap closed") << QByteArray("DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = seq - 1 WHERE seq > 3") << 3;
    QTest::newRow("reordered") << QByteArray("UPDATE audit SET seq = 1000 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 1000") << 3;
    QTest::newRow("put in between") << QByteArray("UPDATE audit SET seq = seq + 1000 WHERE seq >= 3; UPDATE audit SET seq = seq - 999 WHERE seq >= 1003;"
                                                  "INSERT INTO audit SELECT 3, time, workspace, workspace_name, subject, action, outcome, count, key, rule, sentence, detail, previous, hash "
                                                  "FROM audit WHERE seq = 2") << 3;
}

void TestSecurityTrail::aChangedTrailIsFound()
{
    QFETCH(QByteArray, sql);
    QFETCH(int, brokenAt);
    Session session;
    QVERIFY(fill(session));
    QVERIFY(verify(session)["whole"_L1].toBool());
    QVERIFY(endBroker(session));
    QVERIFY(Database(databaseOf(session)).run(sql));
    const QJsonObject found = verify(session);
    QCOMPARE(found["whole"_L1].toBool(), brokenAt == 0);
    QCOMPARE(found["broken_at"_L1].toInt(), brokenAt);
    // annexctl says it as a person hears it.
    const Outcome said = session.annexctl({u"audit"_s, u"verify"_s});
    QCOMPARE(said.exitCode == 0, brokenAt == 0);
}

void TestSecurityTrail::aDatabaseWithoutItsTriggersIsSetAside()
{
    for (const bool leftOut : {true, false}) { // the second time is the control: with them the same file is used
        Session session;
        QVERIFY(fill(session) && endBroker(session));
        {
            Database database(databaseOf(session));
            if (leftOut)
                database.leaveTriggersOut();
        }
        QCOMPARE(session.annexctl({u"list"_s}).exitCode, 0);
        const QJsonObject state = RawClient(session.brokerSocket()).call(u"policy.state"_s)["result"_L1].toObject();
        QCOMPARE(state["store"_L1].toString() == u"ok"_s, !leftOut);
        QCOMPARE(QFile::exists(state["set_aside_path"_L1].toString()), leftOut);
    }
}

/// In a root of its own where the test is the journal: without a rebuilt trail, then with one. Prints what `audit.verify` said each time.
int runAnchored()
{
    const int journal = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, "/run/systemd/journal/socket");
    if (::bind(journal, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return 1;
    // This root belongs to this account, and policy files are believed only beneath folders of the account that manages them.
    Session session({u"--test-hooks"_s, u"--managed-dir"_s, u"/tmp/no-policy"_s, u"--managed-uid"_s, QString::number(::getuid())});
    if (!fill(session) || !endBroker(session)) // annexd anchors the head when it ends
        return 1;
    // What journalctl would print of what came.
    QFile kept(u"/tmp/journal.json"_s);
    if (!kept.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
        return 1;
    std::array<char, 65536> buffer;
    for (ssize_t got = 0; (got = ::recv(journal, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0;) {
        QJsonObject entry{{u"_UID"_s, QString::number(::getuid())}, {u"__REALTIME_TIMESTAMP"_s, u"1700000000000000"_s}};
        for (const QByteArray& field : QByteArray(buffer.data(), got).split('\n'))
            if (const qsizetype at = field.indexOf('='); at > 0)
                entry[QString::fromUtf8(field.left(at))] = QString::fromUtf8(field.mid(at + 1));
        if (entry.contains(u"ANNEX_ANCHOR"_s))
            kept.write(QJsonDocument(entry).toJson(QJsonDocument::Compact) + '\n');
    }
    const auto print = [](const QJsonObject& said) { std::printf("%s\n", QJsonDocument(said).toJson(QJsonDocument::Compact).constData()); };
    print(verify(session));
    if (!endBroker(session))
        return 1;
    {
        Database database(databaseOf(session));
        if (!database.run(kEdited) || !database.rebuildFrom(3) || !database.run("DELETE FROM anchors"))
            return 1;
    }
    print(verify(session));
    // The control: the same trail where no log ever heard of it.
    kept.resize(0);
    print(verify(session));
    return 0;
}

void TestSecurityTrail::aRebuiltTrailIsFoundByItsAnchor()
{
    // bubblewrap makes a root in which the journal's socket and journalctl are the test's. annexd and its client live in the same namespaces there.
    QTemporaryDir tools;
    QFile journalctl(tools.filePath(u"journalctl"_s));
    QVERIFY(journalctl.open(QIODevice::WriteOnly));
    journalctl.write("#!/bin/sh\nexec cat /tmp/journal.json\n");
    journalctl.close();
    journalctl.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
    QStringList words{u"--unshare-user"_s, u"--uid"_s, QString::number(::getuid()), u"--tmpfs"_s, u"/tmp"_s, u"--dir"_s, u"/run/systemd/journal"_s};
    for (const char* folder : {"/usr/lib", "/usr/lib64", "/usr/share", "/etc", ANNEX_BIN_DIR, ANNEX_TEST_DIR})
        if (QFile::exists(QString::fromLatin1(folder)))
            words += {u"--ro-bind"_s, QString::fromLatin1(folder), QString::fromLatin1(folder)};
    for (const char* program : {"/usr/bin/cat", "/usr/bin/sh", "/usr/bin/dash"})
        words += {u"--ro-bind"_s, QString::fromLatin1(program), QString::fromLatin1(program)};
    words += {u"--ro-bind"_s, journalctl.fileName(), u"/usr/bin/journalctl"_s};
    for (const auto& [link, target] : {std::pair{u"/bin"_s, u"usr/bin"_s}, {u"/lib"_s, u"usr/lib"_s}, {u"/lib64"_s, u"usr/lib64"_s}})
        words += {u"--symlink"_s, target, link};
    words += {u"--dev"_s, u"/dev"_s, u"--dev-bind"_s, u"/proc"_s, u"/proc"_s, QCoreApplication::applicationFilePath(), u"--anchored"_s};
    QProcess inside;
    inside.start(u"/usr/bin/bwrap"_s, words);
    QVERIFY(inside.waitForFinished(test::kDeadline_ms));
    const QList<QByteArray> said = inside.readAllStandardOutput().trimmed().split('\n');
    QVERIFY2(inside.exitCode() == 0 && said.size() == 3, inside.readAllStandardError().constData());
    const auto at = [&](int i) { return QJsonDocument::fromJson(said[i]).object(); };
    QVERIFY2(at(0)["whole"_L1].toBool() && at(0)["anchored"_L1] == "journal"_L1, said[0].constData());
    QVERIFY2(!at(1)["whole"_L1].toBool(), said[1].constData()); // its own hashes fit; the anchor's does not
    QVERIFY2(at(2)["whole"_L1].toBool(), said[2].constData()); // the anchor it was that found it
}

// ---- S21 -------------------------------------------------------------------------------------------------------------------

void TestSecurityTrail::aBadPolicyFileMakesAllStrict_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("trick");
    QTest::addColumn<bool>("good");
    const QByteArray good = R"({"format":1,"organisation":"Acme","settings":{"clipboard.to_workspace":{"value":"text","lock":true}}})";
    QTest::newRow("a good file: the control") << good << QString() << true;
    QTest::newRow("malformed") << good.chopped(1) << QString() << false;
    QTest::newRow("no JSON") << QByteArray("clipboard = text") << QString() << false;
    QTest::newRow("an unknown key") << QByteArray(good).replace("clipboard.to_workspace", "clipboard.everything") << QString() << false;
    QTest::newRow("an unknown member") << QByteArray(good).replace("\"format\":1", "\"format\":1,\"also\":1") << QString() << false;
    QTest::newRow("an unknown format") << QByteArray(good).replace("\"format\":1", "\"format\":2") << QString() << false;
    QTest::newRow("a key twice") << QByteArray(good).replace("\"settings\":", "\"settings\":{},\"settings\":") << QString() << false;
    QTest::newRow("a value that is none") << QByteArray(good).replace("\"text\"", "\"everything\"") << QString() << false;
    QTest::newRow("two megabytes") << good + QByteArray(2 << 20, ' ') << QString() << false;
    QTest::newRow("a link") << good << u"link"_s << false;
    QTest::newRow("writable by others") << good << u"others"_s << false;
    QTest::newRow("writable by its group") << good << u"group"_s << false;
    QTest::newRow("a FIFO") << good << u"fifo"_s << false;
    QTest::newRow("a folder writable by others") << good << u"folder"_s << false;
    QTest::newRow("somebody else's") << good << u"owner"_s << false;
}

void TestSecurityTrail::aBadPolicyFileMakesAllStrict()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, trick);
    QFETCH(bool, good);
    QTemporaryDir place;
    const QString folder = place.filePath(u"policy.d"_s), file = folder + u"/10-acme.json"_s, elsewhere = place.filePath(u"elsewhere"_s);
    QVERIFY(QDir().mkdir(folder));
    QVERIFY(QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    QFile real(trick == u"link"_s ? elsewhere : file);
    if (trick == u"fifo"_s) {
        QCOMPARE(::mkfifo(QFile::encodeName(file).constData(), 0600), 0);
    } else {
        QVERIFY(real.open(QIODevice::WriteOnly));
        QCOMPARE(real.write(content), content.size());
        real.close();
        const mode_t mode = trick == u"others"_s ? 0606 : trick == u"group"_s ? 0660 : 0600;
        QCOMPARE(::chmod(QFile::encodeName(real.fileName()).constData(), mode), 0);
    }
    if (trick == u"link"_s)
        QVERIFY(QFile::link(elsewhere, file));
    if (trick == u"folder"_s)
        QCOMPARE(::chmod(QFile::encodeName(folder).constData(), 0777), 0);
    const uid_t owner = trick == u"owner"_s ? ::geteuid() + 1 : ::geteuid();
    Session session({u"--test-hooks"_s, u"--managed-dir"_s, folder, u"--managed-uid"_s, QString::number(owner)});

    const QString copyIn = session.annexctlJson({u"policy"_s, u"get"_s, u"clipboard.to_workspace"_s})["value"_L1].toString();
    QCOMPARE(copyIn, good ? u"text"_s : u"off"_s);
    // Strict in what the file does not name, too: a workspace starts at level Hypervisor only, which this engine has not.
    QCOMPARE(session.annexctl({u"start"_s, u"Untrusted"_s}).exitCode == 0, good);
    // And nobody can loosen it.
    QCOMPARE(session.annexctl({u"policy"_s, u"set"_s, u"files.to_workspace"_s, u"allow"_s}).exitCode == 0, good);
    // Visibly: what is wrong, and with which file.
    RawClient client(session.brokerSocket());
    const QJsonArray problems = client.call(u"policy.state"_s)["result"_L1].toObject()["problems"_L1].toArray();
    QCOMPARE(problems.isEmpty(), good);
    const Outcome doctor = session.annexctl({u"doctor"_s});
    if (!good)
        QVERIFY2((doctor.out + doctor.err).contains("olicy"), doctor.out.constData());
}

// ---- S18: what a guest can make annexd write -------------------------------------------------------------------------------

void TestSecurityTrail::aGuestCannotFillTheTrail()
{
    test::VirtualDisplay display;
    QVERIFY(display.isReady());
    Installation programs;
    programs.replace(u"annex-viewer"_s, u"annex-hostile-viewer"_s);
    programs.replace(u"annex-display"_s, u"annex-fake-guest"_s);
    Session session({}, programs.folder());
    QVERIFY(programs.isWhole() && session.startDesktop() && session.startWorkspace());
    QVERIFY(screen::waitForWindow(u"^hostile-viewer$"_s));
    const qint64 broker = session.brokerPid();
    const QString log = session.folder() + u"/state/annex/log/annexd.log"_s;
    // A taken-over viewer repeats a gesture 300 times; a display announces 20,000 selections.
    QFile fifo(session.folder() + u"/home/viewer-orders"_s);
    QVERIFY(eventually([&] { return fifo.exists(); }));
    QVERIFY(fifo.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    for (int i = 0; i < 300; ++i) {
        fifo.write("{\"m\":\"gesture\",\"kind\":\"paste\",\"window\":1,\"serial\":1}\n");
        QTest::qWait(5); // under the frame link's own rate, which would end it first
    }
    QVERIFY(HostileDisplay(session).order(u"relay-flood"_s));
    QVERIFY(eventually([&] { return count(audit(session), u"clipboard.gesture"_s) >= 20; }));
    QVERIFY(count(audit(session), u"clipboard.gesture"_s) <= 41); // 20 a minute; two minutes and a sum at most
    QCOMPARE(session.brokerPid(), broker);
    QCOMPARE(stateOf(session), u"running"_s);
    QVERIFY2(QFileInfo(log).size() < 1 << 20, qPrintable(QString::number(QFileInfo(log).size())));
    // The control: records that no guest can make are not held back.
    RawClient client(session.brokerSocket());
    for (int i = 0; i < 60; ++i)
        QVERIFY(client.call(u"policy.set"_s, {{u"key"_s, u"clipboard.expire"_s}, {u"value"_s, u"%1 s"_s.arg(100 + i)}}).contains("result"_L1));
    QVERIFY(count(audit(session), u"policy.set"_s) + count(audit(session), u"policy.change"_s) >= 60);
}

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    if (argc == 2 && QByteArray(argv[1]) == "--anchored")
        return runAnchored();
    TestSecurityTrail tests;
    return QTest::qExec(&tests, argc, argv);
}
#include "tst_security_trail.moc"
