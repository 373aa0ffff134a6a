// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <map>
#include <set>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

#include "base/process/process.h"
#include "tests/support/qt_names.h"

using namespace annex;

namespace {

struct Pipe {
    UniqueFd readEnd;
    UniqueFd writeEnd;
};

Pipe makePipe()
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        qFatal("no pipe");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string readAll(int fd)
{
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

SpawnOptions probe(std::vector<std::string> arguments)
{
    SpawnOptions options;
    options.program = PROBE;
    options.arguments = {"probe"};
    options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
    return options;
}

/// Runs the probe and gives what it printed.
std::string outputOf(SpawnOptions options)
{
    Pipe pipe = makePipe();
    options.descriptors.emplace_back(pipe.writeEnd.get(), 1);
    auto child = spawn(options);
    if (!child)
        return "not started: " + child.error().describe();
    pipe.writeEnd.reset();
    std::string text = readAll(pipe.readEnd.get());
    auto status = child->wait();
    if (!status || !status->succeeded())
        return "failed";
    return text;
}

std::map<int, std::string> descriptorsIn(const std::string& listing)
{
    std::map<int, std::string> found;
    for (const QByteArray& line : QByteArray::fromStdString(listing).split('\n')) {
        const auto equals = line.indexOf('=');
        if (equals > 0)
            found[line.left(equals).toInt()] = line.mid(equals + 1).toStdString();
    }
    return found;
}

} // namespace

class TestProcess : public QObject {
    Q_OBJECT

private slots:
    void givesNothingButWhatWasNamed()
    {
        // Inheritable on purpose: a careless library leaves such descriptors behind.
        UniqueFd stray(::open("/etc/passwd", O_RDONLY));
        UniqueFd strayHigh(::fcntl(stray.get(), F_DUPFD, 200));
        QVERIFY(stray && strayHigh);
        const auto found = descriptorsIn(outputOf(probe({"descriptors"})));
        QCOMPARE(found.size(), std::size_t{3});
        QCOMPARE(found.at(0), std::string("/dev/null"));
        QVERIFY(found.at(1).starts_with("pipe:"));
        QCOMPARE(found.at(2), std::string("/dev/null"));
    }

    void placesDescriptorsAtTheirNumbers()
    {
        UniqueFd a(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
        UniqueFd b(::open("/etc/group", O_RDONLY | O_CLOEXEC));
        SpawnOptions options = probe({"descriptors"});
        options.descriptors = {{a.get(), 3}, {b.get(), 7}};
        const auto found = descriptorsIn(outputOf(options));
        QCOMPARE(found.size(), std::size_t{5});
        QCOMPARE(found.at(3), std::string("/etc/passwd"));
        QCOMPARE(found.at(7), std::string("/etc/group"));
    }

    void swapsDescriptorsWithoutClobbering()
    {
        UniqueFd a(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
        UniqueFd b(::open("/etc/group", O_RDONLY | O_CLOEXEC));
        SpawnOptions options = probe({"descriptors"});
        // Each one's number here is the other's number there, and one goes to two places.
        options.descriptors = {{a.get(), b.get()}, {b.get(), a.get()}, {a.get(), 0}, {a.get(), 255}};
        const auto found = descriptorsIn(outputOf(options));
        QCOMPARE(found.at(b.get()), std::string("/etc/passwd"));
        QCOMPARE(found.at(a.get()), std::string("/etc/group"));
        QCOMPARE(found.at(0), std::string("/etc/passwd"));
        QCOMPARE(found.at(255), std::string("/etc/passwd"));
        QCOMPARE(found.size(), std::size_t{6});
    }

    void keepsADescriptorAtItsOwnNumber()
    {
        UniqueFd a(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
        SpawnOptions options = probe({"descriptors"});
        options.descriptors = {{a.get(), a.get()}};
        QCOMPARE(descriptorsIn(outputOf(options)).at(a.get()), std::string("/etc/passwd"));
        QVERIFY((::fcntl(a.get(), F_GETFD) & FD_CLOEXEC) != 0); // ours is as it was
    }

    void startsWithDefaultSignals()
    {
        sigset_t blocked;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGTERM);
        sigaddset(&blocked, SIGUSR1);
        sigset_t old;
        ::pthread_sigmask(SIG_BLOCK, &blocked, &old);
        auto oldPipe = std::signal(SIGPIPE, SIG_IGN);
        auto oldUser = std::signal(SIGUSR2, [](int) {});
        const std::string text = outputOf(probe({"signals"}));
        sigset_t after;
        ::pthread_sigmask(SIG_SETMASK, &old, &after);
        std::signal(SIGPIPE, oldPipe);
        std::signal(SIGUSR2, oldUser);
        for (const char* set : {"SigBlk:", "SigIgn:"}) {
            const auto at = text.find(set);
            QVERIFY(at != std::string::npos);
            QCOMPARE(text.substr(at + 7, 18), std::string("\t0000000000000000\n"));
        }
        QVERIFY(sigismember(&after, SIGTERM) == 1); // ours is as it was
    }

    void passesExactlyTheEnvironmentAndArguments()
    {
        ::setenv("STRAY", "1", 1);
        SpawnOptions options = probe({"environment"});
        options.environment = {"A=1", "B=two words\nand a line"};
        QCOMPARE(outputOf(options), std::string("A=1\nB=two words\nand a line\n"));
        QCOMPARE(outputOf(probe({"arguments", "", "$(id)", "a b", "*"})), std::string("[probe]\n[arguments]\n[]\n[$(id)]\n[a b]\n[*]\n"));
        ::unsetenv("STRAY");
    }

    void changesFolderAndSession()
    {
        QTemporaryDir folder;
        SpawnOptions options = probe({"folder"});
        options.workingFolder = folder.path().toStdString();
        QCOMPARE(outputOf(options), folder.path().toStdString() + "\n");
        options = probe({"session"});
        QCOMPARE(outputOf(options), "0 " + std::to_string(::getpid()) + "\n");
        options.newSession = true;
        QCOMPARE(outputOf(options), "1 " + std::to_string(::getpid()) + "\n");
    }

    void reportsWhyAProgramCannotBeLoaded()
    {
        SpawnOptions options;
        options.program = "/nonexistent/program";
        auto child = spawn(options);
        QVERIFY(!child);
        QCOMPARE(child.error().code, Errc::NotFound);
        QVERIFY(child.error().context.find("load the program") != std::string::npos);

        options.program = "/etc/passwd";
        child = spawn(options);
        QCOMPARE(child.error().code, Errc::Denied);

        options = probe({"exit", "0"});
        options.workingFolder = "/nonexistent";
        child = spawn(options);
        QCOMPARE(child.error().code, Errc::NotFound);
        QVERIFY(child.error().context.find("working folder") != std::string::npos);

        options = probe({"exit", "0"});
        options.descriptors = {{1000, 3}}; // not open
        child = spawn(options);
        QVERIFY(!child);
        QVERIFY(child.error().context.find("hand over descriptors") != std::string::npos);
    }

    void refusesImpossibleOptions()
    {
        SpawnOptions options;
        options.program = "true"; // no search path
        QCOMPARE(spawn(options).error().code, Errc::Malformed);
        options = probe({std::string("a\0b", 3)});
        QCOMPARE(spawn(options).error().code, Errc::Malformed);
        options = probe({});
        options.environment = {std::string("A=\0", 3)};
        QCOMPARE(spawn(options).error().code, Errc::Malformed);
        options = probe({});
        options.descriptors = {{0, 3}, {1, 3}};
        QCOMPARE(spawn(options).error().code, Errc::Malformed);
        options.descriptors = {{-1, 3}};
        QCOMPARE(spawn(options).error().code, Errc::Malformed);
        options.descriptors = {{0, 256}};
        QCOMPARE(spawn(options).error().code, Errc::Malformed);
    }

    void tellsHowAProcessEnded()
    {
        auto child = spawn(probe({"exit", "42"}));
        QVERIFY(child);
        QCOMPARE(*child->wait(), (ExitStatus{42, 0}));
        QCOMPARE(*child->wait(), (ExitStatus{42, 0})); // the same again
        QCOMPARE(*child->tryWait(), std::optional<ExitStatus>(ExitStatus{42, 0}));
        QCOMPARE(child->signal(SIGTERM).error().code, Errc::NotFound);

        child = spawn(probe({"raise", std::to_string(SIGKILL)}));
        QVERIFY(child);
        QCOMPARE(*child->wait(), (ExitStatus{0, SIGKILL}));
        QCOMPARE(child->wait()->shellCode(), 128 + SIGKILL);
    }

    void signalsARunningProcess()
    {
        auto child = spawn(probe({"pause"}));
        QVERIFY(child);
        QCOMPARE(*child->tryWait(), std::optional<ExitStatus>());
        QVERIFY(child->signal(SIGTERM));
        pollfd ended{child->pidfd(), POLLIN, 0};
        QCOMPARE(::poll(&ended, 1, 60'000), 1);
        QCOMPARE(*child->tryWait(), std::optional<ExitStatus>(ExitStatus{0, SIGTERM}));
    }

    void endsWithItsParent()
    {
        Pipe pipe = makePipe();
        SpawnOptions options = probe({"pause"});
        options.endWithParent = true;
        options.descriptors = {{pipe.writeEnd.get(), 3}};
        const pid_t parent = ::fork();
        QVERIFY(parent >= 0);
        if (parent == 0)
            ::_exit(spawn(options) ? 0 : 1);
        pipe.writeEnd.reset();
        int status = 0;
        QCOMPARE(::waitpid(parent, &status, 0), parent);
        QCOMPARE(status, 0);
        // The program holds the pipe open for as long as it lives, and it never ends by itself.
        pollfd wait{pipe.readEnd.get(), POLLIN, 0};
        QCOMPARE(::poll(&wait, 1, 60'000), 1);
        char byte = 0;
        QCOMPARE(::read(pipe.readEnd.get(), &byte, 1), ssize_t{0});
    }

    void movesAndReaps()
    {
        auto child = spawn(probe({"exit", "0"}));
        QVERIFY(child);
        const pid_t pid = child->pid();
        ChildProcess moved = std::move(*child);
        QVERIFY(!*child);
        QVERIFY(moved);
        pollfd ended{moved.pidfd(), POLLIN, 0};
        QCOMPARE(::poll(&ended, 1, 60'000), 1);
        moved = ChildProcess(); // reaps it
        QCOMPARE(::kill(pid, 0), -1);
        QCOMPARE(moved.wait().error().code, Errc::NotFound);
    }

    void leaksNoDescriptorOfItsOwn()
    {
        auto count = [] {
            int open = 0;
            for (int fd = 0; fd < 1024; ++fd)
                open += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
            return open;
        };
        const int before = count();
        for (int i = 0; i < 20; ++i) {
            auto child = spawn(probe({"exit", "0"}));
            QVERIFY(child && child->wait());
            SpawnOptions missing;
            missing.program = "/nonexistent/program";
            QVERIFY(!spawn(missing));
        }
        QCOMPARE(count(), before);
    }
};

QTEST_GUILESS_MAIN(TestProcess)
#include "tst_process.moc"
