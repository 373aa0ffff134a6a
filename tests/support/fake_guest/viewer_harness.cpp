// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_guest/viewer_harness.h"

#include <QJsonDocument>
#include <QProcess>

#include <array>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/channel/posix/local_socket.h"
#include "vgpu/display/host/posix/pool.h"

namespace annex::test {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;

std::vector<std::string> environmentFor(const QString& display)
{
    std::vector<std::string> environment{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "DISPLAY=" + display.toStdString()};
    for (const char* name : {"HOME", "XDG_RUNTIME_DIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "XAUTHORITY", "QT_SCALE_FACTOR"})
        if (const char* value = std::getenv(name))
            environment.push_back(std::string(name) + "=" + value);
    return environment;
}

void end(std::optional<ChildProcess>& process)
{
    if (!process)
        return;
    [[maybe_unused]] auto asked = process->signal(SIGTERM);
    [[maybe_unused]] auto ended = process->wait();
    process.reset();
}

} // namespace

VirtualDisplay::VirtualDisplay(const QString& geometry, bool windowManager)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return;
    UniqueFd reader(ends[0]), writer(ends[1]);
    SpawnOptions options;
    options.program = "/usr/bin/Xvfb";
    options.arguments = {"Xvfb", "-displayfd", "3", "-screen", "0", geometry.toStdString(), "-nolisten", "tcp", "-noreset"};
    options.environment = environmentFor({});
    options.descriptors = {{writer.get(), 3}};
    auto server = spawn(options);
    if (!server)
        return;
    m_server.emplace(std::move(*server));
    writer.reset();
    QByteArray number;
    for (char c = 0; ::read(reader.get(), &c, 1) == 1 && c != '\n';)
        number += c;
    if (number.isEmpty())
        return;
    m_name = QStringLiteral(":%1").arg(QString::fromLatin1(number));
    qputenv("DISPLAY", m_name.toLatin1());
    qunsetenv("XAUTHORITY");
    if (windowManager) {
        SpawnOptions manager;
        manager.program = "/usr/bin/openbox";
        manager.arguments = {"openbox", "--sm-disable"};
        manager.environment = environmentFor(m_name);
        auto started = spawn(manager);
        if (!started)
            return;
        m_manager.emplace(std::move(*started));
        // A window that comes before its manager is never given the focus.
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        QProcess look;
        do {
            look.start(QStringLiteral("xprop"), {QStringLiteral("-root"), QStringLiteral("_NET_SUPPORTING_WM_CHECK")});
            look.waitForFinished();
            if (std::chrono::steady_clock::now() > deadline)
                return;
        } while (!look.readAllStandardOutput().contains("window id"));
    }
    m_ready = true;
}

VirtualDisplay::~VirtualDisplay()
{
    end(m_manager);
    end(m_server);
}

ViewerHarness::ViewerHarness(const QStringList& arguments, bool pool)
{
    auto streams = streamPair();
    if (!streams)
        return;
    m_hostStream = std::move((*streams)[0]);
    UniqueFd guestPool;
    if (pool) {
        auto made = display::createPool(m_pool_bytes);
        if (!made)
            return;
        m_pool = std::move(*made);
        if (auto copy = duplicate(m_pool.get()))
            guestPool = std::move(*copy);
    }
    m_guest = std::make_unique<FakeGuest>(std::move((*streams)[1]), std::move(guestPool), m_pool_bytes);
    start(arguments);
}

ViewerHarness::~ViewerHarness()
{
    if (isRunning())
        kill();
}

void ViewerHarness::start(const QStringList& arguments)
{
    auto link = streamPair();
    if (!link)
        return;
    SpawnOptions options;
    options.program = ANNEX_BIN_DIR "/annex-viewer";
    options.arguments = {"annex-viewer", "--pool-bytes", std::to_string(m_pool_bytes)};
    if (!m_pool)
        options.arguments.emplace_back("--inline");
    for (const QString& argument : arguments)
        options.arguments.push_back(argument.toStdString());
    options.environment = environmentFor(qEnvironmentVariable("DISPLAY"));
    options.descriptors = {{m_hostStream.get(), 3}, {2, 2}};
    if (m_pool)
        options.descriptors.emplace_back(m_pool.get(), 4);
    if (!arguments.contains(QStringLiteral("--no-link")))
        options.descriptors.emplace_back((*link)[1].get(), 5);
    auto process = spawn(options);
    if (!process)
        return;
    m_exit.reset();
    m_viewer.emplace(std::move(*process));
    m_link = std::move((*link)[0]);
    m_incoming.clear();
    m_heard.clear();
}

void ViewerHarness::restart(const QStringList& arguments)
{
    if (isRunning())
        kill();
    start(arguments);
}

bool ViewerHarness::isRunning()
{
    if (!m_viewer || m_exit)
        return false;
    auto ended = m_viewer->tryWait();
    if (ended && *ended)
        m_exit = (*ended)->signal != 0 ? -1 : (*ended)->code;
    return !m_exit;
}

std::optional<int> ViewerHarness::exitCode()
{
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (isRunning() && std::chrono::steady_clock::now() < deadline) {
        pollfd ended{m_viewer->pidfd(), POLLIN, 0};
        ::poll(&ended, 1, 200);
    }
    return m_exit;
}

void ViewerHarness::kill()
{
    [[maybe_unused]] auto sent = m_viewer->signal(SIGKILL);
    auto ended = m_viewer->wait();
    m_exit = -1;
    Q_UNUSED(ended)
}

void ViewerHarness::say(const QJsonObject& message)
{
    const QByteArray line = QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n';
    if (m_link) {
        [[maybe_unused]] auto sent = sendWith(m_link.get(), asBytes(std::string_view(line.constData(), static_cast<std::size_t>(line.size()))));
    }
}

void ViewerHarness::appearance(const QString& name, const QString& colour, const QString& pattern)
{
    say({{QStringLiteral("m"), QStringLiteral("appearance")}, {QStringLiteral("name"), name}, {QStringLiteral("colour"), colour},
         {QStringLiteral("pattern"), pattern}, {QStringLiteral("label"), QString()}, {QStringLiteral("level"), QStringLiteral("process")},
         {QStringLiteral("persistence"), QStringLiteral("disposable")}, {QStringLiteral("number"), 1}, {QStringLiteral("theme"), QStringLiteral("light")},
         {QStringLiteral("reduce_motion"), true}});
}

bool ViewerHarness::begin()
{
    appearance();
    return m_guest->connect();
}

void ViewerHarness::readLink()
{
    std::array<std::uint8_t, 65536> buffer;
    while (m_link) {
        auto got = receive(m_link.get(), buffer);
        if (!got || got->closed || got->bytes == 0)
            break;
        m_incoming.append(reinterpret_cast<const char*>(buffer.data()), static_cast<qsizetype>(got->bytes));
    }
    for (qsizetype at = m_incoming.indexOf('\n'); at >= 0; at = m_incoming.indexOf('\n')) {
        m_heard.push_back(QJsonDocument::fromJson(m_incoming.left(at)).object());
        m_incoming.remove(0, at + 1);
    }
}

const std::vector<QJsonObject>& ViewerHarness::heard()
{
    readLink();
    return m_heard;
}

QJsonObject ViewerHarness::waitFor(const QString& kind)
{
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
        readLink();
        for (auto it = m_heard.begin(); it != m_heard.end(); ++it)
            if ((*it)[QLatin1String("m")].toString() == kind) {
                QJsonObject found = *it;
                m_heard.erase(it);
                return found;
            }
        m_guest->settle(20ms);
        if (!isRunning()) {
            readLink();
            if (m_heard.empty())
                break;
        }
    }
    return {};
}

void ViewerHarness::settle(std::chrono::milliseconds time)
{
    m_guest->settle(time);
    readLink();
}

} // namespace annex::test
