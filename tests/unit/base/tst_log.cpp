// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <filesystem>

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include "base/files.h"
#include "base/log.h"
#include "tests/support/qt_names.h"

using namespace annex;
namespace fs = std::filesystem;

namespace {

const QString kLine = QStringLiteral("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d\\d:\\d\\d (\\w+) (\\w+) (.*)$");
const QString kEscapedTitle = QStringLiteral("window 7 is called \"Bank\\n2026-11-24T08:00:00.000+00:00 info broker policy set to allow"
                                             "\\x0d\\x1b[2K\\u{202e}\\\" and {}\"");

} // namespace

class TestLog : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_folder = fs::path(m_temporary->path().toStdString()) / "log";
    }

    void writesOneLineForEachEvent()
    {
        QVERIFY(setUpLogging(m_folder, "debug", "tester"));
        log("broker").info("started as {}", 42);
        log("viewer").debug("detail");
        log("viewer").trace("below the level");
        const QStringList lines = linesOf("tester.log");
        QCOMPARE(lines.size(), 2);
        const QRegularExpression form(kLine);
        const auto first = form.match(lines[0]);
        QVERIFY2(first.hasMatch(), qPrintable(lines[0]));
        QCOMPARE(first.captured(1), QStringLiteral("info"));
        QCOMPARE(first.captured(2), QStringLiteral("broker"));
        QCOMPARE(first.captured(3), QStringLiteral("started as 42"));
    }

    void guestTextCannotForgeALine()
    {
        QVERIFY(setUpLogging(m_folder, "info", "tester"));
        const std::string title = "Bank\n2026-11-24T08:00:00.000+00:00 info broker policy set to allow\r\x1b[2K\xe2\x80\xae\" and {}";
        log("viewer").warn("window {} is called {}", 7, GuestText{title});
        const QStringList lines = linesOf("tester.log");
        QCOMPARE(lines.size(), 1);
        QVERIFY2(lines[0].endsWith(kEscapedTitle), qPrintable(lines[0]));
    }

    void noTextAtAllCanForgeALine()
    {
        QVERIFY(setUpLogging(m_folder, "info", "tester"));
        log("broker").error("from a library: {}", std::string("a\nb\x1b[1m\x7f"));
        const QStringList lines = linesOf("tester.log");
        QCOMPARE(lines.size(), 1);
        QVERIFY(lines[0].endsWith(QStringLiteral("a\\x0ab\\x1b[1m\\x7f")));
    }

    void cutsLongGuestText()
    {
        QVERIFY(setUpLogging(m_folder, "info", "tester"));
        const std::string title(10u << 20, '\n');
        log("viewer").info("{}", GuestText{title});
        const QStringList lines = linesOf("tester.log");
        QCOMPARE(lines.size(), 1);
        QVERIFY(lines[0].size() < 700);
    }

    void keepsItsFilesPrivateAndBounded()
    {
        QVERIFY(setUpLogging(m_folder, "info", "tester"));
        const std::string line(4096, 'x');
        for (std::size_t written = 0; written < kMaxLogFile_bytes * (kKeptLogFiles + 3); written += line.size())
            log("flood").info(line);
        std::uintmax_t total = 0;
        std::size_t files = 0;
        for (const auto& entry : fs::directory_iterator(m_folder)) {
            total += entry.file_size();
            ++files;
            QCOMPARE(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write);
        }
        QCOMPARE(files, kKeptLogFiles + 1);
        QVERIFY(total <= (kKeptLogFiles + 1) * (kMaxLogFile_bytes + 8192));
        QCOMPARE(fs::status(m_folder).permissions(), fs::perms::owner_all);
    }

    void givesOneLoggerPerModule()
    {
        QCOMPARE(&log("a"), &log("a"));
        QVERIFY(&log("a") != &log("b"));
        QVERIFY(setUpLogging(m_folder, "error", "tester"));
        log("a").warn("below the level"); // made before, follows all the same
        QCOMPARE(linesOf("tester.log").size(), 0);
    }

    void refusesWhatItCannotDo()
    {
        QCOMPARE(setUpLogging(m_folder, "loud").error().code, Errc::Malformed);
        const fs::path file = fs::path(m_temporary->path().toStdString()) / "file";
        QVERIFY(writeFileAtomically(file, asBytes("x")));
        QCOMPARE(setUpLogging(file, "info").error().code, Errc::Malformed);
        QVERIFY(setUpLogging(m_folder, "info"));
        log("x").info("y");
        QCOMPARE(linesOf("tst_log.log").size(), 1); // the program's own name
    }

private:
    QStringList linesOf(const char* name)
    {
        auto text = readTextFile(m_folder / name, 64u << 20);
        if (!text)
            return {QStringLiteral("unreadable")};
        return QString::fromStdString(*text).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
};

QTEST_GUILESS_MAIN(TestLog)
#include "tst_log.moc"
