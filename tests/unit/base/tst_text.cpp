// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "base/text.h"

using namespace annex;

namespace {

std::string utf8(char32_t c)
{
    std::string text;
    appendUtf8(text, c);
    return text;
}

} // namespace

class TestText : public QObject {
    Q_OBJECT

private slots:
    void acceptsOnlyRealUtf8_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("valid");
        QTest::newRow("empty") << QByteArray("") << true;
        QTest::newRow("ascii") << QByteArray("plain") << true;
        QTest::newRow("two, three and four bytes") << QByteArray("\xc3\xa4\xe2\x82\xac\xf0\x9f\x8e\x89") << true;
        QTest::newRow("highest") << QByteArray("\xf4\x8f\xbf\xbf") << true;
        QTest::newRow("above the highest") << QByteArray("\xf4\x90\x80\x80") << false;
        QTest::newRow("overlong slash, two bytes") << QByteArray("\xc0\xaf") << false;
        QTest::newRow("overlong slash, three bytes") << QByteArray("\xe0\x80\xaf") << false;
        QTest::newRow("overlong slash, four bytes") << QByteArray("\xf0\x80\x80\xaf") << false;
        QTest::newRow("overlong zero") << QByteArray("\xc0\x80") << false;
        QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << false;
        QTest::newRow("cut off") << QByteArray("\xe2\x82") << false;
        QTest::newRow("continuation alone") << QByteArray("\x80") << false;
        QTest::newRow("lead then ascii") << QByteArray("\xc3" "a") << false;
        QTest::newRow("latin-1") << QByteArray("caf\xe9") << false;
        QTest::newRow("five-byte form") << QByteArray("\xf8\x88\x80\x80\x80") << false;
    }
    void acceptsOnlyRealUtf8()
    {
        QFETCH(QByteArray, bytes);
        QTEST(isValidUtf8({bytes.constData(), static_cast<std::size_t>(bytes.size())}), "valid");
    }

    void roundTripsEveryCodePoint()
    {
        for (char32_t c = 1; c <= 0x10ffff; ++c) {
            if (c >= 0xd800 && c <= 0xdfff)
                continue;
            const std::string text = utf8(c);
            const auto decoded = decodeFirst(text);
            if (!decoded || decoded->value != c || decoded->size != text.size())
                QFAIL(qPrintable(QStringLiteral("U+%1").arg(static_cast<quint32>(c), 4, 16)));
        }
    }

    void makesOneLine_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("plain") << QByteArray("Report – Writer") << QByteArray("Report – Writer");
        QTest::newRow("line breaks") << QByteArray("a\nb\r\nc\vd\fe\xc2\x85" "f\xe2\x80\xa8g\xe2\x80\xa9h") << QByteArray("a b c d e f g h");
        QTest::newRow("white space of every kind") << QByteArray("  a\t\xc2\xa0\xe3\x80\x80\xe2\x80\x83 b  ") << QByteArray("a b");
        QTest::newRow("escape sequence") << QByteArray("\x1b]0;title\x07\x1b[31mred") << QByteArray("]0;title[31mred");
        QTest::newRow("override, embedding, isolate, marks")
            << QByteArray("ev\xe2\x80\xaeil\xe2\x80\xaa" "a\xe2\x81\xa6" "b\xe2\x80\x8f" "c\xd8\x9c" "d") << QByteArray("evilabcd");
        QTest::newRow("zero width") << QByteArray("a\xe2\x80\x8b" "b\xef\xbb\xbf" "c\xe2\x81\xa0" "d\xc2\xad" "e") << QByteArray("abcde");
        QTest::newRow("tags and variation selectors") << QByteArray("a\xf3\xa0\x81\x81" "b\xef\xb8\x8f" "c") << QByteArray("abc");
        QTest::newRow("blanks that are letters") << QByteArray("a\xe3\x85\xa4" "b\xe2\xa0\x80" "c") << QByteArray("abc");
        QTest::newRow("private use and noncharacter") << QByteArray("a\xee\x80\x80" "b\xef\xbf\xbf" "c") << QByteArray("abc");
        QTest::newRow("not UTF-8") << QByteArray("caf\xe9!") << QByteArray("caf\xef\xbf\xbd!");
        QTest::newRow("overlong newline") << QByteArray("a\xc0\x8a" "b") << QByteArray("a\xef\xbf\xbd\xef\xbf\xbd" "b");
        QTest::newRow("nothing but control") << QByteArray("\x01\x02\n\n\x7f") << QByteArray("");
        QTest::newRow("right-to-left script stays") << QByteArray("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d") << QByteArray("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d");
        QTest::newRow("accents stay, towers do not") << QByteArray("e") + QByteArray("\xcc\x81").repeated(50) + "x"
                                                     << QByteArray("e") + QByteArray("\xcc\x81").repeated(4) + "x";
        QTest::newRow("mark without a letter") << QByteArray("\xcc\x81" "a \xcc\x81" "b") << QByteArray("a b");
    }
    void makesOneLine()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QCOMPARE(QByteArray::fromStdString(sanitiseLine({from.constData(), static_cast<std::size_t>(from.size())}, 80)), to);
    }

    void passesNoUnfitCharacterWhatever()
    {
        for (char32_t c = 0; c <= 0x10ffff; ++c) {
            if (c >= 0xd800 && c <= 0xdfff)
                continue;
            const std::string line = sanitiseLine("a" + utf8(c) + "b", 10);
            QVERIFY(line.starts_with("a") && line.ends_with("b"));
            if (line.find(utf8(c)) != std::string::npos && (c < 0x20 || c == 0x7f || isUnfitForLine(c)))
                QFAIL(qPrintable(QStringLiteral("U+%1").arg(static_cast<quint32>(c), 4, 16)));
        }
    }

    void cutsByCharacters()
    {
        QCOMPARE(sanitiseLine("12345", 5), std::string("12345"));
        QCOMPARE(sanitiseLine("123456", 5), std::string("1234\xe2\x80\xa6"));
        QCOMPARE(sanitiseLine("12345   ", 5), std::string("12345"));
        QCOMPARE(sanitiseLine("123 56", 5), std::string("123 \xe2\x80\xa6").replace(3, 1, ""));
        QCOMPARE(sanitiseLine("x", 0), std::string());
        QCOMPARE(sanitiseLine("\xc3\xa4\xc3\xb6\xc3\xbc", 2), std::string("\xc3\xa4\xe2\x80\xa6"));
    }

    void looksNoFurtherThanItMust()
    {
        const std::string letters(10u << 20, 'x');
        QCOMPARE(sanitiseLine(letters, 80).size(), 79 + kEllipsis.size());
        const std::string breaks(10u << 20, '\n');
        QVERIFY(sanitiseLine(breaks, 80).size() <= kEllipsis.size());
        const std::string escaped = escapeForLog(breaks, 512);
        QVERIFY(escaped.size() < 600);
        QVERIFY(escaped.find("bytes)") != std::string::npos);
        QVERIFY(cleanFileName(letters).size() <= kMaxFileName_bytes);
        QVERIFY(!isValidUtf8(letters + "\xff"));
    }

    void escapesForLogs_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("plain") << QByteArray("Grüße [1]") << QByteArray("Grüße [1]");
        QTest::newRow("line break") << QByteArray("a\nb\r\tc") << QByteArray("a\\nb\\x0d\\tc");
        QTest::newRow("quotes and backslash") << QByteArray("\"\\n\"") << QByteArray("\\\"\\\\n\\\"");
        QTest::newRow("terminal") << QByteArray("\x1b[2J\x7f") << QByteArray("\\x1b[2J\\x7f");
        QTest::newRow("C1 control") << QByteArray("\xc2\x9b" "31m") << QByteArray("\\u{009b}31m");
        QTest::newRow("bidi") << QByteArray("\xe2\x80\xae") << QByteArray("\\u{202e}");
        QTest::newRow("line separator") << QByteArray("\xe2\x80\xa8") << QByteArray("\\u{2028}");
        QTest::newRow("next line") << QByteArray("\xc2\x85") << QByteArray("\\u{0085}");
        QTest::newRow("tag") << QByteArray("\xf3\xa0\x81\x81") << QByteArray("\\u{0e0041}");
        QTest::newRow("broken") << QByteArray("\xff\xc0\xaf") << QByteArray("\\xff\\xc0\\xaf");
    }
    void escapesForLogs()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QCOMPARE(QByteArray::fromStdString(escapeForLog({from.constData(), static_cast<std::size_t>(from.size())})), to);
    }

    void cutsLogsBetweenEscapes()
    {
        QCOMPARE(escapeForLog("ab\ncd", 4), std::string("ab\\n\xe2\x80\xa6(+2 bytes)"));
        QCOMPARE(escapeForLog("ab\ncd", 3), std::string("ab\xe2\x80\xa6(+3 bytes)"));
        QCOMPARE(escapeForLog("abcd", 4), std::string("abcd"));
    }

    void cleansFileNames_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("plain") << QByteArray("Quarterly report.pdf") << QByteArray("Quarterly report.pdf");
        QTest::newRow("traversal") << QByteArray("../../etc/passwd") << QByteArray("_.._etc_passwd");
        QTest::newRow("absolute") << QByteArray("/etc/passwd") << QByteArray("_etc_passwd");
        QTest::newRow("Windows path") << QByteArray("C:\\x\\y.exe") << QByteArray("C__x_y.exe");
        QTest::newRow("dots") << QByteArray("..") << QByteArray("file");
        QTest::newRow("hidden") << QByteArray(".bashrc") << QByteArray("bashrc");
        QTest::newRow("option") << QByteArray("--help") << QByteArray("help");
        QTest::newRow("empty") << QByteArray("") << QByteArray("file");
        QTest::newRow("only controls") << QByteArray("\n\x01") << QByteArray("file");
        QTest::newRow("double extension by override") << QByteArray("gpj\xe2\x80\xae.exe") << QByteArray("gpj.exe");
        QTest::newRow("device") << QByteArray("con.txt") << QByteArray("_con.txt");
        QTest::newRow("device, blank before the dot") << QByteArray("NUL .txt") << QByteArray("_NUL .txt");
        QTest::newRow("port") << QByteArray("Lpt1") << QByteArray("_Lpt1");
        QTest::newRow("no device") << QByteArray("console.txt") << QByteArray("console.txt");
        QTest::newRow("trailing dot and blank") << QByteArray("name. . ") << QByteArray("name");
        QTest::newRow("stream") << QByteArray("a.txt:stream") << QByteArray("a.txt_stream");
        QTest::newRow("line break") << QByteArray("a\nb") << QByteArray("a b");
        QTest::newRow("not UTF-8") << QByteArray("caf\xe9.txt") << QByteArray("caf_.txt");
    }
    void cleansFileNames()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QCOMPARE(QByteArray::fromStdString(cleanFileName({from.constData(), static_cast<std::size_t>(from.size())})), to);
    }

    void keepsTheExtensionOfALongName()
    {
        const std::string name = cleanFileName(std::string(400, 'a') + ".tar.gz");
        QCOMPARE(name.size(), kMaxFileName_bytes);
        QVERIFY(name.ends_with(".gz"));
        std::string wide;
        for (int i = 0; i < 300; ++i)
            wide += "\xe2\x82\xac";
        const std::string cut = cleanFileName(wide + ".txt");
        QVERIFY(cut.size() <= kMaxFileName_bytes && cut.ends_with(".txt"));
        QVERIFY(isValidUtf8(cut));
    }

    void isItsOwnCleanForm()
    {
        for (const char* raw : {"../x", "con", "--a.b.", "name. .", " . - a", "a/b:c", "-.-"}) {
            const std::string once = cleanFileName(raw);
            QCOMPARE(cleanFileName(once), once.starts_with("_") ? once : once);
            QVERIFY(once.find('/') == std::string::npos && once != "." && once != "..");
            QVERIFY(once[0] != '-' && once[0] != '.');
        }
    }
};

QTEST_GUILESS_MAIN(TestText)
#include "tst_text.moc"
