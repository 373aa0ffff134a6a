// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/context.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "app/api/message.h"
#include "app/ctl/exit_codes.h"
#include "app/ctl/output.h"
#include "app/ctl/progress.h"
#include "base/paths.h"
#include "base/process/process.h"

extern char** environ;

namespace annex::ctl {

namespace {

volatile std::sig_atomic_t s_interrupts = 0;

void onInterrupt(int)
{
    s_interrupts = s_interrupts + 1;
}

// Ctrl+C first cancels what was asked; a second one ends annexctl as usual.
class InterruptGuard {
public:
    InterruptGuard()
    {
        struct sigaction action {};
        action.sa_handler = onInterrupt;
        action.sa_flags = SA_RESETHAND;
        s_interrupts = 0;
        ::sigaction(SIGINT, &action, &m_before);
    }
    ~InterruptGuard() { ::sigaction(SIGINT, &m_before, nullptr); }
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

private:
    struct sigaction m_before {};
};

} // namespace

int Context::connect(bool startBroker)
{
    if (link)
        return 0;
    api::OpenOptions options;
    options.client = "annexctl";
    options.startBroker = startBroker && !noStart;
    options.runtimeFolder = runtimeDir;
    auto opened = ::getuid() == 0 ? api::Outcome<std::unique_ptr<api::ClientConnection>>(api::refuse("broker.root")) : api::ClientConnection::open(std::move(options));
    if (!opened) {
        printProblem(opened.error(), json);
        return exitCodeFor(opened.error());
    }
    link = std::move(*opened);
    return 0;
}

bool Context::brokerAnswers() const
{
    api::OpenOptions options;
    options.startBroker = false;
    options.runtimeFolder = runtimeDir;
    return api::ClientConnection::connect(options).has_value();
}

int Context::call(std::string_view method, const nlohmann::json& parameters, nlohmann::json& result, std::vector<UniqueFd> descriptors)
{
    if (const int code = connect())
        return code;
    std::optional<api::Problem> problem;
    bool answered = false;
    const auto id = link->core().request(
        method, parameters,
        [&](api::Answer answer) {
            answered = true;
            if (answer.problem)
                problem = *answer.problem;
            else
                result = *answer.result;
        },
        std::move(descriptors));
    const InterruptGuard interrupt;
    Progress progress(json ? -1 : STDERR_FILENO);
    if (progress.isShown())
        link->core().request("events.subscribe", {{"types", {"workspace.stage"}}}, {});
    link->core().onEvent([&](std::string_view type, const nlohmann::json& event) { progress.onEvent(type, event); });
    bool cancelled = false;
    while (!answered) {
        link->waitOnce(progress.nextTick());
        progress.tick();
        if (s_interrupts > 0 && !std::exchange(cancelled, true))
            link->core().cancel(id);
    }
    link->core().onEvent({});
    progress.finish();
    if (!problem)
        return 0;
    printProblem(*problem, json);
    return exitCodeFor(*problem);
}

void startDesktopIfNeeded(Context& context)
{
    const auto set = [](const char* name) {
        const char* value = std::getenv(name);
        return value && *value;
    };
    if (!context.link || context.link->welcome().desktop || !context.runtimeDir.empty() || // a broker beside the person's own
         (!set("DISPLAY") && !set("WAYLAND_DISPLAY")))
        return;
    const auto folder = programFolder();
    if (!folder)
        return;
    const auto program = api::findSibling(*folder, "annex");
    if (!program)
        return;
    SpawnOptions options;
    options.program = program->string();
    options.arguments = {"annex", "--background"};
    for (char** entry = environ; *entry; ++entry)
        options.environment.emplace_back(*entry);
    options.newSession = true;
    (void)spawn(options).has_value(); // without it windows wait until somebody starts annex; `doctor` says so
}

} // namespace annex::ctl
