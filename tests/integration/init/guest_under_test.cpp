// SPDX-License-Identifier: Apache-2.0
#include "guest_under_test.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <chrono>
#include <filesystem>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace annex;
using namespace annex::control;

namespace {

constexpr std::chrono::seconds kDeadline{120}; // a dead man's switch: machines are shared

std::vector<std::string> bubblewrap(const std::string& folder)
{
    return {"/usr/bin/bwrap", "--unshare-user", "--unshare-pid", "--as-pid-1", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev",
            "--proc", "/proc", "--tmpfs", "/tmp", "--bind", folder, folder, "--tmpfs", "/run", "--dir", "/run/guest", "--"};
}

std::pair<UniqueFd, UniqueFd> streams()
{
    int fds[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
        qFatal("no socket pair");
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

void copyProgram(const QString& name, const QString& folder, const QString& as)
{
    QDir().mkpath(folder);
    if (!QFile::copy(QStringLiteral(ANNEX_BIN_DIR "/") + name, folder + QLatin1Char('/') + as))
        qFatal("cannot copy %s", qPrintable(name));
}

} // namespace

GuestUnderTest::GuestUnderTest(Options options)
{
    QString root = m_folder.path();
    QDir().mkpath(root + QStringLiteral("/home"));
    copyProgram(QStringLiteral("annex-init"), root + QStringLiteral("/bin"), QStringLiteral("annex-init"));
    if (options.display == Options::Display::Scripted)
        copyProgram(QStringLiteral("../tests/scripted_display"), root + QStringLiteral("/bin"), QStringLiteral("annex-display"));
    if (options.display == Options::Display::Real)
        copyProgram(QStringLiteral("annex-display"), root + QStringLiteral("/bin"), QStringLiteral("annex-display"));

    auto [host, guest] = streams();
    auto [displayHost, displayGuest] = streams();
    m_stream = std::move(host);
    m_displayStream = std::move(displayHost);
    SpawnOptions spawn;
    spawn.program = "/usr/bin/bwrap";
    spawn.arguments = bubblewrap(root.toStdString());
    spawn.arguments.push_back(root.toStdString() + "/bin/annex-init");
    spawn.environment = {"HOME=" + home(), "XDG_RUNTIME_DIR=/run/guest", "LANG=C.UTF-8", 
                         "ASAN_OPTIONS=detect_leaks=0", // process 1 is not dumpable, so it cannot be searched
                         "ANNEX_TEST_DISPLAY=" + options.displayScript};
    spawn.environment.insert(spawn.environment.end(), options.environment.begin(), options.environment.end());
    spawn.descriptors = {{guest.get(), 3}, {displayGuest.get(), 4}, {STDERR_FILENO, STDERR_FILENO}};
    auto process = annex::spawn(spawn);
    if (!process)
        qFatal("cannot start bubblewrap: %s", process.error().describe().c_str());
    m_process = std::move(*process);
    m_control = std::make_unique<HostControl>(*this);
    m_control->takeOver();
    if (!waitFor([this] { return ready; }))
        qFatal("annex-init did not say Ready");
}

GuestUnderTest::~GuestUnderTest()
{
    m_stream.reset(); // init ends with its control stream, and everything with init
    (void)m_process.wait();
    std::filesystem::remove_all(m_folder.path().toStdString()); // Qt cannot name files that are not UTF-8
}

void GuestUnderTest::takeOverAnew()
{
    ready = false;
    programs.clear();
    files.clear();
    m_input.clear();
    displayStates.clear();
    m_control = std::make_unique<HostControl>(*this);
    m_control->takeOver();
}

void GuestUnderTest::flush()
{
    ByteSpan bytes = m_control->outgoing();
    if (bytes.empty())
        return;
    ssize_t count = ::send(m_stream.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0)
        m_control->sent(static_cast<std::size_t>(count));
}

void GuestUnderTest::pump(int timeout_ms)
{
    pollfd poll{m_stream.get(), POLLIN, 0};
    if (!m_control->outgoing().empty())
        poll.events |= POLLOUT;
    if (::poll(&poll, 1, timeout_ms) <= 0)
        return;
    if (poll.revents & POLLOUT)
        flush();
    if (!(poll.revents & (POLLIN | POLLHUP)))
        return;
    std::vector<std::uint8_t> buffer(64 * 1024);
    ssize_t count = ::recv(m_stream.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0)
        closed = true;
    if (count > 0)
        (void)m_control->receive(ByteSpan(buffer).first(static_cast<std::size_t>(count)), std::chrono::steady_clock::now());
}

bool GuestUnderTest::waitFor(const std::function<bool()>& done)
{
    auto end = std::chrono::steady_clock::now() + kDeadline;
    while (!done()) {
        if (protocolError)
            qWarning("protocol error: %s", protocolError->c_str());
        if (protocolError || closed || std::chrono::steady_clock::now() > end)
            return done();
        pump(100);
    }
    return true;
}

std::uint32_t GuestUnderTest::spawn(std::vector<std::string> arguments, Stdio stdio)
{
    Spawn what;
    what.arguments = std::move(arguments);
    what.stdio = stdio;
    std::uint32_t number = m_next++;
    programs[number];
    if (auto ok = m_control->spawn(number, what); !ok)
        qFatal("spawn: %s", ok.error().describe().c_str());
    return number;
}

ProgramRecord& GuestUnderTest::run(std::vector<std::string> arguments, const std::string& input)
{
    std::uint32_t number = spawn(std::move(arguments));
    feed(number, input);
    ProgramRecord& record = programs[number];
    waitFor([&] { return record.status.has_value() || record.spawnError.value_or(0) != 0; });
    return record;
}

void GuestUnderTest::feed(std::uint32_t program, std::string bytes)
{
    m_input[program] = std::move(bytes);
    feedMore(program);
}

void GuestUnderTest::feedMore(std::uint32_t program)
{
    auto at = m_input.find(program);
    if (at == m_input.end())
        return;
    auto accepted = m_control->input(program, asBytes(at->second));
    if (!accepted)
        return;
    at->second.erase(0, *accepted);
    if (at->second.empty()) {
        m_input.erase(at);
        (void)m_control->inputEnd(program);
    }
}

FileRecord GuestUnderTest::sendFile(const std::string& name, const std::string& content, FilePlace place)
{
    std::uint32_t number = m_next++;
    if (auto ok = m_control->beginFile(number, name, content.size(), place); !ok)
        qFatal("beginFile: %s", ok.error().describe().c_str());
    for (std::size_t at = 0; at < content.size();) {
        std::string piece = content.substr(at, kMaxChunk_bytes);
        auto sent = m_control->fileData(number, asBytes(piece));
        if (sent)
            at += piece.size();
        else if (sent.error().code == Errc::Cancelled)
            break;
        pump(sent ? 0 : 100);
    }
    (void)m_control->endFile(number, true);
    waitFor([&] { return files.contains(number); });
    return files[number];
}

ProgramRecord& GuestUnderTest::open(const std::string& path)
{
    std::uint32_t number = m_next++;
    ProgramRecord& record = programs[number];
    if (auto ok = m_control->open(number, path); !ok)
        qFatal("open: %s", ok.error().describe().c_str());
    waitFor([&] { return record.openProblem.has_value(); });
    return record;
}

void GuestUnderTest::onReady(const std::vector<std::uint32_t>& running)
{
    ready = true;
    runningAtReady = running;
    for (std::uint32_t number : running)
        programs[number];
}

void GuestUnderTest::onSpawned(std::uint32_t program, std::uint32_t error)
{
    programs[program].spawnError = error;
}

void GuestUnderTest::onOutput(std::uint32_t program, Stream stream, ByteSpan bytes)
{
    ProgramRecord& record = programs[program];
    record.out_bytes += bytes.size();
    if (keepOutput)
        (stream == Stream::Out ? record.out : record.error).append(bytes.begin(), bytes.end());
    if (giveCredit)
        m_control->outputTaken(program, stream, bytes.size());
}

void GuestUnderTest::onOutputEnd(std::uint32_t program, Stream stream)
{
    (stream == Stream::Out ? programs[program].outEnded : programs[program].errorEnded) = true;
}

void GuestUnderTest::onInputRoom(std::uint32_t program)
{
    feedMore(program);
}

void GuestUnderTest::onExited(std::uint32_t program, std::uint8_t status, bool signalled)
{
    ProgramRecord& record = programs[program];
    record.status = status;
    record.signalled = signalled;
    record.endedBeforeExit = record.outEnded && record.errorEnded;
}

void GuestUnderTest::onFileDone(std::uint32_t transfer, std::uint32_t error, const std::string& path)
{
    files[transfer] = {error, path};
}

void GuestUnderTest::onOpened(std::uint32_t program, OpenProblem problem, const std::string& mimeType, const std::string& desktopId)
{
    ProgramRecord& record = programs[program];
    record.openProblem = problem;
    record.mimeType = mimeType;
    record.desktopId = desktopId;
}
