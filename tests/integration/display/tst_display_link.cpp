// SPDX-License-Identifier: Apache-2.0
// The stream to the viewer: absent, killed, slow, without a pool; and a compositor that sleeps when nothing happens.
#include <csignal>

#include <QFile>

#include "display_fixture.h"

using namespace annex::test;
using namespace annex::display;

class TestDisplayLink : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void runsProgramsWithoutAViewer();
    void announcesEverythingToANewViewer();
    void findsThePreambleInTheMiddleOfAMessage();
    void ignoresNonsenseUntilTheNextPreamble();
    void sendsPixelsInlineWithoutAPool();
    void waitsForAcknowledgements();
    void sleepsWhenNothingHappens();
    void endsWithTheStream();
    void saysHowItIsStarted();
};

void TestDisplayLink::runsProgramsWithoutAViewer()
{
    DisplayFixture f({}, false);
    GuestProgram* client = f->runClient({});
    ANNEX_WAIT(f, client->said("decoration"));
    client->tell("colour ff00aa00");
    ANNEX_WAIT(f, client->said("did colour"));
    f->attach(); // late, and finds it
    ANNEX_WAIT(f, f->shown() != 0 && f->window(f->shown())->at(0, 0) == 0xff00aa00u);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayLink::announcesEverythingToANewViewer()
{
    DisplayFixture f;
    const auto first = f.showClient({"--title", "one", "--popup", "--min", "50x40"});
    const auto second = f.showClient({"--title", "two"});
    QVERIFY(first && second);
    f->setAcknowledge(false); // killed before it could answer
    f.client()->tell("colour ffcc0000");
    ANNEX_WAIT(f, f->window(second)->at(0, 0) == 0xffcc0000u);
    f->setAcknowledge(true);
    for (int viewer = 0; viewer < 5; ++viewer) {
        f->attach();
        ANNEX_WAIT(f, f->shownCount() == 2);
        std::map<std::string, const SeenWindow*> byTitle;
        for (const auto& [id, window] : f->windows())
            byTitle[window.title] = &window;
        QVERIFY(byTitle.contains("one") && byTitle.contains("two"));
        QCOMPARE(byTitle["one"]->hints.minimumWidth, 50);
        QCOMPARE(byTitle["two"]->at(299, 199), 0xffcc0000u);
    }
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayLink::findsThePreambleInTheMiddleOfAMessage()
{
    DisplayFixture f;
    QVERIFY(f.showClient());
    annex::ByteVector message;
    append(message, 0, Keymap{std::string(1000, 'x')});
    message.resize(200); // the viewer died here
    f->sendRaw(message);
    f->attach();
    ANNEX_WAIT(f, f->shownCount() == 1);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayLink::ignoresNonsenseUntilTheNextPreamble()
{
    DisplayFixture f;
    QVERIFY(f.showClient());
    annex::ByteVector nonsense(5000, 0xee);
    f->sendRaw(nonsense);
    f->settle(std::chrono::milliseconds(100));
    QVERIFY(f->displayAlive());
    f->attach();
    ANNEX_WAIT(f, f->shownCount() == 1);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayLink::sendsPixelsInlineWithoutAPool()
{
    TestHost::Options options;
    options.display.inlineFrames = true;
    DisplayFixture f(options);
    const auto id = f.showClient({"--size", "1500x1600"}); // 9.6 MB: more than one band
    QVERIFY(id);
    QCOMPARE(f->window(id)->at(1499, 1599), 0xff336699u);
    f.client()->tell("damage 10 20 30 40 ffcc0000");
    ANNEX_WAIT(f, f->window(id)->at(39, 59) == 0xffcc0000u);
    QCOMPARE(f->window(id)->at(40, 59), 0xff336699u);
    const auto serial = f->configure(id, 400, 300);
    ANNEX_WAIT(f, f->window(id)->configureSerial == serial);
    QCOMPARE(f->window(id)->width, 400);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayLink::waitsForAcknowledgements()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->setAcknowledge(false);
    f.client()->tell("animate 1000000");
    QVERIFY(f.clientSays("did animate"));
    f->settle(std::chrono::milliseconds(300));
    const auto frames = f->window(id)->frames;
    QVERIFY(frames <= 1 + kMaxSlotsPerWindow); // the first one, and what fits into the slots
    f->setAcknowledge(true);
    ANNEX_WAIT(f, f->window(id)->frames > frames + 20);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayLink::sleepsWhenNothingHappens()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->tap(30);
    QVERIFY(f.clientSays("key 30 0"));
    auto switches = [&] {
        QFile status(QStringLiteral("/proc/%1/status").arg(f->display().pid()));
        long sum = 0;
        if (status.open(QIODevice::ReadOnly)) {
            for (const QByteArray& line : status.readAll().split('\n')) {
                if (line.startsWith("voluntary_ctxt_switches:"))
                    sum += line.mid(24).trimmed().toLong();
            }
        }
        return sum;
    };
    f->settle(std::chrono::milliseconds(500));
    const long before = switches();
    QVERIFY(before > 0);
    f->settle(std::chrono::seconds(3));
    QCOMPARE(switches() - before, 0L);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayLink::endsWithTheStream()
{
    DisplayFixture f;
    QVERIFY(f.showClient());
    f->closeStream();
    ANNEX_WAIT(f, !f->displayAlive());
    auto status = f->display().wait();
    QVERIFY(status);
    QVERIFY(status->succeeded());
}

void TestDisplayLink::saysHowItIsStarted()
{
    QTemporaryDir folder;
    auto help = GuestProgram::start({ANNEX_BIN_DIR "/annex-display", "--help"}, {"PATH=/usr/bin"});
    QVERIFY(help);
    auto status = help->process().wait();
    QVERIFY(status && status->succeeded());
    help->readOutput();
    QVERIFY(help->said("annex-display"));
    QVERIFY(help->said("  3  display stream"));
}

QTEST_GUILESS_MAIN(TestDisplayLink)
#include "tst_display_link.moc"
