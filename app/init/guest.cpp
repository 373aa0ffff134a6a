// SPDX-License-Identifier: Apache-2.0
#include "app/init/guest.h"

#include <cerrno>
#include <csignal>

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/init/mime/opener.h"
#include "app/init/note.h"

namespace annex::init {

namespace {

/// SIGCHLD to reap, SIGTERM to end in order. Blocked for good here; startProcess() clears the mask for children.
UniqueFd openSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    return UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

/// Engines may have made them. X11 wants its own sticky, open to all and owned by root or by the server's user.
void makeSocketFolders(const Environment& environment)
{
    ::mkdir(std::string(valueOf(environment, "XDG_RUNTIME_DIR")).c_str(), 0700);
    constexpr const char* kX11 = "/tmp/.X11-unix";
    if (::mkdir(kX11, 01777) == 0)
        ::chmod(kX11, 01777); // past the umask
}

constexpr std::chrono::milliseconds kOwnGrace{2'000}; // after SIGTERM to init: the engine kills later than this

} // namespace

Guest::Guest(Loop& loop, GuestOptions options)
    : m_loop(loop), m_options(std::move(options)), m_environment(m_options.environment), m_signals(openSignals()),
      m_link(loop, UniqueFd(m_options.control),
             {[this](const wire::Frame& frame) { onFrame(frame); }, [this] { onTakeOver(); },
              [this] { m_loop.stop(0); }, // the engine let go of this guest
              [this] {
                  m_programs.update();
                  m_display.update();
              }}),
      m_programs(loop, m_link), m_transfers(home()), m_bus(loop),
      m_display(loop, m_link, m_options.displayProgram, m_options.displayStream, m_options.pool,
                {[this](const std::string& wayland, const std::string& x11) { onDisplayReady(wayland, x11); },
                 [this](control::DisplayCondition condition) { onDisplayState(condition); }})
{
}

Guest::~Guest()
{
    m_loop.forget(m_signals.get());
}

void Guest::start()
{
    m_loop.watch(m_signals.get(), EPOLLIN, [this](std::uint32_t) { onSignals(); });
    makeSocketFolders(m_environment);
    m_transfers.makeFolders();
    assign(m_environment, "DBUS_SESSION_BUS_ADDRESS", m_bus.prepare(m_environment));
    m_bus.setEnvironment(m_environment);
    m_loop.after(kDisplayPatience, [this] {
        m_patienceOver = true;
        runWaiting();
    });
    m_display.start(m_environment);
}

// ---- the host

void Guest::onTakeOver()
{
    m_transfers.dropAll();
    m_waiting.clear();
    control::Ready ready;
    ready.running = m_programs.takenOver();
    m_link.send(0, ready);
    m_link.send(0, control::DisplayState{m_display.condition()});
}

template <class Message> void Guest::dispatch(const wire::Frame& frame)
{
    auto message = control::decodeTrusted<Message>(frame.payload);
    if (message)
        on(frame.header.object, std::move(*message));
    else
        note("a message of the host is malformed"); // skipped: the host waits in vain for this answer only
}

void Guest::onFrame(const wire::Frame& frame)
{
    using control::MessageType;
    switch (static_cast<MessageType>(frame.header.type)) {
    case MessageType::Spawn: return dispatch<control::Spawn>(frame);
    case MessageType::Input: return dispatch<control::Input>(frame);
    case MessageType::InputEnd: return dispatch<control::InputEnd>(frame);
    case MessageType::Signal: return dispatch<control::Signal>(frame);
    case MessageType::TerminalSize: return dispatch<control::TerminalSize>(frame);
    case MessageType::FileBegin: return dispatch<control::FileBegin>(frame);
    case MessageType::FileData: return dispatch<control::FileData>(frame);
    case MessageType::FileEnd: return dispatch<control::FileEnd>(frame);
    case MessageType::Open: return dispatch<control::Open>(frame);
    case MessageType::ToDisplay: return dispatch<control::ToDisplay>(frame);
    case MessageType::Ping: return dispatch<control::Ping>(frame);
    case MessageType::OutputCredit: return dispatch<control::OutputCredit>(frame);
    case MessageType::Shutdown: return dispatch<control::Shutdown>(frame);
    default: note("an unknown message of the host"); // from a newer broker
    }
}

void Guest::on(std::uint32_t object, control::Spawn message)
{
    if (message.stdio != control::Stdio::None)
        return spawn(object, message);
    whenDisplayReady([this, object, message = std::move(message)] { spawn(object, message); });
}

void Guest::spawn(std::uint32_t number, const control::Spawn& message)
{
    StartRequest request;
    request.arguments = message.arguments;
    request.environment = merged(m_environment, message.environment);
    request.workingFolder = message.workingFolder.empty() ? home() : message.workingFolder;
    request.stdio = message.stdio;
    request.rows = message.rows;
    request.columns = message.columns;
    if (message.stdio == control::Stdio::Terminal)
        assignDefault(request.environment, "TERM", "xterm-256color");
    int error = m_shuttingDown ? ESHUTDOWN : m_programs.start(number, request);
    m_link.send(number, control::Spawned{static_cast<std::uint32_t>(error)});
}

void Guest::open(std::uint32_t number, const std::string& path)
{
    auto plan = mime::planToOpen(path, m_environment);
    if (plan.problem == control::OpenProblem::None) {
        StartRequest request;
        request.arguments = std::move(plan.arguments);
        request.environment = m_environment;
        request.workingFolder = plan.workingFolder.empty() ? home() : plan.workingFolder;
        if (m_shuttingDown || m_programs.start(number, request) != 0)
            plan.problem = control::OpenProblem::StartFailed;
    }
    m_link.send(number, control::Opened{plan.problem, plan.mimeType, plan.desktopId});
}

void Guest::on(std::uint32_t object, control::Input message)
{
    m_programs.input(object, message.bytes);
}

void Guest::on(std::uint32_t object, control::InputEnd)
{
    m_programs.inputEnd(object);
}

void Guest::on(std::uint32_t object, control::Signal message)
{
    m_programs.signal(object, message.number);
}

void Guest::on(std::uint32_t object, control::TerminalSize message)
{
    m_programs.resize(object, message.rows, message.columns);
}

void Guest::on(std::uint32_t object, control::FileBegin message)
{
    if (int error = m_transfers.begin(object, message))
        m_link.send(object, control::FileDone{static_cast<std::uint32_t>(error), {}});
}

void Guest::on(std::uint32_t object, control::FileData message)
{
    if (int error = m_transfers.data(object, message.bytes))
        m_link.send(object, control::FileDone{static_cast<std::uint32_t>(error), {}});
}

void Guest::on(std::uint32_t object, control::FileEnd message)
{
    if (!m_transfers.knows(object))
        return; // it failed before, and was said to have
    control::FileDone done;
    done.error = static_cast<std::uint32_t>(m_transfers.end(object, message.complete, done.path));
    m_link.send(object, done);
}

void Guest::on(std::uint32_t object, control::Open message)
{
    whenDisplayReady([this, object, path = std::move(message.path)] { open(object, path); });
}

void Guest::on(std::uint32_t, control::ToDisplay message)
{
    m_display.toDisplay(message.bytes);
}

void Guest::on(std::uint32_t, control::Ping message)
{
    m_link.send(0, control::Pong{message.serial});
}

void Guest::on(std::uint32_t object, control::OutputCredit message)
{
    m_programs.outputCredit(object, message.stream, message.bytes);
}

void Guest::on(std::uint32_t, control::Shutdown message)
{
    shutDown(std::chrono::milliseconds(message.grace_ms));
}

// ---- the display

void Guest::onDisplayReady(const std::string& wayland, const std::string& x11)
{
    assign(m_environment, "WAYLAND_DISPLAY", wayland);
    if (!x11.empty())
        assign(m_environment, "DISPLAY", x11);
    m_bus.setEnvironment(m_environment);
}

void Guest::onDisplayState(control::DisplayCondition condition)
{
    m_link.send(0, control::DisplayState{condition});
    if (condition == control::DisplayCondition::Ready || condition == control::DisplayCondition::GivenUp)
        runWaiting();
}

void Guest::whenDisplayReady(std::function<void()> start)
{
    auto condition = m_display.condition();
    if (m_patienceOver || condition == control::DisplayCondition::Ready || condition == control::DisplayCondition::GivenUp)
        return start();
    m_waiting.push_back(std::move(start)); // bounded: the broker has at most kMaxPrograms under way
}

void Guest::runWaiting()
{
    for (auto& start : std::exchange(m_waiting, {}))
        start();
}

// ---- processes

void Guest::onSignals()
{
    signalfd_siginfo info;
    bool terminate = false;
    while (::read(m_signals.get(), &info, sizeof info) == sizeof info)
        terminate |= info.ssi_signo == SIGTERM;
    // Everything that dies here is a child of this process or an orphan given to it; annex-display waits for its own.
    int status = 0;
    for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;)
        m_display.reaped(pid, status) || m_bus.reaped(pid, status) || m_programs.reaped(pid, status);
    if (terminate)
        shutDown(kOwnGrace);
    if (m_shuttingDown && !othersAlive())
        m_loop.stop(0);
}

bool Guest::othersAlive() const
{
    return ::kill(-1, 0) == 0;
}

void Guest::shutDown(std::chrono::milliseconds grace)
{
    if (std::exchange(m_shuttingDown, true))
        return;
    m_display.shutDown();
    // This process is number 1 of a process namespace (main() makes sure): -1 reaches all the others in it and nobody else.
    ::kill(-1, SIGTERM);
    ::kill(-1, SIGCONT); // a stopped process must not outlast the grace
    if (!othersAlive())
        return m_loop.stop(0);
    m_loop.after(grace, [this] {
        ::kill(-1, SIGKILL);
        m_loop.stop(0); // the kernel ends whatever is left together with process 1
    });
}

} // namespace annex::init
