// SPDX-License-Identifier: Apache-2.0
// Programs that people have: each shows a window, takes a size and keeps the protocol.
#include "display_fixture.h"

using namespace annex::test;
using namespace annex::display;

class TestDisplayPrograms : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsAndResizes_data();
    void showsAndResizes();
    void typesIntoFoot();
    void exportsThemeCursors();
};

void TestDisplayPrograms::showsAndResizes_data()
{
    QTest::addColumn<QStringList>("program");
    QTest::newRow("foot") << QStringList{QStringLiteral("/usr/bin/foot"), QStringLiteral("cat")};
    QTest::newRow("GTK 3") << QStringList{QStringLiteral("/usr/bin/gtk3-demo")};
    QTest::newRow("GTK 4") << QStringList{QStringLiteral("/usr/bin/gtk4-demo")};
    QTest::newRow("Qt 6") << QStringList{QStringLiteral(ANNEX_BIN_DIR "/annex-test-qt-program")};
    QTest::newRow("evince") << QStringList{QStringLiteral("/usr/bin/evince")};
}

void TestDisplayPrograms::showsAndResizes()
{
    QFETCH(QStringList, program);
    TestHost::Options options;
    options.refresh_mHz = 60'000;
    DisplayFixture f(options);
    std::vector<std::string> arguments;
    for (const QString& word : program)
        arguments.push_back(word.toStdString());
    f->run(arguments);
    ANNEX_WAIT(f, f->shown() != 0);
    const auto id = f->shown();
    QVERIFY(f->window(id)->width > 50);
    QVERIFY(!f->window(id)->appId.empty());
    f->focus(id);
    // Larger than the smallest size of any of them; a terminal may round to its cells.
    const auto serial = f->configure(id, 1000, 720);
    ANNEX_WAIT(f, f->window(id)->configureSerial >= serial && std::abs(f->window(id)->width - 1000) < 20);
    QVERIFY(std::abs(f->window(id)->height - 720) < 20);
    // There is a picture, not one colour.
    const auto& pixels = f->window(id)->pixels;
    ANNEX_WAIT(f, std::any_of(pixels.begin(), pixels.end(), [&](std::uint32_t p) { return p != pixels[pixels.size() / 2]; }));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayPrograms::typesIntoFoot()
{
    DisplayFixture f;
    f->run({"/usr/bin/foot", "-o", "cursor.blink=no", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    const auto id = f->shown();
    f->focus(id);
    f->settle(std::chrono::milliseconds(200));
    for (int key = 0; key < 10; ++key) {
        const auto before = f->window(id)->pixels;
        f->tap(30);
        ANNEX_WAIT(f, f->window(id)->pixels != before);
        const auto& damage = f->window(id)->lastDamage;
        std::int64_t area = 0;
        for (const Rect& r : damage)
            area += std::int64_t{r.width} * r.height;
        QVERIFY2(area < 100 * 1000, "a key press costs some cells, not the window");
    }
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayPrograms::exportsThemeCursors()
{
    DisplayFixture f;
    f->run({"/usr/bin/foot", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    f->movePointer(f->shown(), 60, 60);
    ANNEX_WAIT(f, f->cursor().has_value() && f->cursor()->width > 0);
    QVERIFY(f->cursor()->hotspotX < f->cursor()->width);
    ANNEX_VERIFY_SOUND(f);
}

QTEST_GUILESS_MAIN(TestDisplayPrograms)
#include "tst_display_programs.moc"
