// SPDX-License-Identifier: Apache-2.0
// Programs and files over the real API with the fake engine.
#include <QtTest>

#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_broker.h"

using namespace annex;
using namespace annex::test;

namespace {

struct Exit {
    std::optional<int> status;
    bool signalled = false;
};

// Starts a command and collects its end.
struct Execution {
    Execution(Link& link, const json& parameters) : m_link(link)
    {
        link->core().onEvent([this](std::string_view type, const json& event) {
            if (type == "program.exited") // it may come with the answer that tells the number
                m_exits[event["program"].get<std::uint32_t>()] = {event["status"].get<int>(), event["signalled"].get<bool>()};
        });
        program = ask(link, "program.exec", parameters, std::move(streams.given)).value("program", 0u);
    }
    ~Execution() { m_link->core().onEvent({}); }
    int wait()
    {
        if (!pump({m_link.get()}, [&] { return m_exits.contains(program); }))
            return -1;
        exit = m_exits[program];
        return *exit.status;
    }
    Streams streams;
    std::uint32_t program = 0;
    Exit exit;

private:
    std::map<std::uint32_t, Exit> m_exits;
    Link& m_link;
};

} // namespace

class TestBrokerPrograms : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void execGivesTheExitCode_data();
    void execGivesTheExitCode();
    void execStartsTheWorkspace();
    void execCarriesBothDirections();
    void execCarriesMoreThanTheCredit();
    void execOfNothingInstalledFails();
    void execTakesOnlyPipes();
    void execPassesTerminalAndEnvironment();
    void signalsAndSizesReachTheProgram();
    void aReaderThatGoesIsToldAsSigpipe();
    void aClientThatGoesHangsUpItsPrograms();
    void programsEndWithTheirWorkspace();
    void runStartsTheDefaultWorkspace();
    void runOfAHostFileCopiesItIntoAFreshWorkspace();
    void aFreshWorkspaceGoesWhenItStops();
    void aFreshWorkspaceGoesWhenNothingCameToStandInIt();
    void openFreshOffUsesTheDefaultWorkspace();
    void aNamedWorkspaceIsUsed();
    void onlyOrdinaryFilesAreSentIn();
    void pathNeedsItsDescriptor();
    void tooLargeFilesAreRefusedByPolicy();
    void lockedFilesAreRefusedWithTheReason();
    void aFullGuestSaysSo();
    void largeFilesArriveWhole();
    void opensADocument();
    void openOfAProgramSaysRun();
    void openWithoutAProgramSaysSo();
    void listsAndOpensApps();
};

void TestBrokerPrograms::execGivesTheExitCode_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<int>("status");
    QTest::newRow("true") << QByteArray(R"(["true"])") << 0;
    QTest::newRow("false") << QByteArray(R"(["false"])") << 1;
    QTest::newRow("42") << QByteArray(R"(["exit","42"])") << 42;
}

void TestBrokerPrograms::execGivesTheExitCode()
{
    QFETCH(QByteArray, command);
    QFETCH(int, status);
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    Execution execution(link, {{"argv", json::parse(command.toStdString())}});
    QCOMPARE(execution.wait(), status);
    QVERIFY(!execution.exit.signalled);
    QCOMPARE(execution.streams.readAll(execution.streams.out), std::string()); // and the pipes are closed
    QCOMPARE(execution.streams.readAll(execution.streams.error), std::string());
}

void TestBrokerPrograms::execStartsTheWorkspace()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    Execution execution(link, {{"argv", {"true"}}, {"workspace", "Untrusted"}});
    QCOMPARE(execution.wait(), 0);
    QCOMPARE(stateOf(link), std::string("running"));
}

void TestBrokerPrograms::execCarriesBothDirections()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    Execution execution(link, {{"argv", {"cat"}}});
    QCOMPARE(::write(execution.streams.in.get(), "hello", 5), ssize_t{5});
    execution.streams.in.reset();
    QCOMPARE(execution.wait(), 0);
    QCOMPARE(execution.streams.readAll(execution.streams.out), std::string("hello"));
}

void TestBrokerPrograms::execCarriesMoreThanTheCredit()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    Execution execution(link, {{"argv", {"cat"}}});
    const std::string sent(3 * control::kInitialCredit_bytes + 17, 'x');
    std::thread writer([&] {
        std::size_t done = 0;
        while (done < sent.size()) {
            const ssize_t n = ::write(execution.streams.in.get(), sent.data() + done, sent.size() - done);
            if (n <= 0)
                return;
            done += static_cast<std::size_t>(n);
        }
        execution.streams.in.reset();
    });
    const auto got = execution.streams.readAll(execution.streams.out);
    writer.join();
    QVERIFY(got == sent);
    QCOMPARE(execution.wait(), 0);
}

void TestBrokerPrograms::execOfNothingInstalledFails()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    Streams streams;
    const auto answer = link->call("program.exec", {{"argv", {"missing"}}}, std::move(streams.given));
    QVERIFY(!answer);
    QCOMPARE(answer.error().id, std::string("app.failed"));
    QVERIFY(answer.error().detail.find("No such file") != std::string::npos);
    QCOMPARE(streams.readAll(streams.out), std::string()); // closed, not kept
}

void TestBrokerPrograms::execTakesOnlyPipes()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    std::vector<UniqueFd> files;
    for (int i = 0; i < 3; ++i)
        files.emplace_back(::open("/dev/null", O_RDWR | O_CLOEXEC));
    QCOMPARE(problemOf(link, "program.exec", {{"argv", {"true"}}}, std::move(files)), std::string("request.descriptors"));
    QCOMPARE(problemOf(link, "program.exec", {{"argv", {"true"}}}), std::string("request.descriptors"));
    QCOMPARE(stateOf(link), std::string("stopped"));
}

void TestBrokerPrograms::execPassesTerminalAndEnvironment()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    Execution execution(link, {{"argv", {"sh"}}, {"terminal", true}, {"rows", 50}, {"cols", 132}, {"env", {"TERM=foot"}}});
    const auto init = broker.init();
    const auto what = init->started.back();
    QCOMPARE(what.stdio, control::Stdio::Terminal);
    QCOMPARE(what.rows, std::uint16_t{50});
    QCOMPARE(what.columns, std::uint16_t{132});
    QCOMPARE(what.environment, std::vector<std::string>{"TERM=foot"});
}

void TestBrokerPrograms::signalsAndSizesReachTheProgram()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    Execution execution(link, {{"argv", {"sleep"}}, {"terminal", true}});
    const json program{{"workspace", "Untrusted"}, {"program", execution.program}};
    json resize = program, signal = program, unknown = program;
    resize.update({{"rows", 10}, {"cols", 20}});
    signal["number"] = SIGTERM;
    unknown.update({{"number", SIGTERM}, {"program", 4711}});
    ask(link, "program.resize", resize);
    QCOMPARE(problemOf(link, "program.signal", unknown), std::string("program.unknown"));
    ask(link, "program.signal", signal);
    QCOMPARE(execution.wait(), 128 + SIGTERM);
    QVERIFY(execution.exit.signalled);
    QCOMPARE(problemOf(link, "program.kill", program), std::string("program.unknown"));
}

void TestBrokerPrograms::aReaderThatGoesIsToldAsSigpipe()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    Execution execution(link, {{"argv", {"yes"}}});
    execution.streams.out.reset();
    broker.onLoop([&, init = broker.init()] { init->write(execution.program, "y\n"); });
    QCOMPARE(execution.wait(), 128 + SIGPIPE);
}

void TestBrokerPrograms::aClientThatGoesHangsUpItsPrograms()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client(), other = broker.client();
    {
        Execution execution(link, {{"argv", {"sleep"}}});
    }
    ask(link, "program.run", {{"argv", {"foot"}}}); // not bound to its client
    const auto init = broker.init();
    link.reset();
    QVERIFY(pump({other.get()}, [&] {
        std::size_t count = 0;
        broker.onLoop([&] { count = init->programs.size(); });
        return count == 1;
    }));
}

void TestBrokerPrograms::programsEndWithTheirWorkspace()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client(), other = broker.client();
    Execution execution(link, {{"argv", {"sleep"}}});
    ask(other, "workspace.stop", {{"workspace", "Untrusted"}});
    QCOMPARE(execution.wait(), 128 + SIGKILL);
    QCOMPARE(execution.streams.readAll(execution.streams.out), std::string());
}

void TestBrokerPrograms::runStartsTheDefaultWorkspace()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    const auto answer = ask(link, "program.run", {{"argv", {"foot", "-e", "vim"}}});
    QCOMPARE(answer["workspace"], ask(link, "workspace.get", {{"workspace", "Untrusted"}})["id"]);
    QCOMPARE(broker.init()->started.back().arguments, (std::vector<std::string>{"foot", "-e", "vim"}));
    QCOMPARE(problemOf(link, "program.run", {{"argv", {"missing"}}}), std::string("app.failed"));
}

void TestBrokerPrograms::runOfAHostFileCopiesItIntoAFreshWorkspace()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    writeFile(broker.path("setup.sh"), "#!/bin/sh\n");
    const auto answer = ask(link, "program.run", {{"argv", {"setup.sh", "--quiet"}}, {"path", "/downloads/setup.sh"}}, openFile(broker.path("setup.sh")));
    const auto w = ask(link, "workspace.get", {{"workspace", answer["workspace"]}});
    QCOMPARE(w["name"].get<std::string>(), std::string("Untrusted 2"));
    QVERIFY(w["fresh"].get<bool>());
    QCOMPARE(w["number"].get<int>(), 2);
    const auto init = broker.init();
    QCOMPARE(init->files.at(0).content, std::string("#!/bin/sh\n"));
    QCOMPARE(init->files.at(0).place, control::FilePlace::Programs);
    QCOMPARE(init->started.back().arguments, (std::vector<std::string>{"/home/user/setup.sh", "--quiet"}));
    QCOMPARE(stateOf(link), std::string("stopped")); // "Untrusted" itself was not needed
}

void TestBrokerPrograms::aFreshWorkspaceGoesWhenItStops()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    std::string removed;
    link->core().onEvent([&](std::string_view type, const json& event) {
        if (type == "workspace.removed")
            removed = event["id"].get<std::string>();
    });
    ask(link, "events.subscribe");
    const auto id = ask(link, "program.run", {{"argv", {"foot"}}, {"fresh", true}})["workspace"].get<std::string>();
    ask(link, "workspace.stop", {{"workspace", id}});
    QVERIFY(pump({link.get()}, [&] { return removed == id; }));
    QCOMPARE(stateOf(link, id), std::string("workspace.unknown"));
}

void TestBrokerPrograms::aFreshWorkspaceGoesWhenNothingCameToStandInIt()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    QCOMPARE(problemOf(link, "program.run", {{"argv", {"missing"}}, {"fresh", true}}), std::string("app.failed"));
    QVERIFY(pump({link.get()}, [&] { return stateOf(link, "Untrusted 2") == "workspace.unknown" && broker.guestCount() == 0; }));
    broker.onLoop([&] { broker.script().startError = Error{Errc::EngineFailed, "no", {}, {}}; });
    QCOMPARE(problemOf(link, "program.run", {{"argv", {"foot"}}, {"fresh", true}}), std::string("guest.start-failed"));
    QVERIFY(pump({link.get()}, [&] { return stateOf(link, "Untrusted 2") == "workspace.unknown"; }));
}

void TestBrokerPrograms::openFreshOffUsesTheDefaultWorkspace()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "policy.set", {{"key", "open.fresh"}, {"value", "off"}});
    writeFile(broker.path("a.pdf"), "pdf");
    const auto answer = ask(link, "file.open", {{"name", "a.pdf"}}, openFile(broker.path("a.pdf")));
    QCOMPARE(answer["workspace"], ask(link, "workspace.get", {{"workspace", "Untrusted"}})["id"]);
}

void TestBrokerPrograms::aNamedWorkspaceIsUsed()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    const auto research = ask(link, "workspace.create", {{"name", "Research"}});
    writeFile(broker.path("a.pdf"), "pdf");
    QCOMPARE(ask(link, "file.open", {{"name", "a.pdf"}, {"workspace", "Research"}}, openFile(broker.path("a.pdf")))["workspace"], research["id"]);
    QCOMPARE(problemOf(link, "program.run", {{"argv", {"foot"}}, {"workspace", "No such"}}), std::string("workspace.unknown"));
}

void TestBrokerPrograms::onlyOrdinaryFilesAreSentIn()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    QCOMPARE(::mkfifo(broker.path("fifo").c_str(), 0600), 0);
    for (const std::string& path : {broker.path("fifo"), std::string("/dev/zero"), broker.path(".")})
        QCOMPARE(problemOf(link, "file.open", {{"name", "x"}}, openFile(path)), std::string("file.not-regular"));
    QCOMPARE(ask(link, "workspace.list")["workspaces"].size(), std::size_t{1}); // nothing was made for them
}

void TestBrokerPrograms::pathNeedsItsDescriptor()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    QCOMPARE(problemOf(link, "program.run", {{"argv", {"x"}}, {"path", "./x"}}), std::string("request.descriptors"));
    QCOMPARE(problemOf(link, "program.run", {{"argv", {"x"}}}, openFile("/proc/self/exe")), std::string("request.descriptors"));
    QCOMPARE(problemOf(link, "file.open", {{"name", "x"}}), std::string("request.descriptors"));
}

void TestBrokerPrograms::tooLargeFilesAreRefusedByPolicy()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "policy.set", {{"key", "files.maximum_bytes"}, {"value", "1 MiB"}});
    writeFile(broker.path("a.pdf"), std::string((1 << 20) + 1, 'x'));
    const auto answer = link->call("file.open", {{"name", "a.pdf"}}, openFile(broker.path("a.pdf")));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, -32003);
    QCOMPARE(broker.guestCount(), std::size_t{0});
    const auto records = ask(link, "audit.list", {{"outcome", "refused"}})["records"];
    QCOMPARE(records.size(), std::size_t{1});
}

void TestBrokerPrograms::lockedFilesAreRefusedWithTheReason()
{
    TestBroker broker;
    broker.writePolicy(R"({"format":1,"organisation":"Acme Ltd","settings":{"files.to_workspace":{"value":"off","lock":true,"reason":"Client data stays outside."}}})");
    broker.start();
    auto link = broker.client();
    writeFile(broker.path("a.pdf"), "pdf");
    const auto answer = link->call("file.open", {{"name", "a.pdf"}}, openFile(broker.path("a.pdf")));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, -32003);
    QVERIFY2((answer.error().title + answer.error().why).find("Acme Ltd") != std::string::npos, answer.error().why.c_str());
}

void TestBrokerPrograms::aFullGuestSaysSo()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    broker.onLoop([init = broker.init()] { init->fileErrorAfter_bytes = 100'000; });
    writeFile(broker.path("a.pdf"), std::string(2'000'000, 'x'));
    QCOMPARE(problemOf(link, "file.open", {{"name", "a.pdf"}, {"workspace", "Untrusted"}}, openFile(broker.path("a.pdf"))), std::string("file.failed"));
    ask(link, "program.run", {{"argv", {"foot"}}}); // the guest goes on
}

void TestBrokerPrograms::largeFilesArriveWhole()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    std::string content(5'000'011, '\0');
    for (std::size_t i = 0; i < content.size(); ++i)
        content[i] = static_cast<char>(i * 31 >> 3);
    writeFile(broker.path("a.pdf"), content);
    ask(link, "file.open", {{"name", "../../a.pdf"}}, openFile(broker.path("a.pdf")));
    const auto init = broker.init();
    QCOMPARE(init->files.at(0).name, std::string("a.pdf"));
    QVERIFY(init->files.at(0).content == content);
    QVERIFY(init->files.at(0).complete);
}

void TestBrokerPrograms::opensADocument()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    writeFile(broker.path("a.pdf"), "pdf");
    const auto answer = ask(link, "file.open", {{"name", "a.pdf"}}, openFile(broker.path("a.pdf")));
    QCOMPARE(answer["mime"].get<std::string>(), std::string("application/pdf"));
    QCOMPARE(answer["application"].get<std::string>(), std::string("org.gnome.Evince.desktop"));
    QCOMPARE(broker.init()->files.at(0).place, control::FilePlace::Inbox);
    const auto records = ask(link, "audit.list")["records"];
    std::size_t crossings = 0;
    for (const auto& record : records)
        crossings += record["action"] == "file.in" ? 1 : 0;
    QCOMPARE(crossings, std::size_t{1});
}

void TestBrokerPrograms::openOfAProgramSaysRun()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    writeFile(broker.path("setup.sh"), "#!/bin/sh\n");
    const auto answer = link->call("file.open", {{"name", "setup.sh"}}, openFile(broker.path("setup.sh")));
    QVERIFY(!answer);
    QCOMPARE(answer.error().id, std::string("file.executable"));
    QCOMPARE(answer.error().todo.front(), std::string("Run it in a workspace: annexctl run ./setup.sh"));
    QVERIFY(pump({link.get()}, [&] { return stateOf(link, "Untrusted 2") == "workspace.unknown"; }));
}

void TestBrokerPrograms::openWithoutAProgramSaysSo()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    writeFile(broker.path("a.xyz"), "?");
    const auto answer = link->call("file.open", {{"name", "a.xyz"}}, openFile(broker.path("a.xyz")));
    QVERIFY(!answer);
    QCOMPARE(answer.error().id, std::string("file.no-program"));
    QVERIFY(answer.error().why.find("application/x-unknown") != std::string::npos);
}

void TestBrokerPrograms::listsAndOpensApps()
{
    TestBroker broker;
    std::filesystem::create_directory(broker.path("applications"));
    writeFile(broker.path("applications/shell.desktop"), "[Desktop Entry]\nType=Application\nName=Shell\nComment=Types\nIcon=shell\nExec=sh -c %U\nKeywords=terminal;prompt;\n");
    writeFile(broker.path("applications/hidden.desktop"), "[Desktop Entry]\nType=Application\nName=Hidden\nExec=sh\nNoDisplay=true\n");
    writeFile(broker.path("applications/gone.desktop"), "[Desktop Entry]\nType=Application\nName=Gone\nExec=no-such-program-here\n");
    writeFile(broker.path("applications/bad.desktop"), std::string(100, '\xff'));
    broker.start();
    auto link = broker.client();
    const auto apps = ask(link, "app.list")["apps"];
    QCOMPARE(apps.size(), std::size_t{1});
    QCOMPARE(apps[0]["id"].get<std::string>(), std::string("shell.desktop"));
    QCOMPARE(apps[0]["keywords"], json({"terminal", "prompt"}));
    ask(link, "app.open", {{"id", "shell.desktop"}});
    QCOMPARE(broker.init()->started.back().arguments, (std::vector<std::string>{"sh", "-c"}));
    QCOMPARE(problemOf(link, "app.open", {{"id", "hidden.desktop"}}), std::string("app.unknown"));
}

QTEST_GUILESS_MAIN(TestBrokerPrograms)
#include "tst_broker_programs.moc"
