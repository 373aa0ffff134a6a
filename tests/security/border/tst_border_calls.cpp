// SPDX-License-Identifier: Apache-2.0
// S14: no nested user namespace, and each refused system call is refused on each ABI.
#include <QTest>

#include <cerrno>
#include <map>
#include <set>

#include <QFile>
#include <seccomp.h>

#include "border.h"
#include "isolation/namespaces/system_call_filter.h"

using namespace annex::security;
using namespace Qt::StringLiterals;

namespace {

struct Call {
    std::string name;
    QString line; ///< "ABI NUMBER"
};

void add(std::vector<Call>& calls, std::string_view name, const char* abi, int number)
{
    if (number >= 0)
        calls.push_back({std::string(name), u"%1 %2"_s.arg(QLatin1String(abi)).arg(number)});
}

/// Every refused call, by each ABI that has it.
std::vector<Call> refusedCalls()
{
    constexpr int kX32Bit = 0x40000000;
    std::vector<Call> calls;
    for (std::string_view view : annex::isolation::refusedSystemCalls()) {
        const std::string name(view);
        const int native = seccomp_syscall_resolve_name(name.c_str());
        add(calls, name, "native", native);
#if defined(__x86_64__)
        add(calls, name, "i386", seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, name.c_str()));
        const int x32 = seccomp_syscall_resolve_name_arch(SCMP_ARCH_X32, name.c_str());
        add(calls, name, "x32", x32 < 0 ? x32 : x32 & ~kX32Bit);
#endif
    }
    return calls;
}

/// What each call answered, by its line.
std::map<QString, QString> answers(Border& border, const std::vector<Call>& calls)
{
    QByteArray input;
    for (const Call& call : calls)
        input += call.line.toLatin1() + '\n';
    std::map<QString, QString> all;
    for (const QString& line : border.attack({u"calls"_s}, input)) {
        if (line.count(u' ') >= 2)
            all[line.section(u' ', 0, 1)] = line.section(u' ', 2);
    }
    return all;
}

QString userNamespaceOf(qint64 pid)
{
    return QFile::symLinkTarget(u"/proc/%1/ns/user"_s.arg(pid)).section(u'/', -1);
}

} // namespace

class TestBorderCalls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void eachRefusedCallOnEachAbi();
    void otherAbisAsAWhole();
    void userNamespaces_data();
    void userNamespaces();

private:
    std::unique_ptr<Border> m_border;
    Controls m_controls;
};

void TestBorderCalls::initTestCase()
{
    QVERIFY2(obstacle().isEmpty(), qPrintable(obstacle()));
    m_border = std::make_unique<Border>();
    QVERIFY(m_border->open());
}

void TestBorderCalls::cleanupTestCase()
{
    m_controls.clear();
    m_border.reset();
}

void TestBorderCalls::eachRefusedCallOnEachAbi()
{
    const std::vector<Call> calls = refusedCalls();
    QVERIFY(calls.size() > 150);
    const auto filtered = answers(*m_border, calls);
    QCOMPARE(filtered.size(), calls.size());
    Border* control = m_controls.without({u"seccomp"_s});
    QVERIFY(control);
    const auto unfiltered = answers(*control, calls);
    QCOMPARE(unfiltered.size(), calls.size());
    std::set<std::string> opened; // calls that answer otherwise without the filter, natively
    for (const Call& call : calls) {
        const QString answer = filtered.at(call.line);
        const bool native = call.line.startsWith(u"native"_s);
        // A kernel without 32 bits faults before any filter.
        const bool faults = call.line.startsWith(u"i386"_s) && answer.startsWith(u"signal"_s) && unfiltered.at(call.line).startsWith(u"signal"_s);
        QVERIFY2(answer == QString::number(native ? -EPERM : -ENOSYS) || faults,
                 qPrintable(u"%1 (%2): %3"_s.arg(QString::fromStdString(call.name), call.line, answer)));
        if (native && unfiltered.at(call.line) != answer)
            opened.insert(call.name);
    }
    // Others need privileges that nobody inside has: without the filter the kernel refuses them with the same number.
    for (const char* name : {"keyctl", "add_key", "request_key", "ptrace", "unshare", "process_vm_readv", "name_to_handle_at", "pidfd_getfd"})
        QVERIFY2(opened.contains(name), name);
    QVERIFY2(opened.size() >= 15, qPrintable(QString::number(opened.size())));
}

void TestBorderCalls::otherAbisAsAWhole()
{
#if defined(__x86_64__)
    const std::vector<Call> calls{{"getpid", u"native %1"_s.arg(seccomp_syscall_resolve_name("getpid"))},
                                  {"getpid", u"x32 %1"_s.arg(seccomp_syscall_resolve_name("getpid"))},
                                  {"getpid", u"i386 20"_s}};
    const auto filtered = answers(*m_border, calls);
    QVERIFY(filtered.at(calls[0].line).toInt() > 0);
    QCOMPARE(filtered.at(calls[1].line), QString::number(-ENOSYS));
    Border* control = m_controls.without({u"seccomp"_s});
    QVERIFY(control);
    const QString unfiltered = answers(*control, calls).at(calls[2].line);
    if (unfiltered.startsWith(u"signal"_s))
        QCOMPARE(filtered.at(calls[2].line), unfiltered); // this kernel has no 32 bits
    else
        QVERIFY(unfiltered.toInt() > 0 && filtered.at(calls[2].line) == QString::number(-ENOSYS));
#else
    QVERIFY(answers(*m_border, {{"getpid", u"native %1"_s.arg(seccomp_syscall_resolve_name("getpid"))}}).size() == 1);
#endif
}

void TestBorderCalls::userNamespaces_data()
{
    QTest::addColumn<QStringList>("weakened");
    QTest::addColumn<bool>("succeeds");
    QTest::newRow("whole") << QStringList() << false;
    QTest::newRow("without the filter: the kernel's own limit holds") << QStringList{u"seccomp"_s} << false;
    QTest::newRow("without both") << QStringList{u"seccomp"_s, u"userns"_s} << true;
}

void TestBorderCalls::userNamespaces()
{
    QFETCH(QStringList, weakened);
    QFETCH(bool, succeeds);
    Border* border = weakened.isEmpty() ? m_border.get() : m_controls.without(weakened);
    QVERIFY(border);
    const QString innocentMark = freshMark(u"innocent"_s);
    const QString attackMark = freshMark(u"attack"_s);
    auto innocent = border->hold({u"hold"_s, innocentMark});
    auto attack = border->hold({u"user-namespace"_s, attackMark});
    QVERIFY(innocent->holds() && attack->holds());
    const QStringList said = attack->said();
    for (const char* way : {"clone", "unshare"})
        QVERIFY2(said.contains(QLatin1String(way) + u": got"_s) == succeeds, qPrintable(said.join(u'\n')));
    QVERIFY(!said.contains(u"setns: got"_s));
    QVERIFY(!said.contains(u"clone3: got"_s) || succeeds);
    // The oracle: where the kernel says that these processes are.
    const QString theirs = userNamespaceOf(Border::hostPidOf(innocentMark));
    const QString its = userNamespaceOf(Border::hostPidOf(attackMark));
    QVERIFY2(theirs.startsWith(u"user:["_s) && its.startsWith(u"user:["_s), qPrintable(theirs + its));
    QCOMPARE(its != theirs, succeeds);
}

QTEST_GUILESS_MAIN(TestBorderCalls)
#include "tst_border_calls.moc"
