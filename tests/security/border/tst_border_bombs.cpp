// SPDX-License-Identifier: Apache-2.0
// S18: bombs inside stay inside their limits, in the control group that ./dev delegates, and what is promised also without one. Every bomb has
// a bound of its own a little above the limit: the control reaches that bound and no further.
#include <QTest>

#include <QDir>
#include <QDirIterator>
#include <QJsonArray>

#include <cerrno>
#include <sys/statvfs.h>
#include <unistd.h>

#include "border.h"

using namespace annex;
using namespace annex::security;
using namespace Qt::StringLiterals;

namespace {

constexpr qlonglong kMiB = 1 << 20;
constexpr qlonglong kMemory_MiB = 256;
constexpr qlonglong kQuota_MiB = 256;
constexpr qlonglong kProcesses = 1'024;     // what 256 MiB of memory give (resources/limits)
constexpr qlonglong kMostProcesses = 4'096; // what any amount gives

const QStringList kPlaces{u"/home/user"_s, u"/tmp"_s, u"/dev/shm"_s, u"/run/user/1000"_s};

qint64 sizeOf(const QString& folder)
{
    qint64 size = 0;
    for (QDirIterator it(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); it.hasNext();)
        size += QFileInfo(it.next()).size();
    return size;
}

} // namespace

class TestBorderBombs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void forks();
    void forksWithoutAGroup();
    void memory();
    void aChosenLimitThatCannotBeHeldRefusesTheStart();
    void aDefaultThatCannotBeHeldIsShown();
    void disk();
    void inodes();
    void logs();
    void leavesNothingBehind();

private:
    /// A figure of the only group of this session.
    qlonglong figure(Border& border, const std::filesystem::path& place, const char* file) const;
    /// Whether the host's side still works: the broker answers, the workspace runs a program.
    static bool allIsWell(Border& border);

    isolation::Delegation m_delegation;
    std::unique_ptr<Border> m_limited; ///< 256 MiB of memory
    std::unique_ptr<Border> m_small;   ///< 256 MiB of disk
    Controls m_controls;
};

void TestBorderBombs::initTestCase()
{
    QVERIFY2(obstacle().isEmpty(), qPrintable(obstacle()));
    m_delegation = isolation::findDelegation(::geteuid());
    // Not a skip: ./dev delegates one, and without one the limits would be untested.
    QVERIFY2(!m_delegation.memory.empty() && !m_delegation.processes.empty(), "no control group was delegated (tests/tools/delegate_cgroups.sh)");
    m_limited = std::make_unique<Border>(QStringList(), QString(), u"memory.maximum"_s, u"256 MiB"_s);
    QVERIFY(m_limited->open());
    m_small = std::make_unique<Border>(QStringList(), QString(), u"storage.quota"_s, u"256 MiB"_s);
    QVERIFY(m_small->open());
}

void TestBorderBombs::cleanupTestCase()
{
    m_controls.clear();
    m_limited.reset();
    m_small.reset();
}

qlonglong TestBorderBombs::figure(Border& border, const std::filesystem::path& place, const char* file) const
{
    const QStringList groups = border.groups(place);
    if (groups.size() != 1)
        return -1;
    const QByteArray text = fileContent(QString::fromStdString(place.string()) + u'/' + groups.first() + u'/' + QLatin1String(file)).trimmed();
    return text.isEmpty() ? -1 : text.toLongLong();
}

bool TestBorderBombs::allIsWell(Border& border)
{
    return border.session().annexctl({u"list"_s}).exitCode == 0 && eventually([&] { return border.shell(u"true"_s).exitCode == 0; });
}

void TestBorderBombs::forks()
{
    {
        auto bomb = m_limited->hold({u"fork-bomb"_s, QString::number(kProcesses + 400)});
        QVERIFY(bomb->holds());
        const QStringList said = bomb->said();
        const qlonglong forked = numberIn(said, u"^forked (\\d+) then %1$"_s.arg(EAGAIN));
        QVERIFY2(forked > 100 && forked < kProcesses, qPrintable(said.join(u'\n')));
        const qlonglong counted = figure(*m_limited, m_delegation.processes, "pids.current");
        QVERIFY2(counted > forked && counted <= kProcesses, qPrintable(QString::number(counted)));
        // The host goes on, the broker too, and the other workspace starts programs.
        QCOMPARE(m_limited->session().annexctl({u"list"_s}).exitCode, 0);
        QVERIFY(allIsWell(*m_small));
    }
    QVERIFY(allIsWell(*m_limited));
    Border* control = m_controls.without({u"limits"_s});
    QVERIFY(control);
    auto bomb = control->hold({u"fork-bomb"_s, QString::number(kProcesses + 400)});
    QVERIFY(bomb->holds());
    QCOMPARE(numberIn(bomb->said(), u"^forked (\\d+) then 0$"_s), kProcesses + 400);
}

void TestBorderBombs::forksWithoutAGroup()
{
    // The number of processes is promised also where no group was delegated.
    Border* undelegated = m_controls.without({u"delegation"_s});
    QVERIFY(undelegated);
    QCOMPARE(undelegated->groups(m_delegation.processes), QStringList());
    {
        auto bomb = undelegated->hold({u"fork-bomb"_s, QString::number(kMostProcesses + 200)});
        QVERIFY(bomb->holds());
        const qlonglong forked = numberIn(bomb->said(), u"^forked (\\d+) then %1$"_s.arg(EAGAIN));
        QVERIFY2(forked > kProcesses && forked < kMostProcesses, qPrintable(bomb->said().join(u'\n')));
        QCOMPARE(undelegated->session().annexctl({u"list"_s}).exitCode, 0);
    }
    QVERIFY(allIsWell(*undelegated));
    Border* control = m_controls.without({u"limits"_s});
    QVERIFY(control);
    auto bomb = control->hold({u"fork-bomb"_s, QString::number(kMostProcesses + 200)});
    QVERIFY(bomb->holds());
    QCOMPARE(numberIn(bomb->said(), u"^forked (\\d+) then 0$"_s), kMostProcesses + 200);
}

void TestBorderBombs::memory()
{
    const QStringList words{u"memory-bomb"_s, QString::number(kMemory_MiB + 100)};
    {
        auto bomb = m_limited->hold(words);
        QVERIFY(!bomb->holds()); // ended by the kernel
        const QStringList touched = findings(bomb->said(), u"^touched "_s);
        QVERIFY2(touched.size() > 50 && touched.size() < kMemory_MiB, qPrintable(QString::number(touched.size())));
    }
    const char* file = m_delegation.unified ? "memory.peak" : "memory.max_usage_in_bytes";
    const qlonglong peak = figure(*m_limited, m_delegation.memory, file);
    QVERIFY2(peak > 50 * kMiB && peak <= kMemory_MiB * kMiB, qPrintable(QString::number(peak)));
    QVERIFY(allIsWell(*m_limited)); // the bomb went, not the workspace
    Border* control = m_controls.without({u"delegation"_s});
    QVERIFY(control);
    auto bomb = control->hold(words);
    QVERIFY(bomb->holds());
    QCOMPARE(findings(bomb->said(), u"^touched "_s).size(), kMemory_MiB + 100);
}

void TestBorderBombs::aChosenLimitThatCannotBeHeldRefusesTheStart()
{
    Border border({u"delegation"_s}, {}, u"memory.maximum"_s, u"256 MiB"_s);
    const Outcome outcome = border.session().annexctl({u"--json"_s, u"start"_s, kWorkspace});
    QVERIFY(outcome.exitCode != 0);
    QVERIFY2((outcome.out + outcome.err).contains("engine.limit-not-held"), (outcome.out + outcome.err).constData());
    QVERIFY(border.session().processes(u"annex-keeper"_s).isEmpty());
}

void TestBorderBombs::aDefaultThatCannotBeHeldIsShown()
{
    const auto unlimited = [](Border& border) { return border.session().workspace(kWorkspace).value("unlimited"_L1).toArray(); };
    Border* undelegated = m_controls.without({u"delegation"_s});
    QVERIFY(undelegated);
    QVERIFY(unlimited(*undelegated).contains(u"memory.maximum"_s));
    QVERIFY(!unlimited(*m_limited).contains(u"memory.maximum"_s));
}

void TestBorderBombs::disk()
{
    qlonglong written_MiB = 0;
    for (const QString& place : kPlaces) {
        const QStringList said = m_small->attack({u"disk-bomb"_s, place, QString::number(kQuota_MiB)});
        const qlonglong written = numberIn(said, u"^wrote (\\d+) then %1$"_s.arg(ENOSPC));
        QVERIFY2(written > 0, qPrintable(place + u": "_s + said.join(u'\n')));
        written_MiB += written;
    }
    QVERIFY2(written_MiB <= kQuota_MiB, qPrintable(QString::number(written_MiB)));
    // The oracle: the same file systems, looked at from outside.
    const QString mark = freshMark(u"window"_s);
    auto window = m_small->hold({u"hold"_s, mark});
    QVERIFY(window->holds());
    const QString root = u"/proc/%1/root"_s.arg(Border::hostPidOf(mark));
    qlonglong size = 0;
    qlonglong files = 0;
    for (const QString& place : kPlaces) {
        struct statvfs info {};
        QCOMPARE(::statvfs(QFile::encodeName(root + place).constData(), &info), 0);
        QVERIFY(static_cast<qlonglong>(info.f_bavail * info.f_frsize) < kMiB); // full
        size += static_cast<qlonglong>(info.f_blocks * info.f_frsize);
        files += static_cast<qlonglong>(info.f_files);
    }
    QVERIFY2(size > kQuota_MiB * kMiB * 9 / 10 && size <= kQuota_MiB * kMiB, qPrintable(QString::number(size)));
    QVERIFY2(files <= kQuota_MiB * kMiB / 4096, qPrintable(QString::number(files)));
    for (const QString& place : kPlaces)
        QCOMPARE(m_small->shell(u"rm -f %1/bomb"_s.arg(place)).exitCode, 0);
    QVERIFY(allIsWell(*m_small));
    Border* control = m_controls.without({u"scratch"_s});
    QVERIFY(control);
    QVERIFY(control->attack({u"disk-bomb"_s, u"/tmp"_s, QString::number(kQuota_MiB + 50)}).contains(u"wrote %1 then 0"_s.arg(kQuota_MiB + 50)));
    QCOMPARE(control->shell(u"rm -f /tmp/bomb"_s).exitCode, 0);
}

void TestBorderBombs::inodes()
{
    constexpr qlonglong kBound = 70'000; // 256 MiB are 65,536 pages
    qlonglong made = 0;
    for (const QString& place : kPlaces) {
        const QStringList said = m_small->attack({u"inode-bomb"_s, place, QString::number(kBound)});
        const qlonglong here = numberIn(said, u"^made (\\d+) then %1$"_s.arg(ENOSPC));
        QVERIFY2(here > 0, qPrintable(place + u": "_s + said.join(u'\n')));
        made += here;
    }
    QVERIFY2(made <= kQuota_MiB * kMiB / 4096, qPrintable(QString::number(made)));
    for (const QString& place : kPlaces)
        QCOMPARE(m_small->shell(u"rm -rf %1/many"_s.arg(place)).exitCode, 0);
    QVERIFY(allIsWell(*m_small));
    Border* control = m_controls.without({u"scratch"_s});
    QVERIFY(control);
    QVERIFY(control->attack({u"inode-bomb"_s, u"/tmp"_s, QString::number(kBound)}).contains(u"made %1 then 0"_s.arg(kBound)));
    QCOMPARE(control->shell(u"rm -rf /tmp/many"_s).exitCode, 0);
}

void TestBorderBombs::logs()
{
    const QString folder = m_small->session().folder();
    const auto onDisk = [&] { return sizeOf(folder + u"/state"_s) + sizeOf(folder + u"/data"_s); };
    const qint64 before = onDisk();
    // What a program says goes to whoever asked, and into no log.
    const Outcome flood = m_small->shell(u"yes hostile | head -c 30000000; yes hostile | head -c 30000000 >&2"_s);
    QCOMPARE(flood.out.size(), 30'000'000);
    QCOMPARE(flood.err.size(), 30'000'000);
    QVERIFY2(onDisk() - before < kMiB, qPrintable(QString::number(onDisk() - before)));
    // A display that dies again and again is given up, and each death costs a line or two. (Its program is the account's own: it may be killed.)
    const QStringList said = m_small->attack({u"crash-bomb"_s, u"annex-display"_s, u"30"_s});
    QVERIFY2(numberIn(said, u"^killed (\\d+) times$"_s) >= 2, qPrintable(said.join(u'\n')));
    const QByteArray log = fileContent(folder + u"/state/annex/log/annexd.log"_s);
    QVERIFY2(onDisk() - before < kMiB, qPrintable(QString::number(onDisk() - before)));
    QVERIFY(!log.isEmpty()); // the oracle looks at the right place
    QVERIFY(allIsWell(*m_small));
}

void TestBorderBombs::leavesNothingBehind()
{
    for (Border* border : {m_limited.get(), m_small.get()}) {
        border->session().end();
        for (const auto& place : {m_delegation.memory, m_delegation.processes, m_delegation.processor, m_delegation.freezer})
            QVERIFY2(eventually([&] { return border->groups(place).isEmpty(); }), place.c_str());
        QVERIFY(border->session().processes(u"annex-keeper"_s).isEmpty());
    }
}

QTEST_GUILESS_MAIN(TestBorderBombs)
#include "tst_border_bombs.moc"
