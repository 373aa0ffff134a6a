// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <QTemporaryDir>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/broker/session/file_in.h"
#include "app/broker/session/stdio_relay.h"

using namespace annex;
using namespace annex::broker;

class TestFileIn : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void takesAnOrdinaryFile();
    void refusesWhatIsNoOrdinaryFile_data();
    void refusesWhatIsNoOrdinaryFile();
    void refusesADescriptorThatCouldWrite();
    void cleansTheName_data();
    void cleansTheName();
    void standardStreamsMustBePipes();

private:
    std::string path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)).toStdString(); }
    QTemporaryDir m_folder;
};

void TestFileIn::initTestCase()
{
    QFile file(m_folder.filePath(QStringLiteral("a.pdf")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("12345");
    QCOMPARE(::mkfifo(path("fifo").c_str(), 0600), 0);
    QCOMPARE(::symlink("a.pdf", path("link").c_str()), 0);
}

void TestFileIn::takesAnOrdinaryFile()
{
    auto file = inspectFile(UniqueFd(::open(path("a.pdf").c_str(), O_RDONLY)), "/home/me/a.pdf");
    QVERIFY(file.has_value());
    QCOMPARE(file->name, std::string("a.pdf"));
    QCOMPARE(file->size_bytes, std::uint64_t{5});
}

void TestFileIn::refusesWhatIsNoOrdinaryFile_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<int>("flags");
    QTest::newRow("fifo") << QByteArray::fromStdString(path("fifo")) << (O_RDONLY | O_NONBLOCK);
    QTest::newRow("device") << QByteArray("/dev/zero") << O_RDONLY;
    QTest::newRow("folder") << QByteArray::fromStdString(m_folder.path().toStdString()) << O_RDONLY;
    QTest::newRow("link itself") << QByteArray::fromStdString(path("link")) << (O_PATH | O_NOFOLLOW);
    QTest::newRow("path only") << QByteArray::fromStdString(path("a.pdf")) << O_PATH;
    QTest::newRow("nothing") << QByteArray("/no/such/file") << O_RDONLY;
}

void TestFileIn::refusesWhatIsNoOrdinaryFile()
{
    QFETCH(QByteArray, name);
    QFETCH(int, flags);
    const auto outcome = inspectFile(UniqueFd(::open(name.constData(), flags)), "x");
    QVERIFY(!outcome.has_value());
    QCOMPARE(outcome.error().id, std::string("file.not-regular"));
}

void TestFileIn::refusesADescriptorThatCouldWrite()
{
    QVERIFY(!inspectFile(UniqueFd(::open(path("a.pdf").c_str(), O_RDWR)), "x").has_value());
    QVERIFY(!inspectFile(UniqueFd(::open(path("a.pdf").c_str(), O_WRONLY)), "x").has_value());
}

void TestFileIn::cleansTheName_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::newRow("traversal") << QByteArray("../../etc/passwd");
    QTest::newRow("absolute") << QByteArray("/etc/passwd");
    QTest::newRow("dash") << QByteArray("-rf");
    QTest::newRow("dots") << QByteArray("..");
    QTest::newRow("newline") << QByteArray("a\nb");
    QTest::newRow("bidi") << QByteArray("a\xe2\x80\xae" "fdp.exe");
}

void TestFileIn::cleansTheName()
{
    QFETCH(QByteArray, given);
    auto file = inspectFile(UniqueFd(::open(path("a.pdf").c_str(), O_RDONLY)), given.toStdString());
    QVERIFY(file.has_value());
    QVERIFY(!file->name.empty());
    QVERIFY(file->name.find('/') == std::string::npos && file->name.find('\n') == std::string::npos);
    QVERIFY(file->name.front() != '-' && file->name.front() != '.');
}

void TestFileIn::standardStreamsMustBePipes()
{
    const auto three = [](int a, int b, int c) {
        std::vector<UniqueFd> out;
        out.emplace_back(a);
        out.emplace_back(b);
        out.emplace_back(c);
        return out;
    };
    int pipe[2], pair[2];
    QCOMPARE(::pipe(pipe), 0);
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    QVERIFY(StdioRelay::check(three(pipe[0], pipe[1], pair[0])).has_value());
    ::close(pair[1]);
    QVERIFY(!StdioRelay::check(three(::open("/dev/null", O_RDONLY), ::open("/dev/null", O_RDWR), ::open("/dev/null", O_RDWR))).has_value());
    QVERIFY(!StdioRelay::check({}).has_value());
}

QTEST_GUILESS_MAIN(TestFileIn)
#include "tst_file_in.moc"
