// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <QProcess>
#include <QTemporaryDir>

#include "app/api/errors.h"
#include "app/ctl/arguments.h"
#include "app/ctl/completion.h"
#include "app/ctl/exit_codes.h"
#include "app/ctl/host_file.h"
#include "app/ctl/output.h"
#include "app/ctl/verbs.h"

using namespace annex;
using namespace annex::ctl;

namespace {

using Words = std::vector<std::string>;

void addAll(CLI::App& app, Command& command)
{
    addProgramVerbs(app, command);
    addWorkspaceVerbs(app, command);
    addPolicyVerbs(app, command);
    addAuditVerbs(app, command);
    addOtherVerbs(app, command);
}

} // namespace

class TestCtl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void leavesTheProgramsOwnOptionsAlone();
    void everyErrorHasAnExitCode();
    void execTellsNotFoundFromFailed();
    void tablesLineUp();
    void sizesAreShort();
    void hostFilesMustBeFiles();
    void everyVerbIsInManualAndCompletion();
    void bashAcceptsItsCompletion();
};

void TestCtl::leavesTheProgramsOwnOptionsAlone()
{
    QCOMPARE(separateProgram({"run", "foot", "-e", "vim"}), (Words{"run", "--", "foot", "-e", "vim"}));
    QCOMPARE(separateProgram({"--json", "exec", "-t", "-w", "W", "-e", "A=b", "ls", "--help"}), (Words{"--json", "exec", "-t", "-w", "W", "-e", "A=b", "--", "ls", "--help"}));
    QCOMPARE(separateProgram({"exec", "--workspace=W", "true"}), (Words{"exec", "--workspace=W", "--", "true"}));
    QCOMPARE(separateProgram({"exec", "--", "true", "-x"}), (Words{"exec", "--", "true", "-x"}));
    QCOMPARE(separateProgram({"open", "run", "x"}), (Words{"open", "run", "x"}));
    QCOMPARE(separateProgram({"run"}), (Words{"run"}));
    QCOMPARE(separateProgram({"run", "-w"}), (Words{"run", "-w"}));
    QCOMPARE(separateProgram({}), Words{});
}

void TestCtl::everyErrorHasAnExitCode()
{
    for (const auto& entry : api::errorTable()) {
        const int code = exitCodeFor(api::problem(entry.id));
        QVERIFY2(code >= kFailed && code <= kNoBroker && code != kUsage, entry.id.data());
    }
    QCOMPARE(exitCodeFor(api::problem("policy.level-refused")), int{kRefusedByPolicy});
    QCOMPARE(exitCodeFor(api::problem("engine.no-userns")), int{kNotAvailable});
    QCOMPARE(exitCodeFor(api::problem("broker.away")), int{kNoBroker});
    QCOMPARE(exitCodeFor(api::problem("app.failed")), int{kFailed});
}

void TestCtl::execTellsNotFoundFromFailed()
{
    QCOMPARE(execExitCodeFor(api::problem("app.failed", {}, "start a program: No such file or directory")), int{kExecNotFound});
    QCOMPARE(execExitCodeFor(api::problem("app.failed", {}, "start a program: Permission denied")), int{kExecNotExecutable});
    QCOMPARE(execExitCodeFor(api::problem("broker.away")), int{kExecFailed});
}

void TestCtl::tablesLineUp()
{
    QCOMPARE(table({{"NAME", "STATE"}, {"Bücher", "on"}, {"a", "off"}}), std::string("NAME    STATE\nBücher  on\na       off\n"));
}

void TestCtl::sizesAreShort()
{
    QCOMPARE(sizeInWords(0), std::string("0 B"));
    QCOMPARE(sizeInWords(1536), std::string("1.5 KB"));
    QCOMPARE(sizeInWords(std::uint64_t{40} << 20), std::string("40 MB"));
}

void TestCtl::hostFilesMustBeFiles()
{
    QTemporaryDir folder;
    QCOMPARE(openHostFile(folder.path().toStdString()).error().id, std::string("file.not-regular"));
    QCOMPARE(openHostFile("/no/such/file").error().id, std::string("failed.not-found"));
    QVERIFY(openHostFile("/proc/self/exe").has_value()); // a link that the person named
    QCOMPARE(fileNameOf("./a/b.pdf"), std::string("b.pdf"));
}

void TestCtl::everyVerbIsInManualAndCompletion()
{
    CLI::App app("", "annexctl");
    Command command;
    addAll(app, command);
    const std::string manual = manualPage(app), bash = completionFor(app, "bash"), zsh = completionFor(app, "zsh"), fish = completionFor(app, "fish");
    for (const char* verb : {"start", "stop", "pause", "resume", "list", "run", "exec", "open", "reset", "policy", "audit", "doctor", "version", "completion"}) {
        QVERIFY2(manual.find(std::string("annexctl ") + verb) != std::string::npos, verb);
        QVERIFY2(bash.find(std::string(" ") + verb + ")") != std::string::npos, verb);
        QVERIFY2(zsh.find(std::string("'") + verb + ":") != std::string::npos, verb);
        QVERIFY2(fish.find(std::string("-a ") + verb + " ") != std::string::npos, verb);
    }
    QVERIFY(manual.find("EXIT STATUS") != std::string::npos);
}

void TestCtl::bashAcceptsItsCompletion()
{
    CLI::App app("", "annexctl");
    Command command;
    addAll(app, command);
    QProcess bash;
    bash.start(QStringLiteral("/bin/bash"), {QStringLiteral("-c"), QString::fromStdString(completionFor(app, "bash") + "\nCOMP_WORDS=(annexctl st) COMP_CWORD=1; _annexctl; echo \"${COMPREPLY[*]}\"")});
    QVERIFY(bash.waitForFinished());
    QCOMPARE(bash.exitCode(), 0);
    QCOMPARE(bash.readAllStandardOutput().simplified(), QByteArray("start stop"));
}

QTEST_GUILESS_MAIN(TestCtl)
#include "tst_ctl.moc"
