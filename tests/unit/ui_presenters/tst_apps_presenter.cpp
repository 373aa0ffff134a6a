// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "ui/presenters/apps_presenter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;
using P = AppsPresenter;

namespace {

AppEntry entry(const QString& id, const QString& name, const QString& command)
{
    AppEntry e;
    e.id = id;
    e.name = name;
    e.exec = {command};
    return e;
}

QVector<AppEntry> entries()
{
    AppEntry evince = entry(u"org.gnome.Evince.desktop"_s, u"Document Viewer"_s, u"/usr/bin/evince"_s);
    evince.keywords = {u"pdf"_s, u"presentation"_s};
    return {entry(u"foot.desktop"_s, u"Foot"_s, u"foot"_s), evince, entry(u"firefox-esr.desktop"_s, u"Firefox ESR"_s, u"/usr/lib/firefox-esr/firefox-esr"_s)};
}

QStringList names(const QVector<AppTile>& tiles)
{
    QStringList list;
    for (const AppTile& tile : tiles)
        list << tile.name;
    return list;
}

FieldResult field(const QString& text, HostPath found = {}, const QVector<AppTile>& shown = {})
{
    return P::field(text, u"/home/ada"_s, found, shown, u"Untrusted"_s);
}

} // namespace

class TestAppsPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filtersByNameKeywordAndCommand()
    {
        QCOMPARE(names(P::tiles(entries(), {}, u"doc"_s, AppOrder::ByName, {})), QStringList{u"Document Viewer"_s});
        QCOMPARE(names(P::tiles(entries(), {}, u"PDF"_s, AppOrder::ByName, {})), QStringList{u"Document Viewer"_s});
        QCOMPARE(names(P::tiles(entries(), {}, u"evin"_s, AppOrder::ByName, {})), QStringList{u"Document Viewer"_s});
        QVERIFY(P::tiles(entries(), {}, u"gimpp"_s, AppOrder::ByName, {}).isEmpty());
    }

    void ordersByUseThenByName()
    {
        QCOMPARE(names(P::tiles(entries(), {}, {}, AppOrder::ByName, {})), QStringList({u"Document Viewer"_s, u"Firefox ESR"_s, u"Foot"_s}));
        QCOMPARE(names(P::tiles(entries(), {}, {}, AppOrder::MostUsed, {{u"foot.desktop"_s, 3}})),
                 QStringList({u"Foot"_s, u"Document Viewer"_s, u"Firefox ESR"_s}));
    }

    void marksWhatRuns()
    {
        const QVector<AppTile> tiles = P::tiles(entries(), {{u"1"_s, u"x.pdf"_s, u"evince"_s, false, true}}, {}, AppOrder::ByName, {});
        QVERIFY(tiles[0].running);
        QCOMPARE(tiles[0].accessible, u"Document Viewer, running"_s);
        QVERIFY(!tiles[1].running);
    }

    void makesCards()
    {
        const QVector<OpenCard> cards = P::cards({{u"1"_s, u"invoice.pdf"_s, u"org.gnome.Evince"_s, false, true}, {u"2"_s, {}, u"foot"_s, true, false}}, entries());
        QCOMPARE(cards[0].title, u"invoice.pdf"_s);
        QCOMPARE(cards[0].program, u"Document Viewer"_s);
        QCOMPARE(cards[0].state, u"In front"_s);
        QCOMPARE(cards[0].accessible, u"invoice.pdf, Document Viewer, in front"_s);
        QCOMPARE(cards[1].title, u"Foot"_s); // a window without a title is its program
        QCOMPARE(cards[1].state, u"Minimised"_s);
    }

    void aPathOpensAFile()
    {
        const FieldResult result = field(u"~/Downloads/invoice.pdf"_s, {true, false});
        QCOMPARE(result.action, FieldAction::OpenFile);
        QCOMPARE(result.path, u"/home/ada/Downloads/invoice.pdf"_s);
        QCOMPARE(result.row, u"Open invoice.pdf in Untrusted"_s);
        QCOMPARE(field(u"file:///tmp/a%20b.txt"_s, {true, false}).path, u"/tmp/a b.txt"_s);
    }

    void aFolderOrNothingOpensNothing()
    {
        QCOMPARE(field(u"/home/ada"_s, {true, true}).action, FieldAction::None);
        QVERIFY(field(u"/home/ada"_s, {true, true}).row.contains(u"is a folder"_s));
        QCOMPARE(field(u"/no/such"_s).action, FieldAction::None);
        QCOMPARE(field(u"/no/such"_s).row, u"No file at this place: /no/such"_s);
    }

    void enterTakesTheFirstTile()
    {
        AppTile tile;
        tile.id = u"foot.desktop"_s;
        const FieldResult result = field(u"foo"_s, {}, {tile});
        QCOMPARE(result.action, FieldAction::OpenApp);
        QCOMPARE(result.app, u"foot.desktop"_s);
        QVERIFY(result.row.isEmpty());
    }

    void aWordThatMatchesNothingRuns()
    {
        const FieldResult result = field(u"gimpp --new"_s);
        QCOMPARE(result.action, FieldAction::RunCommand);
        QCOMPARE(result.argv, QStringList({u"gimpp"_s, u"--new"_s}));
        QCOMPARE(P::noMatch(u"gimpp"_s), u"Nothing called “gimpp”. Press Enter to run it as a command."_s);
    }

    void splitsCommandsWithoutAShell_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("spaces") << u"  a  b "_s << QStringList{u"a"_s, u"b"_s};
        QTest::newRow("quotes") << u"xterm -T 'a b' \"c d\""_s << QStringList{u"xterm"_s, u"-T"_s, u"a b"_s, u"c d"_s};
        QTest::newRow("empty word") << u"a ''"_s << QStringList{u"a"_s, QString()};
        QTest::newRow("backslash") << u"a\\ b"_s << QStringList{u"a b"_s};
        QTest::newRow("open quote") << u"a 'b"_s << QStringList{};
        QTest::newRow("nothing special to a shell") << u"a;b $(c)"_s << QStringList{u"a;b"_s, u"$(c)"_s};
    }
    void splitsCommandsWithoutAShell()
    {
        QFETCH(QString, text);
        QTEST(P::splitCommand(text), "words");
    }

    void saysItsSentences()
    {
        QCOMPARE(P::placeholder(), u"Search apps, or paste a file path"_s);
        QCOMPARE(P::dropLine(u"Untrusted"_s), u"Drop a file anywhere here. A read-only copy opens in Untrusted; the original stays untouched."_s);
        QCOMPARE(P::emptyLine(), u"No apps found in this workspace."_s);
        QCOMPARE(P::listFailed(), u"The list of apps could not be read."_s);
        QCOMPARE(P::gridName(12), u"Apps, 12 items"_s);
        QCOMPARE(P::gridName(1), u"Apps, 1 item"_s);
        QCOMPARE(P::orderName(AppOrder::MostUsed), u"Most used"_s);
        QCOMPARE(P::firstRunTitle(), u"This is a second desktop."_s);
        QVERIFY(P::firstRunText(Colour::Amber, Pattern::Dots).contains(u"dotted amber frame"_s));
        QVERIFY(!P::firstRunText(Colour::Teal, Pattern::RisingStripes).contains(u"amber"_s));
        QVERIFY(P::processLevelBar().startsWith(u"This computer offers level Process."_s));
    }
};

QTEST_GUILESS_MAIN(TestAppsPresenter)
#include "tst_apps_presenter.moc"
