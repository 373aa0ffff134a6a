// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <filesystem>
#include <fstream>

#include <QTemporaryDir>

#include "app/entries/application_folders.h"
#include "app/entries/desktop_entry.h"
#include "app/entries/key_file.h"

using namespace annex;
using namespace annex::entries;

using Arguments = std::vector<std::string>;

namespace {

DesktopEntry withExec(std::string exec)
{
    DesktopEntry entry;
    entry.name = "Viewer";
    entry.icon = "viewer";
    entry.file = "/usr/share/applications/viewer.desktop";
    entry.exec = std::move(exec);
    return entry;
}

Arguments expand(const std::string& exec, const Arguments& files = {})
{
    auto arguments = execToArguments(withExec(exec), files);
    return arguments ? *arguments : Arguments{"error: " + arguments.error().describe()};
}

constexpr std::string_view kEvince = R"(# comment
[Desktop Entry]
Name=Document Viewer
Name[de]=Dokumentenbetrachter
Name[de_AT]=Dokumentenbetrachter (AT)
Comment=View multi-page documents
Keywords=pdf;ps;
Keywords[de]=PDF;Dokument;
TryExec=evince
Exec=evince %U
Terminal=false
Type=Application
Icon=org.gnome.Evince
Categories=GNOME;GTK;Viewer;
MimeType=application/pdf;application/x-pdf;
X-Unknown=value

[Desktop Action new-window]
Name=New
Exec=evince --other
)";

} // namespace

class TestDesktopEntry : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void entryIsRead();
    void localeDecides_data();
    void localeDecides();
    void brokenEntriesAreRefused();
    void limitsHold();
    void valuesAreUnescaped();
    void listsAreUnescaped();
    void fieldCodes_data();
    void fieldCodes();
    void hostileFileNamesStayOneArgument();
    void brokenExecIsRefused_data();
    void brokenExecIsRefused();
    void listingRules();
    void uriEscapesWhatIsNotPlain();
    void foldersAreOrdered();
    void strongerFolderHidesAnId();
    void oddFilesInAFolderAreLeftOut();
    void everyEntryOfThisMachineIsRead();
};

void TestDesktopEntry::entryIsRead()
{
    auto entry = parseDesktopEntry(kEvince);
    QVERIFY(entry.has_value());
    QVERIFY(entry->application);
    QCOMPARE(entry->name, std::string("Document Viewer"));
    QCOMPARE(entry->exec, std::string("evince %U"));
    QCOMPARE(entry->tryExec, std::string("evince"));
    QCOMPARE(entry->icon, std::string("org.gnome.Evince"));
    QCOMPARE(entry->categories, Arguments({"GNOME", "GTK", "Viewer"}));
    QCOMPARE(entry->mimeTypes, Arguments({"application/pdf", "application/x-pdf"}));
    QCOMPARE(entry->keywords, Arguments({"pdf", "ps"}));
    QVERIFY(!entry->terminal && !entry->noDisplay && !entry->hidden);
}

void TestDesktopEntry::localeDecides_data()
{
    QTest::addColumn<QString>("locale");
    QTest::addColumn<QString>("name");
    auto row = [](const char* locale, const char* name) { QTest::newRow(locale) << QString::fromUtf8(locale) << QString::fromUtf8(name); };
    row("C.UTF-8", "Document Viewer");
    row("", "Document Viewer");
    row("fr_FR.UTF-8", "Document Viewer");
    row("de", "Dokumentenbetrachter");
    row("de_DE.UTF-8@euro", "Dokumentenbetrachter");
    row("de_AT.UTF-8", "Dokumentenbetrachter (AT)");
    row("_@.", "Document Viewer");
}

void TestDesktopEntry::localeDecides()
{
    QFETCH(QString, locale);
    QFETCH(QString, name);
    QCOMPARE(QString::fromStdString(parseDesktopEntry(kEvince, locale.toStdString())->name), name);
}

void TestDesktopEntry::brokenEntriesAreRefused()
{
    QVERIFY(parseDesktopEntry("").error().code == Errc::Malformed);
    QVERIFY(parseDesktopEntry("[Desktop Entry]\nExec=x\n").error().code == Errc::Malformed);
    QVERIFY(parseDesktopEntry("[Other]\nName=x\n").error().code == Errc::Malformed);
    QVERIFY(parseDesktopEntry("[Desktop Entry]\nName=\xff\xfe\n").error().code == Errc::Malformed);
    QVERIFY(parseDesktopEntry(std::string_view("[Desktop Entry]\nName=x\nExec=a\0b\n", 32)).error().code == Errc::Malformed);
    QVERIFY(parseDesktopEntry("[Desktop Entry\nName=x").error().code == Errc::Malformed);
    QVERIFY(parseDesktopEntry("[]\nName=other\n[Desktop Entry]\n=x\n[\n]\nName=x\nName[\nName]=q\n=\n").has_value());
}

void TestDesktopEntry::limitsHold()
{
    std::string head = "[Desktop Entry]\nName=x\n";
    QVERIFY(parseDesktopEntry(head + std::string(kMaxEntry_bytes, '#')).error().code == Errc::TooLarge);
    QVERIFY(parseDesktopEntry(head + std::string(kMaxLines, '\n')).error().code == Errc::TooLarge);
    QVERIFY(parseDesktopEntry(head + "Comment=" + std::string(kMaxValue_bytes + 1, 'c')).error().code == Errc::TooLarge);
    std::string many = head + "MimeType=";
    for (int i = 0; i < 3000; ++i)
        many += "a/b;";
    QCOMPARE(parseDesktopEntry(many)->mimeTypes.size(), kMaxListItems);
}

void TestDesktopEntry::valuesAreUnescaped()
{
    QCOMPARE(unescaped(R"(a\sb\tc\\d\$e\)"), std::string("a b\tc\\d\\$e\\"));
}

void TestDesktopEntry::listsAreUnescaped()
{
    QCOMPARE(listOf(R"(a;b\;c;;d)", 10), Arguments({"a", "b;c", "d"}));
    QCOMPARE(listOf("a;b;c", 2), Arguments({"a", "b"}));
}

void TestDesktopEntry::fieldCodes_data()
{
    QTest::addColumn<QString>("exec");
    QTest::addColumn<QStringList>("arguments");
    auto row = [](const char* exec, const QStringList& arguments) { QTest::newRow(exec) << QString::fromUtf8(exec) << arguments; };
    auto list = [](std::initializer_list<const char*> texts) {
        QStringList out;
        for (const char* text : texts)
            out.append(QString::fromUtf8(text));
        return out;
    };
    row("view %f", list({"view", "/a b"}));
    row("view %F -x", list({"view", "/a b", "/c", "-x"}));
    row("view %u", list({"view", "file:///a%20b"}));
    row("view %U", list({"view", "file:///a%20b", "file:///c"}));
    row("view", list({"view", "/a b"}));
    row("view --file=%f", list({"view", "--file=/a b"}));
    row("view %i %c %k %%", list({"view", "--icon", "viewer", "Viewer", "/usr/share/applications/viewer.desktop", "%", "/a b"}));
    row("view %d %D %n %N %v %m %f", list({"view", "/a b"}));
    row("\"/opt/my program/view\" \"a \\\"b\\\" \\$c \\\\\" %f", list({"/opt/my program/view", "a \"b\" $c \\", "/a b"}));
    row("sh -c 'echo \"one two\"' \"\" %f", list({"sh", "-c", "echo \"one two\"", "", "/a b"}));
    row("view\\ er \t x %f", list({"view er", "x", "/a b"}));
}

void TestDesktopEntry::fieldCodes()
{
    QFETCH(QString, exec);
    QFETCH(QStringList, arguments);
    QStringList found;
    for (const std::string& argument : expand(exec.toStdString(), {"/a b", "/c"}))
        found.append(QString::fromStdString(argument));
    QCOMPARE(found, arguments);
}

void TestDesktopEntry::hostileFileNamesStayOneArgument()
{
    for (const char* name : {"/in/%f %U %k.pdf", "/in/-rf", "/in/a\" ; reboot \"", "/in/$(reboot)`x`", "/in/a\nb", "/in/%"}) {
        QCOMPARE(expand("view %f", {name}), Arguments({"view", name}));
        QCOMPARE(expand("view --x=%f", {name}), Arguments({"view", std::string("--x=") + name}));
        QCOMPARE(expand("view %u", {name}).size(), std::size_t{2});
        QCOMPARE(expand("view", {name}), Arguments({"view", name}));
    }
}

void TestDesktopEntry::brokenExecIsRefused_data()
{
    QTest::addColumn<QString>("exec");
    for (const char* exec : {"", "   ", "\"\"", "view \"open", "view 'open", "view %", "view %q", "view \"%f\"", "sh -c 'cat %u'", "view x%F", "%f", "%c x"})
        QTest::newRow(*exec ? exec : "empty") << QString::fromUtf8(exec);
}

void TestDesktopEntry::brokenExecIsRefused()
{
    QFETCH(QString, exec);
    auto arguments = execToArguments(withExec(exec.toStdString()), {"/a"});
    QVERIFY(!arguments);
    QVERIFY(arguments.error().code == Errc::Malformed);
}

void TestDesktopEntry::listingRules()
{
    auto listed = [](const char* extra) {
        return isListed(*parseDesktopEntry(std::string("[Desktop Entry]\nName=x\nExec=x\nType=Application\n") + extra));
    };
    QVERIFY(listed(""));
    QVERIFY(listed("NotShowIn=GNOME;"));
    QVERIFY(!listed("NoDisplay=true"));
    QVERIFY(!listed("Hidden=true"));
    QVERIFY(!listed("OnlyShowIn=GNOME;"));
    QVERIFY(!listed("Type=Link"));
    QVERIFY(!listed("Exec="));
}

void TestDesktopEntry::uriEscapesWhatIsNotPlain()
{
    QCOMPARE(fileUri("/home/user/100% \xc3\xa4#?.pdf"), std::string("file:///home/user/100%25%20%C3%A4%23%3F.pdf"));
}

void TestDesktopEntry::foldersAreOrdered()
{
    using Paths = std::vector<std::filesystem::path>;
    QVERIFY(applicationFolders("/h", "", "") == Paths({"/h/.local/share/applications", "/usr/local/share/applications", "/usr/share/applications"}));
    QVERIFY(applicationFolders("/h", "/d", "/a:relative::/b") == Paths({"/d/applications", "/a/applications", "/b/applications"}));
}

static void write(const QTemporaryDir& folder, const char* name, const std::string& text)
{
    std::filesystem::path path = folder.filePath(QString::fromUtf8(name)).toStdString();
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

void TestDesktopEntry::strongerFolderHidesAnId()
{
    QTemporaryDir strong, weak;
    write(strong, "a.desktop", "[Desktop Entry]\nName=strong\n");
    write(weak, "a.desktop", "[Desktop Entry]\nName=weak\n");
    write(weak, "sub/b.desktop", "[Desktop Entry]\nName=b\n");
    auto entries = readApplications({strong.path().toStdString(), weak.path().toStdString(), "/nowhere"}, "C");
    QCOMPARE(entries.size(), std::size_t{2});
    QCOMPARE(entries[0].name, std::string("strong"));
    QCOMPARE(entries[1].id, std::string("sub-b.desktop"));
    QVERIFY(entries[1].file.ends_with("/sub/b.desktop"));
}

void TestDesktopEntry::oddFilesInAFolderAreLeftOut()
{
    QTemporaryDir folder;
    write(folder, "good.desktop", "[Desktop Entry]\nName=good\n");
    write(folder, "bad.desktop", "\xff");
    write(folder, "readme.txt", "[Desktop Entry]\nName=text\n");
    std::filesystem::create_directory(folder.filePath(QStringLiteral("folder.desktop")).toStdString());
    std::filesystem::create_symlink("/dev/zero", folder.filePath(QStringLiteral("endless.desktop")).toStdString());
    std::filesystem::create_directory_symlink("/", folder.filePath(QStringLiteral("root")).toStdString());
    auto entries = readApplications({folder.path().toStdString()}, "C");
    QCOMPARE(entries.size(), std::size_t{1});
    QCOMPARE(entries[0].name, std::string("good"));
}

void TestDesktopEntry::everyEntryOfThisMachineIsRead()
{
    auto paths = findEntries({"/usr/share/applications"});
    QVERIFY(!paths.empty());
    for (const auto& [id, path] : paths) {
        auto entry = readEntry(id, path, "de_DE.UTF-8");
        QVERIFY2(entry.has_value(), id.c_str());
        if (entry->application)
            QVERIFY2(execToArguments(*entry, {"/x"}).has_value(), id.c_str());
    }
}

QTEST_GUILESS_MAIN(TestDesktopEntry)
#include "tst_desktop_entry.moc"
