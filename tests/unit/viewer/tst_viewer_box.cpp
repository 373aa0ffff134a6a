// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <QFile>
#include <QTest>

#include "tests/unit/viewer/viewer_test.h"

using namespace annex;
using namespace annex::test;
using namespace annex::viewer_test;
using namespace Qt::StringLiterals;

namespace {

/// A line of /proc/PID/status, without its key.
QByteArray status(pid_t pid, const QByteArray& key)
{
    QFile file(u"/proc/%1/status"_s.arg(pid));
    if (file.open(QIODevice::ReadOnly))
        for (const QByteArray& line : file.readAll().split('\n'))
            if (line.startsWith(key + ":"))
                return line.mid(key.size() + 1).trimmed();
    return {};
}

QByteArray limitOf(pid_t pid, const QByteArray& name)
{
    QFile file(u"/proc/%1/limits"_s.arg(pid));
    if (file.open(QIODevice::ReadOnly))
        for (const QByteArray& line : file.readAll().split('\n'))
            if (line.startsWith(name))
                return line.mid(26).simplified();
    return {};
}

} // namespace

/// The viewer's box, seen from outside; what hostile code inside it may do is tried by tests/security (S22).
class TestViewerBox : public QObject {
    Q_OBJECT
    std::unique_ptr<VirtualDisplay> m_display;

private Q_SLOTS:
    void initTestCase()
    {
        m_display = std::make_unique<VirtualDisplay>();
        QVERIFY(m_display->isReady());
    }
    void theProcessIsShutIn();
    void withoutTheBoxItIsNot();
    void theHelloSaysWhatHolds();
    void everythingStillWorksInside();
};

void TestViewerBox::theProcessIsShutIn()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin()); // the guest is greeted only from inside the box
    QCOMPARE(status(viewer.pid(), "NoNewPrivs"), QByteArray("1"));
    QCOMPARE(status(viewer.pid(), "Seccomp"), QByteArray("2"));
    QVERIFY(status(viewer.pid(), "Seccomp_filters").toInt() >= 1);
    // Not dumpable: the kernel gives its files in /proc to root, and nobody of the same account may look into its memory.
    const QFileInfo maps(u"/proc/%1/maps"_s.arg(viewer.pid()));
    QCOMPARE(maps.ownerId(), 0u);
    QVERIFY(limitOf(viewer.pid(), "Max core file size").startsWith("0 0"));
    QVERIFY(limitOf(viewer.pid(), "Max open files").startsWith("512 512"));
    QVERIFY(!limitOf(viewer.pid(), "Max address space").startsWith("unlimited"));
}

void TestViewerBox::withoutTheBoxItIsNot()
{
    // The positive control: the same questions have other answers.
    ViewerHarness viewer({u"--no-box"_s});
    QVERIFY(viewer.begin());
    QCOMPARE(status(viewer.pid(), "NoNewPrivs"), QByteArray("0"));
    QCOMPARE(status(viewer.pid(), "Seccomp"), status(::getpid(), "Seccomp"));
    const auto box = viewer.waitFor(u"hello"_s)["box"_L1].toObject();
    QVERIFY(!box["seccomp"_L1].toBool(true));
}

void TestViewerBox::theHelloSaysWhatHolds()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const QJsonObject hello = viewer.waitFor(u"hello"_s);
    QCOMPARE(hello["version"_L1].toInt(), 1);
    const QJsonObject box = hello["box"_L1].toObject();
    QVERIFY(box["seccomp"_L1].toBool());
    QVERIFY(box.contains("landlock"_L1)); // whether this kernel has it is the machine's matter; that it is said is ours
}

void TestViewerBox::everythingStillWorksInside()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    FakeGuest& guest = viewer.guest();
    // Windows, titles with letters that no font was opened for yet, icons, cursors, popups, the menu, full screen: all after the box was shut.
    for (int i = 0; i < 12; ++i) {
        const std::uint32_t id = guest.showToplevel("window " + std::to_string(i) + " \xe6\xbc\xa2\xe5\xad\x97 \xd7\x90\xd7\x91 \xf0\x9f\x90\x9f", 420, 260,
                                                    0xff203040u + static_cast<unsigned>(i));
        display::Icon icon{48, 48, ByteVector(48 * 48 * 4, 0x80)};
        guest.send(id, icon);
    }
    display::Cursor cursor{24, 24, 3, 3, ByteVector(24 * 24 * 4, 0xff)};
    guest.send(0, cursor);
    QVERIFY(eventually(viewer, [] { return screen::windows(u"^\\[Untrusted\\] window"_s).size() == 12; }));
    const screen::Window last = screen::windows(u"^\\[Untrusted\\] window 11"_s).first();
    screen::activate(last);
    screen::moveTo(contentOf(last).center());
    screen::key(u"ctrl+alt+space"_s);
    viewer.settle(300ms);
    screen::key(u"Escape"_s);
    guest.showPopup(12, {10, 10, 100, 60}, 0xffaabbcc);
    screen::key(u"ctrl+alt+Return"_s);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(last.id).box == QRect(0, 0, 1600, 1000); }));
    screen::key(u"ctrl+alt+Return"_s);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(last.id).box.width() < 1600; }));
    QVERIFY(viewer.isRunning());
    QCOMPARE(status(viewer.pid(), "Seccomp"), QByteArray("2"));
}

QTEST_GUILESS_MAIN(TestViewerBox)
#include "tst_viewer_box.moc"
