// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <filesystem>
#include <fstream>

#include <QRegularExpression>
#include <QTemporaryDir>

#include "app/init/mime/associations.h"
#include "app/init/mime/mime_database.h"

using namespace annex;
using namespace annex::init::mime;
using Names = std::vector<std::string>;

namespace {

/// A magic file with the sections given as "[50:type]\n" and rules with text values.
class MagicText {
public:
    MagicText& section(const char* head)
    {
        m_text.append(head).push_back('\n');
        return *this;
    }
    MagicText& rule(const std::string& place, std::string_view value, const std::string& tail = {})
    {
        m_text.append(place).push_back('=');
        m_text.push_back(static_cast<char>(value.size() >> 8));
        m_text.push_back(static_cast<char>(value.size()));
        m_text.append(value).append(tail).push_back('\n');
        return *this;
    }
    Magic parsed() const
    {
        Magic magic;
        magic.add(m_text);
        return magic;
    }

private:
    std::string m_text{"MIME-Magic\0\n", 12};
};

std::string typeOf(const Magic& magic, std::string_view content)
{
    return magic.typeOf(asBytes(content));
}

} // namespace

class TestMime : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void globsByWeightThenLength();
    void globsFoldCaseUnlessTold();
    void brokenGlobLinesAreSkipped();
    void magicByPriority();
    void magicRange();
    void magicMask();
    void magicWordOrder();
    void magicChildrenMustMatch();
    void magicValueMayHoldNewlines();
    void brokenMagicCountsUpToThere();
    void magicLimits();
    void nameDecidesBeforeContent();
    void contentDecidesBetweenNames();
    void textAndBytesAreTold();
    void parentsNearestFirst();
    void parentsInACircle();
    void aliasesAreResolved();
    void realDatabase_data();
    void realDatabase();
    void realMagicFileIsReadToItsEnd();
    void defaultsComeFirst();
    void removedAssociationsAreHonoured();
    void withoutCacheTheEntriesAreRead();
};

void TestMime::globsByWeightThenLength()
{
    Globs globs;
    globs.add("50:a/gz:*.gz\n50:a/tgz:*.tar.gz\n80:a/heavy:h*\n50:a/one:*.x\n50:a/two:*.x\n50:a/one:*.x\n");
    QCOMPARE(globs.typesOf("b.tar.gz"), Names({"a/tgz"}));
    QCOMPARE(globs.typesOf("h.tar.gz"), Names({"a/heavy"}));
    QCOMPARE(globs.typesOf("b.x"), Names({"a/one", "a/two"}));
    QCOMPARE(globs.typesOf("nothing"), Names());
}

void TestMime::globsFoldCaseUnlessTold()
{
    Globs globs;
    globs.add("50:a/c:*.C:cs\n50:a/pdf:*.pdf\n");
    QCOMPARE(globs.typesOf("X.PDF"), Names({"a/pdf"}));
    QCOMPARE(globs.typesOf("x.C"), Names({"a/c"}));
    QCOMPARE(globs.typesOf("x.c"), Names());
}

void TestMime::brokenGlobLinesAreSkipped()
{
    Globs globs;
    globs.add("#c\n\nx:a/b:*.q\n50\n50:\n50:a/b\n50:a/b:\n50:a/long:" + std::string(500, '*') + "\n50:a/b:__NOGLOBS__\n50:a/ok:*.ok");
    QCOMPARE(globs.typesOf("x.ok"), Names({"a/ok"}));
    QCOMPARE(globs.typesOf("__NOGLOBS__"), Names());
}

void TestMime::magicByPriority()
{
    Magic magic = MagicText().section("[40:a/low]").rule(">0", "AB").section("[60:a/high]").rule(">0", "A").parsed();
    QCOMPARE(typeOf(magic, "AB"), std::string("a/high"));
    QCOMPARE(typeOf(magic, "BB"), std::string());
}

void TestMime::magicRange()
{
    Magic magic = MagicText().section("[50:a/b]").rule(">2", "XY", "+3").parsed();
    QCOMPARE(typeOf(magic, "..XY"), std::string("a/b"));
    QCOMPARE(typeOf(magic, "....XY"), std::string("a/b"));
    QCOMPARE(typeOf(magic, ".....XY"), std::string());
    QCOMPARE(typeOf(magic, "..X"), std::string());
}

void TestMime::magicMask()
{
    Magic magic = MagicText().section("[50:a/b]").rule(">0", "AB", "&\xdf\xff").parsed();
    QCOMPARE(typeOf(magic, "aB"), std::string("a/b"));
    QCOMPARE(typeOf(magic, "ab"), std::string());
}

void TestMime::magicWordOrder()
{
    Magic magic = MagicText().section("[50:a/b]").rule(">0", "ABCD", "~4").section("[40:a/c]").rule(">0", "ABCD", "~2").parsed();
    QCOMPARE(typeOf(magic, "DCBA"), std::string("a/b"));
    QCOMPARE(typeOf(magic, "BADC"), std::string("a/c"));
}

void TestMime::magicChildrenMustMatch()
{
    Magic magic = MagicText().section("[50:a/b]").rule(">0", "A").rule("1>1", "B").rule("1>1", "C").rule("2>2", "D").rule(">0", "Z").parsed();
    QCOMPARE(typeOf(magic, "AB"), std::string("a/b"));
    QCOMPARE(typeOf(magic, "ACD"), std::string("a/b"));
    QCOMPARE(typeOf(magic, "ACx"), std::string());
    QCOMPARE(typeOf(magic, "A"), std::string());
    QCOMPARE(typeOf(magic, "Z"), std::string("a/b"));
}

void TestMime::magicValueMayHoldNewlines()
{
    Magic magic = MagicText().section("[50:a/b]").rule(">0", "\n[9:x/y]\n").section("[50:a/c]").rule(">0", "C").parsed();
    QCOMPARE(typeOf(magic, "\n[9:x/y]\n"), std::string("a/b"));
    QCOMPARE(typeOf(magic, "C"), std::string("a/c"));
}

void TestMime::brokenMagicCountsUpToThere()
{
    Magic magic = MagicText().section("[50:a/b]").rule(">0", "A").section("[nonsense").rule(">0", "B").parsed();
    QCOMPARE(typeOf(magic, "A"), std::string("a/b"));
    QCOMPARE(typeOf(magic, "B"), std::string());
    Magic none;
    none.add("not a magic file");
    none.add("");
    none.add(std::string_view("MIME-Magic\0\n[50:a/b]\n>0=\xff", 26));
    QCOMPARE(typeOf(none, "A"), std::string());
}

void TestMime::magicLimits()
{
    Magic magic = MagicText().section("[50:a/b]").rule(">4294967295", "A", "+4294967295").section("[50:a/c]").rule(">0", "A").parsed();
    QCOMPARE(typeOf(magic, "A"), std::string("a/c"));
    Magic deep = MagicText().section("[50:a/b]").rule("33>0", "A").parsed();
    QCOMPARE(typeOf(deep, "A"), std::string());
}

void TestMime::nameDecidesBeforeContent()
{
    MimeDatabase database;
    database.addGlobs("50:a/named:*.n\n");
    QCOMPARE(database.typeOf("x.n", asBytes("text")), std::string("a/named"));
}

void TestMime::contentDecidesBetweenNames()
{
    MimeDatabase database;
    database.addGlobs("50:a/one:*.n\n50:a/two:*.n\n");
    database.addMagic(std::string_view("MIME-Magic\0\n[50:a/base]\n>0=\0\1A\n", 31));
    database.addSubclasses("a/two a/base\n");
    QCOMPARE(database.typeOf("x.n", asBytes("A")), std::string("a/two"));
    QCOMPARE(database.typeOf("x.n", asBytes("B")), std::string("a/one"));
}

void TestMime::textAndBytesAreTold()
{
    MimeDatabase database;
    QCOMPARE(database.typeOf("x", asBytes("plain \xc3\xa4\n")), std::string("text/plain"));
    QCOMPARE(database.typeOf("x", asBytes(std::string_view("a\0b", 3))), std::string("application/octet-stream"));
    QCOMPARE(database.typeOf("x", {}), std::string("text/plain"));
}

void TestMime::parentsNearestFirst()
{
    MimeDatabase database;
    database.addSubclasses("a/c a/b\na/b a/a\ntext/x text/y\n");
    QCOMPARE(database.withParents("a/c"), Names({"a/c", "a/b", "a/a"}));
    QCOMPARE(database.withParents("text/x"), Names({"text/x", "text/y", "text/plain"}));
    QCOMPARE(database.withParents("text/plain"), Names({"text/plain"}));
}

void TestMime::parentsInACircle()
{
    MimeDatabase database;
    database.addSubclasses("a/a a/b\na/b a/a\n");
    QCOMPARE(database.withParents("a/a"), Names({"a/a", "a/b"}));
}

void TestMime::aliasesAreResolved()
{
    MimeDatabase database;
    database.addGlobs("50:application/x-pdf:*.pdf\n");
    database.addAliases("application/x-pdf application/pdf\n");
    QCOMPARE(database.typeOf("x.pdf", {}), std::string("application/pdf"));
}

void TestMime::realDatabase_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("type");
    auto row = [](const char* name, const QByteArray& content, const char* type) {
        QTest::addRow("%s %s", name, type) << QByteArray(name) << content << QByteArray(type);
    };
    row("a.pdf", "", "application/pdf");
    row("a", "%PDF-1.7\n", "application/pdf");
    row("a.PNG", "", "image/png");
    row("a", QByteArray("\x89PNG\r\n\x1a\n"), "image/png");
    row("a", QByteArray("\xff\xd8\xff\xe0"), "image/jpeg");
    row("a.html", "", "text/html");
    row("a.tar.gz", "", "application/x-compressed-tar");
    row("a.odt", "", "application/vnd.oasis.opendocument.text");
    row("a", QByteArray("\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0", 18), "application/x-executable");
    row("a", "#!/bin/sh\n", "application/x-shellscript");
    row("Makefile", "", "text/x-makefile");
    row("a.desktop", "", "application/x-desktop");
}

void TestMime::realDatabase()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, type);
    auto database = MimeDatabase::read({"/usr/share"});
    QCOMPARE(QByteArray::fromStdString(database.typeOf(name.toStdString(), asBytes(content.toStdString()))), type);
}

void TestMime::realMagicFileIsReadToItsEnd()
{
    QFile file(QStringLiteral("/usr/share/mime/magic"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray text = file.readAll();
    Magic magic;
    magic.add({text.constData(), static_cast<std::size_t>(text.size())});
    auto heads = QRegularExpression(QStringLiteral("\n\\[\\d+:[a-z]")).globalMatch(QString::fromLatin1(text));
    std::size_t count = 0;
    for (; heads.hasNext(); heads.next())
        ++count;
    QVERIFY(count > 100);
    QCOMPARE(magic.sectionCount(), count);
}

void TestMime::defaultsComeFirst()
{
    Associations associations;
    associations.addList("[Added Associations]\na/b=added.desktop;\n[Default Applications]\na/b=one.desktop;two.desktop\n");
    associations.addCache("[MIME Cache]\na/b=cached.desktop;two.desktop;\n[Other]\na/b=x.desktop;\n");
    associations.addEntry("scanned.desktop", {"a/b"});
    QCOMPARE(associations.programsFor("a/b"), Names({"one.desktop", "two.desktop", "added.desktop", "cached.desktop", "scanned.desktop"}));
    QCOMPARE(associations.programsFor("a/c"), Names());
}

void TestMime::removedAssociationsAreHonoured()
{
    Associations associations;
    associations.addList("[Removed Associations]\na/b=unwanted.desktop;\n");
    associations.addList("[Added Associations]\na/b=unwanted.desktop;kept.desktop;\n"); // a weaker list
    associations.addCache("[MIME Cache]\na/b=unwanted.desktop;other.desktop;\n");
    QCOMPARE(associations.programsFor("a/b"), Names({"kept.desktop", "other.desktop"}));
}

void TestMime::withoutCacheTheEntriesAreRead()
{
    QTemporaryDir folder;
    std::ofstream(folder.filePath(QStringLiteral("view.desktop")).toStdString())
        << "[Desktop Entry]\nType=Application\nName=View\nExec=view\nMimeType=a/b;\n";
    AssociationFolders folders;
    folders.applications = {folder.path().toStdString()};
    QCOMPARE(Associations::read(folders).programsFor("a/b"), Names({"view.desktop"}));
}

QTEST_GUILESS_MAIN(TestMime)
#include "tst_mime.moc"
