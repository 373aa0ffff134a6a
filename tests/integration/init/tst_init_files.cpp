// SPDX-License-Identifier: Apache-2.0
// Files on their way into a guest (S16, S17), and what opens them.
#include <QtTest>

#include <QDir>
#include <QFileInfo>

#include <filesystem>
#include <fstream>

#include <sys/socket.h>
#include <sys/stat.h>

#include "app/control/codec.h"
#include "guest_under_test.h"

using namespace annex;
using namespace annex::control;
namespace fs = std::filesystem;

namespace {

std::string contentOf(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

unsigned modeOf(const std::string& path)
{
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

QStringList entriesOf(const std::string& folder)
{
    return QDir(QString::fromStdString(folder)).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden | QDir::System, QDir::Name);
}

void writeFile(const fs::path& path, const std::string& text)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

/// A program for documents that writes down its arguments, one a line, in ~/opened.
void addRecorder(GuestUnderTest& guest, const std::string& id, const std::string& exec, const std::string& mimeTypes)
{
    fs::path program = guest.home() + "/.annex/programs/recorder";
    writeFile(program, "#!/bin/sh\nfor a; do printf '%s\\n' \"$a\"; done > \"$HOME/opened.new\"\nmv \"$HOME/opened.new\" \"$HOME/opened\"\n");
    fs::permissions(program, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
    writeFile(guest.home() + "/.local/share/applications/" + id,
              "[Desktop Entry]\nType=Application\nName=Recorder\nExec=" + exec + "\nMimeType=" + mimeTypes + "\n");
}

/// What FileBegin does when the host does not clean the name: init must not rely on it.
std::optional<std::uint32_t> rawBegin(GuestUnderTest& guest, const FileBegin& begin)
{
    ByteVector bytes;
    append(bytes, 4000, begin);
    if (::send(guest.stream(), bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
        return {};
    // The host end did not send that, so the refusal is a breach to it; its text tells what the guest said.
    guest.waitFor([&] { return guest.protocolError.has_value(); });
    return guest.protocolError && guest.protocolError->find("nobody sends") != std::string::npos ? std::optional<std::uint32_t>(1) : std::nullopt;
}

const std::string kPdf = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

} // namespace

class TestInitFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fileArrivesWholeAndReadOnly();
    void programArrivesExecutable();
    void largeFileArrives();
    void emptyFileArrives();
    void takenNamesGetANumber();
    void hostileNamesAreKeptAsNames_data();
    void hostileNamesAreKeptAsNames();
    void namesOutOfTheFolderAreRefused_data();
    void namesOutOfTheFolderAreRefused();
    void linkAtTheNameIsNotFollowed();
    void linkInPlaceOfTheInboxIsRefused();
    void pipeAtTheNameIsNotOpened();
    void cancelledFileLeavesNothing();
    void takeoverLeavesNoHalfFile();
    void programNeverSeesHalfAFile();
    void fullDiskIsSaid();
    void preambleInsideAFileDoesNoHarm();
    void pdfIsOpenedByEvince();
    void programGetsTheFileAsOneArgument_data();
    void programGetsTheFileAsOneArgument();
    void desktopFileIsAText();
    void programsAreNotOpened_data();
    void programsAreNotOpened();
    void missingFileIsSaid();
    void linkIsNotOpened();
    void unknownTypeIsSaid();
    void userChoiceWins();
    void terminalProgramGetsATerminal();
};

void TestInitFiles::fileArrivesWholeAndReadOnly()
{
    GuestUnderTest guest;
    FileRecord file = guest.sendFile("invoice.pdf", kPdf);
    QCOMPARE(file.error, 0u);
    QCOMPARE(file.path, guest.home() + "/Inbox/invoice.pdf");
    QCOMPARE(contentOf(file.path), kPdf);
    QCOMPARE(modeOf(file.path), 0444u);
}

void TestInitFiles::programArrivesExecutable()
{
    GuestUnderTest guest;
    FileRecord file = guest.sendFile("tool", "#!/bin/sh\necho from $0\n", FilePlace::Programs);
    QCOMPARE(modeOf(file.path), 0555u);
    QCOMPARE(guest.run({file.path}).out, "from " + file.path + "\n");
}

void TestInitFiles::largeFileArrives()
{
    GuestUnderTest guest;
    std::string content(40'000'000, '\0');
    for (std::size_t i = 0; i < content.size(); ++i)
        content[i] = static_cast<char>(i * 2654435761u >> 24);
    FileRecord file = guest.sendFile("large.bin", content);
    QCOMPARE(file.error, 0u);
    QVERIFY(contentOf(file.path) == content);
}

void TestInitFiles::emptyFileArrives()
{
    GuestUnderTest guest;
    FileRecord file = guest.sendFile("empty.txt", "");
    QCOMPARE(file.error, 0u);
    QVERIFY(fs::is_empty(file.path));
}

void TestInitFiles::takenNamesGetANumber()
{
    GuestUnderTest guest;
    QCOMPARE(guest.sendFile("a.tar", "1").path, guest.home() + "/Inbox/a.tar");
    QCOMPARE(guest.sendFile("a.tar", "2").path, guest.home() + "/Inbox/a (2).tar");
    QCOMPARE(guest.sendFile("a.tar", "3").path, guest.home() + "/Inbox/a (3).tar");
    QCOMPARE(contentOf(guest.home() + "/Inbox/a.tar"), std::string("1"));
}

void TestInitFiles::hostileNamesAreKeptAsNames_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const char* name : {"-rf", "--help", "%f %U.pdf", "a\nb", "$(reboot)", "`x`", "a b'\"c", ".bashrc", "evil.desktop", "\xff\xfe", "~", "*", "con:"})
        QTest::newRow(QByteArray(name).toPercentEncoding().constData()) << QByteArray(name);
    QTest::newRow("255 bytes") << QByteArray(255, 'n');
}

void TestInitFiles::hostileNamesAreKeptAsNames()
{
    QFETCH(QByteArray, name);
    GuestUnderTest guest;
    FileRecord first = guest.sendFile(name.toStdString(), "one");
    QCOMPARE(first.path, guest.home() + "/Inbox/" + name.toStdString());
    QCOMPARE(contentOf(first.path), std::string("one"));
    FileRecord second = guest.sendFile(name.toStdString(), "two");
    QCOMPARE(second.error, 0u);
    QVERIFY(second.path != first.path);
    QCOMPARE(contentOf(first.path), std::string("one"));
}

void TestInitFiles::namesOutOfTheFolderAreRefused_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("traversal") << QByteArray("../.bashrc");
    QTest::newRow("absolute") << QByteArray("/tmp/x");
    QTest::newRow("parent") << QByteArray("..");
    QTest::newRow("self") << QByteArray(".");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("NUL") << QByteArray("a\0b", 3);
    QTest::newRow("folder") << QByteArray("sub/file");
}

void TestInitFiles::namesOutOfTheFolderAreRefused()
{
    QFETCH(QByteArray, name);
    GuestUnderTest guest;
    QVERIFY(rawBegin(guest, FileBegin{name.toStdString(), 1, FilePlace::Inbox}).has_value());
    QCOMPARE(entriesOf(guest.home() + "/Inbox"), QStringList());
}

void TestInitFiles::linkAtTheNameIsNotFollowed()
{
    GuestUnderTest guest;
    writeFile(guest.home() + "/victim", "before");
    fs::create_symlink(guest.home() + "/victim", guest.home() + "/Inbox/invoice.pdf");
    FileRecord file = guest.sendFile("invoice.pdf", "after");
    QCOMPARE(file.path, guest.home() + "/Inbox/invoice (2).pdf");
    QCOMPARE(contentOf(guest.home() + "/victim"), std::string("before"));
}

void TestInitFiles::linkInPlaceOfTheInboxIsRefused()
{
    GuestUnderTest guest;
    fs::remove(guest.home() + "/Inbox");
    fs::create_directory(guest.home() + "/elsewhere");
    fs::create_directory_symlink(guest.home() + "/elsewhere", guest.home() + "/Inbox");
    FileRecord file = guest.sendFile("invoice.pdf", "x");
    QVERIFY(file.error == ELOOP || file.error == ENOTDIR);
    QCOMPARE(entriesOf(guest.home() + "/elsewhere"), QStringList());
}

void TestInitFiles::pipeAtTheNameIsNotOpened()
{
    GuestUnderTest guest;
    QCOMPARE(::mkfifo((guest.home() + "/Inbox/invoice.pdf").c_str(), 0666), 0);
    FileRecord file = guest.sendFile("invoice.pdf", "x"); // opening the pipe would hang
    QCOMPARE(file.path, guest.home() + "/Inbox/invoice (2).pdf");
    QVERIFY(guest.open(guest.home() + "/Inbox/invoice.pdf").openProblem == OpenProblem::NoSuchFile);
}

void TestInitFiles::cancelledFileLeavesNothing()
{
    GuestUnderTest guest;
    QVERIFY(guest.control().beginFile(70, "half", 1000, FilePlace::Inbox).has_value());
    QVERIFY(guest.control().fileData(70, ByteVector(500)).has_value());
    QVERIFY(guest.control().endFile(70, false).has_value());
    QVERIFY(guest.waitFor([&] { return guest.files.contains(70); }));
    QCOMPARE(guest.files[70].error, std::uint32_t{ECANCELED});
    QCOMPARE(entriesOf(guest.home() + "/Inbox"), QStringList());
}

void TestInitFiles::takeoverLeavesNoHalfFile()
{
    GuestUnderTest guest;
    QVERIFY(guest.control().beginFile(70, "half", 1000, FilePlace::Inbox).has_value());
    QVERIFY(guest.control().fileData(70, ByteVector(500)).has_value());
    QVERIFY(guest.waitFor([&] { return !entriesOf(guest.home() + "/Inbox").isEmpty(); }));
    guest.takeOverAnew();
    QVERIFY(guest.waitFor([&] { return guest.ready; }));
    QCOMPARE(entriesOf(guest.home() + "/Inbox"), QStringList());
    QCOMPARE(guest.sendFile("half", "now whole").error, 0u);
}

void TestInitFiles::programNeverSeesHalfAFile()
{
    GuestUnderTest guest;
    QVERIFY(guest.control().beginFile(70, "slow.txt", 1000, FilePlace::Inbox).has_value());
    QVERIFY(guest.control().fileData(70, ByteVector(500)).has_value());
    QVERIFY(guest.control().ping(1).has_value());
    QVERIFY(guest.waitFor([&] { return !guest.pongs.empty(); })); // all of that has been handled
    QVERIFY(!fs::exists(guest.home() + "/Inbox/slow.txt"));
    QVERIFY(guest.control().fileData(70, ByteVector(500)).has_value());
    QVERIFY(guest.control().endFile(70, true).has_value());
    QVERIFY(guest.waitFor([&] { return guest.files.contains(70); }));
    QCOMPARE(entriesOf(guest.home() + "/Inbox"), QStringList(QStringLiteral("slow.txt")));
}

void TestInitFiles::fullDiskIsSaid()
{
    GuestUnderTest guest;
    QVERIFY(guest.control().beginFile(70, "huge", std::uint64_t{1} << 62, FilePlace::Inbox).has_value());
    QVERIFY(guest.waitFor([&] { return guest.files.contains(70); }));
    QVERIFY(guest.files[70].error == ENOSPC || guest.files[70].error == EFBIG);
    QCOMPARE(entriesOf(guest.home() + "/Inbox"), QStringList());
    QCOMPARE(guest.run({"echo", "alive"}).out, std::string("alive\n"));
}

void TestInitFiles::preambleInsideAFileDoesNoHarm()
{
    GuestUnderTest guest;
    // A file that carries a whole Preamble and then a Spawn, as if a broker had just taken over.
    ByteVector attack(10'000, 'a');
    auto preamble = wire::Preamble::encode(wire::Preamble::freshNonce());
    attack.insert(attack.end(), preamble.begin(), preamble.end());
    Spawn spawn;
    spawn.arguments = {"touch", guest.home() + "/pwned"};
    append(attack, 1, spawn);
    attack.insert(attack.end(), 10'000, 'b');
    std::string content(attack.begin(), attack.end());
    FileRecord file = guest.sendFile("attack.bin", content);
    QCOMPARE(file.error, 0u);
    QVERIFY(contentOf(file.path) == content);
    QCOMPARE(guest.run({"cat"}, content).out.size(), content.size());
    QVERIFY(!fs::exists(guest.home() + "/pwned"));
}

void TestInitFiles::pdfIsOpenedByEvince()
{
    GuestUnderTest guest;
    FileRecord file = guest.sendFile("invoice", kPdf); // by content: no extension helps
    ProgramRecord& record = guest.open(file.path);
    QVERIFY(record.openProblem == OpenProblem::None);
    QCOMPARE(record.mimeType, std::string("application/pdf"));
    QCOMPARE(record.desktopId, std::string("org.gnome.Evince.desktop"));
    // There is no display here; evince says so and ends.
    QVERIFY(guest.waitFor([&] { return record.status.has_value(); }));
}

void TestInitFiles::programGetsTheFileAsOneArgument_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("exec");
    for (const char* exec : {"recorder %f", "recorder %F", "recorder"}) {
        for (const char* name : {"plain.odd", "-rf.odd", "%f %U %k.odd", "a\"; reboot;\".odd", "$(reboot).odd", "'.odd"})
            QTest::addRow("%s with %s", exec, name) << QByteArray(name) << QByteArray(exec);
    }
}

void TestInitFiles::programGetsTheFileAsOneArgument()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, exec);
    GuestUnderTest guest;
    addRecorder(guest, "recorder.desktop", exec.toStdString(), "application/x-odd;");
    writeFile(guest.home() + "/.local/share/mime/globs2", "50:application/x-odd:*.odd\n");
    FileRecord file = guest.sendFile(name.toStdString(), std::string("\0\1", 2));
    ProgramRecord& record = guest.open(file.path);
    QVERIFY(record.openProblem == OpenProblem::None);
    QCOMPARE(record.mimeType, std::string("application/x-odd"));
    QVERIFY(guest.waitFor([&] { return record.status.has_value(); }));
    QCOMPARE(contentOf(guest.home() + "/opened"), file.path + "\n");
}

void TestInitFiles::desktopFileIsAText()
{
    GuestUnderTest guest;
    addRecorder(guest, "recorder.desktop", "recorder %f", "text/plain;");
    FileRecord file = guest.sendFile("invoice.desktop", "[Desktop Entry]\nType=Application\nName=Invoice\nExec=touch " + guest.home() + "/pwned\n");
    ProgramRecord& record = guest.open(file.path);
    QVERIFY(record.openProblem == OpenProblem::None);
    QCOMPARE(record.desktopId, std::string("recorder.desktop"));
    QVERIFY(guest.waitFor([&] { return record.status.has_value(); }));
    QCOMPARE(contentOf(guest.home() + "/opened"), file.path + "\n");
    QVERIFY(!fs::exists(guest.home() + "/pwned"));
}

void TestInitFiles::programsAreNotOpened_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("ELF") << QByteArray("tool") << QByteArray("\x7f" "ELF\2\1\1");
    QTest::newRow("ELF as document") << QByteArray("invoice.pdf") << QByteArray("\x7f" "ELF\2\1\1");
    QTest::newRow("script") << QByteArray("run.sh") << QByteArray("#!/bin/sh\n");
    QTest::newRow("script as text") << QByteArray("notes.txt") << QByteArray("#!/bin/sh\n");
    QTest::newRow("Windows program") << QByteArray("setup.exe") << QByteArray("MZ\x90");
    QTest::newRow("AppImage") << QByteArray("x.AppImage") << QByteArray("odd");
}

void TestInitFiles::programsAreNotOpened()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, content);
    GuestUnderTest guest;
    FileRecord file = guest.sendFile(name.toStdString(), content.toStdString());
    ProgramRecord& record = guest.open(file.path);
    QVERIFY(record.openProblem == OpenProblem::IsExecutable);
    QCOMPARE(record.desktopId, std::string());
}

void TestInitFiles::missingFileIsSaid()
{
    GuestUnderTest guest;
    QVERIFY(guest.open("/nowhere").openProblem == OpenProblem::NoSuchFile);
    QVERIFY(guest.open("/dev/zero").openProblem == OpenProblem::NoSuchFile);
    QVERIFY(guest.open("/usr").openProblem == OpenProblem::NoSuchFile);
}

void TestInitFiles::linkIsNotOpened()
{
    GuestUnderTest guest;
    fs::create_symlink("/etc/passwd", guest.home() + "/Inbox/link.txt");
    QVERIFY(guest.open(guest.home() + "/Inbox/link.txt").openProblem == OpenProblem::NoSuchFile);
}

void TestInitFiles::unknownTypeIsSaid()
{
    GuestUnderTest guest;
    FileRecord file = guest.sendFile("odd", std::string("\1\2\3\0", 4));
    ProgramRecord& record = guest.open(file.path);
    QVERIFY(record.openProblem == OpenProblem::NoProgramForType);
    QCOMPARE(record.mimeType, std::string("application/octet-stream"));
}

void TestInitFiles::userChoiceWins()
{
    GuestUnderTest guest;
    addRecorder(guest, "recorder.desktop", "recorder %u", "");
    writeFile(guest.home() + "/.config/mimeapps.list", "[Default Applications]\napplication/pdf=missing.desktop;recorder.desktop;\n");
    FileRecord file = guest.sendFile("in voice.pdf", kPdf);
    ProgramRecord& record = guest.open(file.path);
    QCOMPARE(record.desktopId, std::string("recorder.desktop"));
    QVERIFY(guest.waitFor([&] { return record.status.has_value(); }));
    QCOMPARE(contentOf(guest.home() + "/opened"), "file://" + guest.home() + "/Inbox/in%20voice.pdf\n");
}

void TestInitFiles::terminalProgramGetsATerminal()
{
    GuestUnderTest guest;
    // A foot of our own ahead in nothing but this guest: its folder comes first in no PATH, so name it by the only foot there is.
    addRecorder(guest, "recorder.desktop", "recorder %f", "application/x-odd;");
    std::ofstream(guest.home() + "/.local/share/applications/recorder.desktop", std::ios::app) << "Terminal=true\n";
    writeFile(guest.home() + "/.local/share/mime/globs2", "50:application/x-odd:*.odd\n");
    FileRecord file = guest.sendFile("a.odd", "x");
    ProgramRecord& record = guest.open(file.path);
    QVERIFY(record.openProblem == OpenProblem::None);
    // foot ends by itself: there is no display. Had recorder been started without it, the file would be there.
    QVERIFY(guest.waitFor([&] { return record.status.has_value(); }));
    QVERIFY(*record.status != 0);
    QVERIFY(!fs::exists(guest.home() + "/opened"));
}

QTEST_GUILESS_MAIN(TestInitFiles)
#include "tst_init_files.moc"
