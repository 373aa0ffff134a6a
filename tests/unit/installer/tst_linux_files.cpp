// SPDX-License-Identifier: Apache-2.0
// The files that a Linux desktop reads: valid, no default for anything, and file names that stay one argument.
#include <QtTest>

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>

#include "app/entries/application_folders.h"

using namespace annex::entries;

class TestLinuxFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void entriesAreValid_data();
    void entriesAreValid();
    void entriesNameNoType();
    void filesArePassedOnWhole_data();
    void filesArePassedOnWhole();
    void programsAreRun();
    void withoutAFileAnnexIsShown();
    void failureIsTheExitCode();
    void allFilesAreTried();

private:
    /// Runs annex-open with an annexctl and an annex of our own in PATH. @return their calls, one line each, arguments in brackets
    QByteArray calls(const QStringList& arguments, int* status = nullptr, const QByteArray& annexctl = "exit 0");
    static QString linuxFolder() { return QStringLiteral(ANNEX_SOURCE_DIR "/installer/linux/"); }
};

void TestLinuxFiles::entriesAreValid_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("main") << QStringLiteral("annex.desktop");
    QTest::newRow("open") << QStringLiteral("annex-open.desktop");
}

void TestLinuxFiles::entriesAreValid()
{
    QFETCH(QString, name);
    QProcess validator;
    validator.start(QStringLiteral("desktop-file-validate"), {QStringLiteral("--no-hints"), linuxFolder() + name});
    QVERIFY(validator.waitForFinished(300'000));
    QCOMPARE(validator.readAllStandardOutput(), QByteArray());
    QCOMPARE(validator.exitCode(), 0);
    auto entry = readEntry(name.toStdString(), (linuxFolder() + name).toStdString(), "C");
    QVERIFY(entry.has_value());
    QVERIFY(isListed(*entry));
}

void TestLinuxFiles::entriesNameNoType()
{
    for (const char* name : {"annex.desktop", "annex-open.desktop"})
        QVERIFY(readEntry(name, linuxFolder().toStdString() + name, "C")->mimeTypes.empty());
}

QByteArray TestLinuxFiles::calls(const QStringList& arguments, int* status, const QByteArray& annexctl)
{
    QTemporaryDir folder;
    for (const char* name : {"annexctl", "annex"}) {
        QFile program(folder.filePath(QString::fromLatin1(name)));
        if (!program.open(QIODevice::WriteOnly))
            return "cannot write";
        program.write("#!/bin/bash\nprintf '%s' \"${0##*/}\" >> \"$CALLS\"\nprintf ' [%s]' \"$@\" >> \"$CALLS\"\nprintf '\\n' >> \"$CALLS\"\n" + annexctl + '\n');
        program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QProcess process;
    process.setProcessEnvironment([&] {
        QProcessEnvironment environment;
        environment.insert(QStringLiteral("PATH"), folder.path());
        environment.insert(QStringLiteral("CALLS"), folder.filePath(QStringLiteral("calls")));
        return environment;
    }());
    process.setWorkingDirectory(QStringLiteral("/usr"));
    process.start(QStringLiteral("/bin/bash"), QStringList(linuxFolder() + QStringLiteral("annex-open")) + arguments);
    if (!process.waitForFinished(300'000))
        return "did not end";
    if (status)
        *status = process.exitCode();
    QFile record(folder.filePath(QStringLiteral("calls")));
    return record.open(QIODevice::ReadOnly) ? record.readAll() : QByteArray();
}

void TestLinuxFiles::filesArePassedOnWhole_data()
{
    QTest::addColumn<QString>("argument");
    QTest::addColumn<QByteArray>("call");
    auto row = [](const char* argument, const char* path) {
        QTest::newRow(argument) << QString::fromUtf8(argument) << QByteArray("annexctl [open] [") + path + "]\n";
    };
    row("/tmp/a b.pdf", "/tmp/a b.pdf");
    row("-rf", "/usr/-rf");
    row("a.pdf", "/usr/a.pdf");
    row("/tmp/$(reboot);`x`", "/tmp/$(reboot);`x`");
    row("/tmp/100%.pdf", "/tmp/100%.pdf");
    row("/tmp/back\\slash\\n", "/tmp/back\\slash\\n");
    row("file:///tmp/a%20b%25.pdf", "/tmp/a b%.pdf");
    row("file:///tmp/%22%27%24%28x%29", "/tmp/\"'$(x)");
    row("file:///tmp/back%5Cn", "/tmp/back\\n");
    row("file://localhost/tmp/a", "/tmp/a");
    row("file:///tmp/line%0Abreak", "/tmp/line\nbreak");
}

void TestLinuxFiles::filesArePassedOnWhole()
{
    QFETCH(QString, argument);
    QFETCH(QByteArray, call);
    QCOMPARE(calls({QStringLiteral("--"), argument}), call);
}

void TestLinuxFiles::programsAreRun()
{
    QCOMPARE(calls({QStringLiteral("--run"), QStringLiteral("/tmp/tool")}), QByteArray("annexctl [run] [/tmp/tool]\n"));
}

void TestLinuxFiles::withoutAFileAnnexIsShown()
{
    QCOMPARE(calls({}), QByteArray("annex []\n")); // printf shows no arguments as one empty
}

void TestLinuxFiles::failureIsTheExitCode()
{
    int status = 0;
    calls({QStringLiteral("/tmp/a")}, &status, "echo refused >&2; exit 3");
    QCOMPARE(status, 3);
}

void TestLinuxFiles::allFilesAreTried()
{
    QCOMPARE(calls({QStringLiteral("/a"), QStringLiteral("/b")}, nullptr, "exit 1"), QByteArray("annexctl [open] [/a]\nannexctl [open] [/b]\n"));
}

QTEST_GUILESS_MAIN(TestLinuxFiles)
#include "tst_linux_files.moc"
