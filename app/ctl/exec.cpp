// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/exec.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>

#include <nlohmann/json.hpp>

#include "app/api/message.h"
#include "app/ctl/exit_codes.h"
#include "app/ctl/output.h"
#include "app/ctl/terminal.h"

namespace annex::ctl {

namespace {

using nlohmann::json;

constexpr std::size_t kPiece_bytes = 64 * 1024;

struct Pipe {
    UniqueFd reading, writing;
};

std::optional<Pipe> makePipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return std::nullopt;
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Own pipes travel to the broker, never this process's streams: the broker makes them non-blocking, which would reach the person's shell.
class Exec {
public:
    Exec(Context& context, const ExecRequest& request) : m_context(context), m_request(request) {}
    int run();

private:
    bool makeStreams(std::vector<UniqueFd>& given);
    bool watchSignals();
    void ask(std::vector<UniqueFd> given);
    void onEvent(std::string_view type, const json& event);
    bool finished() const;
    void wait();
    void onSignal();
    void readInput();
    void writeInput();
    void passOutput(UniqueFd& from, int to);
    void tell(std::string_view method, json parameters);
    int result() const;

    Context& m_context;
    const ExecRequest& m_request;
    UniqueFd m_in, m_out, m_error, m_signals;
    std::string m_pending; ///< read from standard input, not yet taken
    bool m_inputEnded = false;
    std::optional<std::uint32_t> m_program;
    std::optional<api::Problem> m_problem;
    std::optional<int> m_status;
    std::vector<int> m_earlySignals; ///< before the program had a number
};

bool Exec::makeStreams(std::vector<UniqueFd>& given)
{
    auto in = makePipe(), out = makePipe(), error = makePipe();
    if (!in || !out || !error)
        return false;
    m_in = std::move(in->writing);
    m_out = std::move(out->reading);
    m_error = std::move(error->reading);
    ::fcntl(m_in.get(), F_SETFL, O_NONBLOCK);
    given.push_back(std::move(in->reading));
    given.push_back(std::move(out->writing));
    given.push_back(std::move(error->writing));
    return true;
}

bool Exec::watchSignals()
{
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT})
        ::sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    m_signals.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    return static_cast<bool>(m_signals);
}

void Exec::ask(std::vector<UniqueFd> given)
{
    json parameters{{"argv", m_request.command}};
    auto environment = m_request.environment;
    if (!m_request.workspace.empty())
        parameters["workspace"] = m_request.workspace;
    if (m_request.terminal) {
        const auto size = terminalSize();
        parameters.update({{"terminal", true}, {"rows", size.rows}, {"cols", size.columns}});
        if (const char* kind = std::getenv("TERM"))
            environment.insert(environment.begin(), std::string("TERM=") + kind);
    }
    if (!environment.empty())
        parameters["env"] = environment;
    m_context.link->core().onEvent([this](std::string_view type, const json& event) { onEvent(type, event); });
    const auto take = [this](api::Answer answer) {
        if (answer.problem)
            m_problem = *answer.problem;
        else
            m_program = answer.result->value("program", std::uint32_t{0});
        for (const int number : std::exchange(m_earlySignals, {}))
            if (m_program)
                tell("program.signal", {{"number", number}});
    };
    m_context.link->core().request("program.exec", parameters, take, std::move(given));
}

void Exec::onEvent(std::string_view type, const json& event)
{
    if (type == "program.exited" && m_program && event.value("program", std::uint32_t{0}) == *m_program)
        m_status = event.value("status", kExecFailed);
}

void Exec::tell(std::string_view method, json parameters)
{
    parameters["workspace"] = m_request.workspace.empty() ? "Untrusted" : m_request.workspace;
    parameters["program"] = *m_program;
    m_context.link->core().request(method, parameters, {});
}

bool Exec::finished() const
{
    if (m_problem || !m_context.link->alive())
        return true;
    return m_status && !m_out && !m_error;
}

void Exec::onSignal()
{
    signalfd_siginfo info{};
    while (::read(m_signals.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        const int number = static_cast<int>(info.ssi_signo);
        if (number == SIGWINCH) {
            const auto size = terminalSize();
            if (m_program && m_request.terminal)
                tell("program.resize", {{"rows", size.rows}, {"cols", size.columns}});
        } else if (number != SIGCONT) {
            if (m_program)
                tell("program.signal", {{"number", number}});
            else
                m_earlySignals.push_back(number);
        }
    }
}

void Exec::readInput()
{
    std::array<char, kPiece_bytes> buffer;
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got > 0)
        m_pending.assign(buffer.data(), static_cast<std::size_t>(got));
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
        m_inputEnded = true;
    writeInput();
}

void Exec::writeInput()
{
    while (m_in && !m_pending.empty()) {
        const ssize_t written = ::write(m_in.get(), m_pending.data(), m_pending.size());
        if (written > 0)
            m_pending.erase(0, static_cast<std::size_t>(written));
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            m_in.reset(); // the program does not read any more
    }
    if (m_inputEnded)
        m_in.reset();
}

void Exec::passOutput(UniqueFd& from, int to)
{
    std::array<char, kPiece_bytes> buffer;
    const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
        return;
    if (got <= 0)
        return from.reset();
    std::size_t done = 0;
    while (done < static_cast<std::size_t>(got)) {
        const ssize_t written = ::write(to, buffer.data() + done, static_cast<std::size_t>(got) - done);
        if (written > 0)
            done += static_cast<std::size_t>(written);
        else if (errno == EAGAIN) {
            pollfd room{to, POLLOUT, 0};
            ::poll(&room, 1, -1);
        } else if (errno != EINTR)
            return from.reset(); // our reader is gone: the program learns it by SIGPIPE
    }
}

void Exec::wait()
{
    auto& link = *m_context.link;
    link.flush();
    const bool wantsInput = m_in && m_pending.empty() && !m_inputEnded && m_program;
    std::array<pollfd, 6> watched{{
        {link.descriptor(), static_cast<short>(POLLIN | (link.wantsWrite() ? POLLOUT : 0)), 0},
        {m_signals.get(), POLLIN, 0},
        {wantsInput ? STDIN_FILENO : -1, POLLIN, 0},
        {m_in && !m_pending.empty() ? m_in.get() : -1, POLLOUT, 0},
        {m_out ? m_out.get() : -1, POLLIN, 0},
        {m_error ? m_error.get() : -1, POLLIN, 0},
    }};
    if (::poll(watched.data(), watched.size(), -1) < 0)
        return;
    if (watched[4].revents)
        passOutput(m_out, STDOUT_FILENO);
    if (watched[5].revents)
        passOutput(m_error, STDERR_FILENO);
    if (watched[0].revents & POLLOUT)
        link.flush();
    if (watched[0].revents & (POLLIN | POLLHUP | POLLERR))
        link.onReadable();
    if (watched[1].revents)
        onSignal();
    if (watched[2].revents)
        readInput();
    if (watched[3].revents)
        writeInput();
}

int Exec::result() const
{
    if (m_status)
        return *m_status;
    const auto problem = m_problem.value_or(api::problem("broker.away", {{"reason", "It ended while the program ran"}}));
    printProblem(problem, m_context.json);
    return execExitCodeFor(problem);
}

int Exec::run()
{
    std::vector<UniqueFd> given;
    if (!makeStreams(given) || !watchSignals()) {
        printProblem(api::problem("failed.system"), m_context.json);
        return kExecFailed;
    }
    std::optional<RawTerminal> raw;
    ask(std::move(given));
    while (!finished()) {
        wait();
        if (m_program && m_request.terminal && !raw)
            raw.emplace();
    }
    raw.reset();
    const int code = result();
    m_context.link->core().onEvent({});
    return code;
}

} // namespace

int runExec(Context& context, const ExecRequest& request)
{
    if (context.connect() != 0)
        return kExecFailed;
    return Exec(context, request).run();
}

} // namespace annex::ctl
