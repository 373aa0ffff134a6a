// SPDX-License-Identifier: Apache-2.0
#include <QImage>
#include <QPainter>
#include <QTest>

#include "ui/frame/menu_model.h"
#include "ui/frame/menu_painter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;

namespace {

QHash<QString, MenuItemState> ordinary()
{
    return {{u"paste"_s, {}}, {u"copy-out"_s, {true, true, u"locked by Acme Ltd"_s}}, {u"send-file-in"_s, {}},
            {u"copy-in-toggle"_s, {true, false, {}}}, {u"copy-out-toggle"_s, {false, true, u"locked by Acme Ltd"_s}}, {u"what-is-this"_s, {}}};
}

QStringList idsOf(const std::vector<MenuItem>& items)
{
    QStringList ids;
    for (const MenuItem& item : items)
        ids += item.kind == MenuItemKind::Separator ? u"-"_s : item.id;
    return ids;
}

const MenuItem& byId(const std::vector<MenuItem>& items, const QString& id)
{
    return *std::find_if(items.begin(), items.end(), [&id](const MenuItem& item) { return item.id == id; });
}

} // namespace

class TestFrameMenu : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void orderIsTheDesigns();
    void onlyWhatTheBrokerMentionedIsShown();
    void lockedItemsCanBeChosenAndSayWhy();
    void withoutBrokerTheViewersOwnRemain();
    void arrowsSkipLinesAndGoRound();
    void rowsAreHitWhereTheyAreDrawn();
    void confirmKeepsTheSafeAnswerFilled();
};

void TestFrameMenu::orderIsTheDesigns()
{
    const auto items = frameMenu(ordinary(), {});
    QCOMPARE(idsOf(items), (QStringList{u"paste"_s, u"copy-out"_s, u"send-file-in"_s, u"-"_s, u"copy-in-toggle"_s, u"copy-out-toggle"_s, u"full-screen"_s,
                                        u"-"_s, u"what-is-this"_s, u"close"_s, u"force-stop"_s}));
    QVERIFY(byId(items, u"copy-in-toggle"_s).checked);
    QCOMPARE(byId(items, u"copy-in-toggle"_s).icon, u"check"_s);
    QCOMPARE(byId(items, u"full-screen"_s).shortcut, u"Ctrl+Alt+Enter"_s);
}

void TestFrameMenu::onlyWhatTheBrokerMentionedIsShown()
{
    const auto items = frameMenu({{u"paste"_s, {}}}, {});
    QCOMPARE(idsOf(items), (QStringList{u"paste"_s, u"-"_s, u"full-screen"_s, u"-"_s, u"close"_s, u"force-stop"_s}));
}

void TestFrameMenu::lockedItemsCanBeChosenAndSayWhy()
{
    const auto items = frameMenu(ordinary(), {});
    const MenuItem& item = byId(items, u"copy-out"_s);
    QVERIFY(item.locked && item.enabled);
    QCOMPARE(item.icon, u"lock"_s);
    QCOMPARE(item.text, u"Copy to host clipboard — locked by Acme Ltd"_s);
    const auto off = frameMenu({{u"paste"_s, {false, false, u"copy in is off"_s}}}, {});
    QVERIFY(!byId(off, u"paste"_s).enabled);
    QCOMPARE(byId(off, u"paste"_s).text, u"Paste host clipboard — copy in is off"_s);
}

void TestFrameMenu::withoutBrokerTheViewersOwnRemain()
{
    MenuContext context;
    context.connected = false;
    context.fullScreen = true;
    const auto items = frameMenu(ordinary(), context);
    QCOMPARE(idsOf(items), (QStringList{u"full-screen"_s, u"-"_s, u"close"_s, u"force-stop"_s}));
    QCOMPARE(items[0].text, u"Leave full screen"_s);
}

void TestFrameMenu::arrowsSkipLinesAndGoRound()
{
    const auto items = frameMenu(ordinary(), {});
    int at = -1;
    QStringList visited;
    for (std::size_t i = 0; i < items.size(); ++i) {
        at = nextChoosable(items, at, 1);
        visited += items[static_cast<std::size_t>(at)].id;
    }
    QCOMPARE(visited.first(), u"paste"_s);
    QVERIFY(!visited.contains(QString()));
    QCOMPARE(visited.at(9), u"paste"_s); // nine can be chosen, then it starts again
    QCOMPARE(items[static_cast<std::size_t>(nextChoosable(items, -1, -1))].id, u"force-stop"_s);
    QCOMPARE(nextChoosable({}, -1, 1), -1);
}

void TestFrameMenu::rowsAreHitWhereTheyAreDrawn()
{
    Identity identity;
    identity.name = u"Untrusted"_s;
    for (double ratio : {1.0, 1.5, 2.0}) {
        const auto items = frameMenu(ordinary(), {});
        const MenuGeometry g = menuLayout(identity, items, ratio);
        QCOMPARE(g.rows.size(), items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            QCOMPARE(g.itemAt(g.rows[i].center()), static_cast<int>(i));
            if (items[i].kind != MenuItemKind::Separator)
                QVERIFY(g.rows[i].height() >= qRound(32 * ratio));
        }
        QCOMPARE(g.itemAt(g.head.center()), -1);
        for (Theme theme : {Theme::Light, Theme::Dark, Theme::HighContrast}) {
            QImage plain(g.size, QImage::Format_RGB32), marked(g.size, QImage::Format_RGB32);
            {
                QPainter a(&plain), b(&marked);
                paintMenu(a, g, identity, items, -1, theme);
                paintMenu(b, g, identity, items, 1, theme);
            }
            QVERIFY(plain.copy(g.rows[1]) != marked.copy(g.rows[1]));
            QCOMPARE(plain.copy(g.rows[2]), marked.copy(g.rows[2]));
        }
    }
}

void TestFrameMenu::confirmKeepsTheSafeAnswerFilled()
{
    const ConfirmText text = forceStopQuestion();
    QVERIFY(text.title.endsWith(u'?'));
    const ConfirmGeometry g = confirmLayout(text, 1.0);
    QVERIFY(!g.safe.intersects(g.act));
    QVERIFY(QRect(QPoint(0, 0), g.size).contains(g.act));
    QImage image(g.size, QImage::Format_RGB32);
    {
        QPainter p(&image);
        paintConfirm(p, g, text, 0, Theme::Light);
    }
    QCOMPARE(QColor(image.pixel(g.safe.left() + 6, g.safe.center().y())), tokens(Theme::Light).ink);
    QCOMPARE(QColor(image.pixel(g.act.left() + 6, g.act.center().y())), tokens(Theme::Light).raised);
}

QTEST_MAIN(TestFrameMenu)
#include "tst_frame_menu.moc"
