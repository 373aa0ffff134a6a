// SPDX-License-Identifier: Apache-2.0
#include "app/init/start_process.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace annex::init {

namespace {

std::optional<rlimit> childDescriptorLimit;

/// The child's ends, and the parent's.
struct Stdio {
    UniqueFd childInput, childOutput, childError;
    UniqueFd input, output, error;
    bool terminal = false;
};

bool makePipe(UniqueFd& readEnd, UniqueFd& writeEnd)
{
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0)
        return false;
    readEnd.reset(fds[0]);
    writeEnd.reset(fds[1]);
    return true;
}

void setNonBlocking(const UniqueFd& fd)
{
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

bool makePipes(Stdio& stdio)
{
    if (!makePipe(stdio.childInput, stdio.input) || !makePipe(stdio.output, stdio.childOutput) || !makePipe(stdio.error, stdio.childError))
        return false;
    setNonBlocking(stdio.input);
    setNonBlocking(stdio.output);
    setNonBlocking(stdio.error);
    return true;
}

bool makeTerminal(Stdio& stdio, std::uint16_t rows, std::uint16_t columns)
{
    UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!master || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
        return false;
    // TIOCGPTPEER opens the other side of this very terminal, whatever is mounted on /dev/pts.
    UniqueFd slave(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!slave)
        return false;
    winsize size{rows, columns, 0, 0};
    ::ioctl(master.get(), TIOCSWINSZ, &size);
    setNonBlocking(master);
    stdio.output.reset(::fcntl(master.get(), F_DUPFD_CLOEXEC, 3));
    stdio.input = std::move(master);
    stdio.childInput = std::move(slave);
    stdio.terminal = true;
    return static_cast<bool>(stdio.output);
}

bool makeNothing(Stdio& stdio)
{
    stdio.childInput.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
    return static_cast<bool>(stdio.childInput);
}

/// Everything the child needs, laid out before fork(): afterwards only system calls.
struct ChildPlan {
    std::string program;
    std::vector<char*> argv, envp, shellArgv;
    const char* folder = "/";
    int stdio[3] = {-1, -1, -1};
    bool terminal = false, expendable = true;
    std::vector<std::pair<int, int>> descriptors;
    int report = -1;
};

std::vector<char*> pointersTo(const std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (const std::string& text : texts)
        pointers.push_back(const_cast<char*>(text.c_str())); // execve does not write to them
    pointers.push_back(nullptr);
    return pointers;
}

void resetSignals()
{
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    for (int number = 1; number <= SIGRTMAX; ++number)
        ::sigaction(number, &action, nullptr);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void report(const ChildPlan& plan, int error)
{
    [[maybe_unused]] auto ignored = ::write(plan.report, &error, sizeof error);
    ::_exit(127);
}

/// Moves each wanted descriptor out of the way of the targets first, so that no dup2 hits a source that is still needed.
void placeDescriptors(ChildPlan& plan)
{
    constexpr int kAbove = 64; // above every target: 0 … 2 and the few that annex-display and the bus get
    plan.report = ::fcntl(plan.report, F_DUPFD_CLOEXEC, kAbove);
    for (int& fd : plan.stdio)
        fd = ::fcntl(fd, F_DUPFD_CLOEXEC, kAbove);
    for (auto& pair : plan.descriptors)
        pair.first = ::fcntl(pair.first, F_DUPFD_CLOEXEC, kAbove);
    for (int i = 0; i < 3; ++i) {
        if (::dup2(plan.stdio[i], i) < 0)
            report(plan, errno);
    }
    int next = 3;
    for (const auto& [ours, theirs] : plan.descriptors) {
        if (::dup2(ours, theirs) < 0)
            report(plan, errno);
        next = std::max(next, theirs + 1);
    }
    // Between the targets and the report pipe, and above it, nothing of ours stays open: not even what lacks close-on-exec by mistake.
    ::syscall(SYS_close_range, static_cast<unsigned>(next), static_cast<unsigned>(plan.report - 1), 0u);
    ::syscall(SYS_close_range, static_cast<unsigned>(plan.report + 1), ~0u, 0u);
}

/// When memory runs out, a program goes before annex-init and annex-display, and before the host's own programs.
void becomeExpendable()
{
    ::prctl(PR_SET_DUMPABLE, 1); // else the file below is not this account's; nothing of init's is open here any more
    int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    [[maybe_unused]] auto ignored = ::write(fd, "300", 3);
    ::close(fd);
}

[[noreturn]] void runChild(ChildPlan& plan)
{
    ::setsid();
    resetSignals();
    placeDescriptors(plan);
    if (plan.expendable)
        becomeExpendable();
    if (plan.terminal && ::ioctl(0, TIOCSCTTY, 0) != 0)
        report(plan, errno);
    if (childDescriptorLimit)
        ::setrlimit(RLIMIT_NOFILE, &*childDescriptorLimit);
    if (::chdir(plan.folder) != 0 && ::chdir("/") != 0)
        report(plan, errno);
    ::umask(022);
    ::execve(plan.program.c_str(), plan.argv.data(), plan.envp.data());
    if (errno == ENOEXEC) // a script without "#!": POSIX gives it to the shell
        ::execve("/bin/sh", plan.shellArgv.data(), plan.envp.data());
    report(plan, errno);
}

bool isExecutableFile(const std::string& path)
{
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

/// Waits until the child has become its program (the pipe closes by close-on-exec) or says why not.
int readReport(int fd)
{
    int error = 0;
    ssize_t count;
    do
        count = ::read(fd, &error, sizeof error);
    while (count < 0 && errno == EINTR);
    return count == sizeof error ? error : 0;
}

} // namespace

void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    childDescriptorLimit = limit;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string findProgram(const std::string& name, std::string_view path)
{
    if (name.find('/') != std::string::npos)
        return name;
    while (!name.empty() && !path.empty()) {
        auto colon = path.find(':');
        std::string_view folder = path.substr(0, colon);
        path = colon == std::string_view::npos ? std::string_view{} : path.substr(colon + 1);
        std::string candidate = std::string(folder) + '/' + name;
        if (!folder.empty() && isExecutableFile(candidate))
            return candidate;
    }
    return {};
}

std::pair<StartedProcess, int> startProcess(const StartRequest& request)
{
    StartedProcess started;
    ChildPlan plan;
    if (request.arguments.empty())
        return {std::move(started), EINVAL};
    plan.program = findProgram(request.arguments.front(), valueOf(request.environment, "PATH"));
    if (plan.program.empty())
        return {std::move(started), ENOENT};

    Stdio stdio;
    errno = 0;
    bool made = request.stdio == control::Stdio::Pipes      ? makePipes(stdio)
                : request.stdio == control::Stdio::Terminal ? makeTerminal(stdio, request.rows, request.columns)
                                                            : makeNothing(stdio);
    UniqueFd reportRead, reportWrite;
    if (!made || !makePipe(reportRead, reportWrite))
        return {std::move(started), errno != 0 ? errno : EIO};

    plan.argv = pointersTo(request.arguments);
    plan.envp = pointersTo(request.environment);
    char shell[] = "/bin/sh";
    plan.shellArgv = plan.argv;
    plan.shellArgv.front() = plan.program.data();
    plan.shellArgv.insert(plan.shellArgv.begin(), shell);
    plan.folder = request.workingFolder.empty() ? "/" : request.workingFolder.c_str();
    plan.stdio[0] = stdio.childInput.get();
    plan.stdio[1] = stdio.childOutput ? stdio.childOutput.get() : stdio.childInput.get();
    plan.stdio[2] = stdio.childError ? stdio.childError.get() : plan.stdio[1];
    plan.terminal = stdio.terminal;
    plan.expendable = request.expendable;
    plan.descriptors = request.descriptors;
    plan.report = reportWrite.get();

    pid_t pid = ::fork();
    if (pid == 0)
        runChild(plan);
    if (pid < 0)
        return {std::move(started), errno};
    reportWrite.reset();
    if (int error = readReport(reportRead.get())) {
        ::waitpid(pid, nullptr, 0);
        return {std::move(started), error};
    }
    started.pid = pid;
    started.input = std::move(stdio.input);
    started.output = std::move(stdio.output);
    started.error = std::move(stdio.error);
    return {std::move(started), 0};
}

} // namespace annex::init
