// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <csignal>

#include <nlohmann/json.hpp>

#include "app/broker/methods/methods.h"
#include "app/broker/session/file_in.h"
#include "app/broker/session/stdio_relay.h"

namespace annex::broker {

namespace {

using nlohmann::json;

Problem spawnProblem(const Error& error, std::string_view program, const std::string& workspace)
{
    if (error.code == Errc::Disconnected)
        return api::problem("guest.gone", {{"workspace", workspace}}, error.describe());
    if (error.code == Errc::Busy)
        return api::problem("program.limit", {{"program", shown(program)}, {"n", std::to_string(control::kMaxPrograms)}}, error.describe());
    if (error.code == Errc::TimedOut)
        return api::problem("request.timed-out", {{"seconds", "20"}}, error.describe());
    return api::problem("app.failed", {{"program", shown(program)}}, error.describe());
}

asio::awaitable<Outcome<std::string>> placeProgram(std::shared_ptr<GuestSession> session, IncomingFile file)
{
    const std::string name = file.name;
    auto path = co_await session->link().sendFile(std::move(file.file), file.size_bytes, file.name, control::FilePlace::Programs);
    if (!path)
        co_return api::Refused(fileProblem(path.error(), name));
    co_return std::move(*path);
}

// Once the workspace is chosen: permission, start, copy, spawn.
Answer runIn(Broker& broker, CallPointer call, Place place, std::optional<IncomingFile> file)
{
    auto argv = call->parameters["argv"].get<std::vector<std::string>>();
    const std::string program = file ? file->name : argv.front();
    policy::action::ProgramRun action{shown(program), file ? std::optional(file->size_bytes) : std::nullopt};
    if (auto permitted = permit(broker, *call, action, place.workspace->row.id); !permitted)
        co_return api::Refused(std::move(permitted.error()));
    auto session = co_await ready(broker, place.workspace, subjectOf(*call));
    if (!session)
        co_return api::Refused(std::move(session.error()));
    if (file) {
        auto path = co_await placeProgram(*session, std::move(*file));
        if (!path)
            co_return api::Refused(std::move(path.error()));
        argv.front() = std::move(*path);
    }
    control::Spawn what;
    what.arguments = std::move(argv);
    (*session)->expectWindow();
    std::vector<UniqueFd> noStreams; // named: GCC 12 and braces beside a co_await
    const auto report = std::make_shared<ExitReport>(broker, call->client, place.workspace->row.id);
    auto number = co_await (*session)->link().spawn(std::move(what), std::move(noStreams), report->onEnd());
    if (!number)
        co_return api::Refused(spawnProblem(number.error(), program, place.workspace->row.name));
    co_return api::Reply{{{"workspace", place.workspace->row.id}, {"program", *number}}, {}, report->afterwards(*number)};
}

Answer run(Broker& broker, CallPointer call)
{
    std::optional<IncomingFile> file;
    if (call->parameters.contains("path") != !call->descriptors.empty())
        co_return api::refuse("request.descriptors", {{"reason", "\"path\" goes with exactly one descriptor"}});
    if (!call->descriptors.empty()) {
        auto inspected = inspectFile(std::move(call->descriptors.front()), call->text("path"));
        if (!inspected)
            co_return api::Refused(std::move(inspected.error()));
        file = std::move(*inspected);
    }
    auto place = placeFor(broker, *call, file.has_value());
    if (!place)
        co_return api::Refused(std::move(place.error()));
    Undo undo(broker, *place);
    auto reply = co_await runIn(broker, call, *place, std::move(file));
    undo.kept = reply.has_value();
    co_return reply;
}

Answer exec(Broker& broker, CallPointer call)
{
    if (auto fit = StdioRelay::check(call->descriptors); !fit)
        co_return api::refuse("request.descriptors", {{"reason", "Each must be a pipe or socket end that the client made for this"}});
    const auto place = placeFor(broker, *call, false);
    if (!place)
        co_return api::Refused(place.error());
    const auto workspace = place->workspace;
    const auto session = co_await ready(broker, workspace, subjectOf(*call));
    if (!session)
        co_return api::Refused(session.error());
    control::Spawn what;
    what.arguments = call->parameters["argv"].get<std::vector<std::string>>();
    what.environment = call->parameters.value("env", std::vector<std::string>());
    what.stdio = call->flag("terminal") ? control::Stdio::Terminal : control::Stdio::Pipes;
    what.rows = static_cast<std::uint16_t>(call->parameters.value("rows", 24));
    what.columns = static_cast<std::uint16_t>(call->parameters.value("cols", 80));
    const std::string program = what.arguments.front();
    const auto report = std::make_shared<ExitReport>(broker, call->client, workspace->row.id);
    // Kept by audit.level=all only: the person who types a command needs no trail of it, and a write to the disk would double its time.
    (void)broker.policy().note(policy::NoteKind::LifeCycle, subjectOf(*call), workspace->row.id, "program.exec", "A command was run: " + shown(program)).has_value();
    auto number = co_await (*session)->link().spawn(std::move(what), std::move(call->descriptors), report->onEnd());
    if (!number)
        co_return api::Refused(spawnProblem(number.error(), program, workspace->row.name));
    (*session)->own(*number, call->client);
    co_return api::Reply{{{"program", *number}}, {}, report->afterwards(*number)};
}

Outcome<std::shared_ptr<GuestSession>> ownedProgram(Broker& broker, const api::Call& call)
{
    auto session = runningSession(broker, call);
    if (session && !(*session)->link().hasProgram(call.parameters["program"].get<std::uint32_t>()))
        return api::refuse("program.unknown");
    return session;
}

Answer done(Result<void> result)
{
    if (!result)
        co_return api::refuse("program.unknown", {}, result.error().describe());
    co_return api::Reply{};
}

Answer signalProgram(Broker& broker, CallPointer call)
{
    const auto session = ownedProgram(broker, *call);
    if (!session)
        co_return api::Refused(session.error());
    co_return co_await done((*session)->link().signal(call->parameters["program"].get<std::uint32_t>(), call->parameters["number"].get<std::uint8_t>()));
}

Answer killProgram(Broker& broker, CallPointer call)
{
    const auto session = ownedProgram(broker, *call);
    if (!session)
        co_return api::Refused(session.error());
    co_return co_await done((*session)->link().signal(call->parameters["program"].get<std::uint32_t>(), SIGKILL));
}

Answer resize(Broker& broker, CallPointer call)
{
    const auto session = ownedProgram(broker, *call);
    if (!session)
        co_return api::Refused(session.error());
    co_return co_await done((*session)->link().resize(call->parameters["program"].get<std::uint32_t>(), call->parameters["rows"].get<std::uint16_t>(), call->parameters["cols"].get<std::uint16_t>()));
}

} // namespace

void registerProgramMethods(Broker& broker)
{
    broker.method("program.run", run);
    broker.method("program.exec", exec);
    broker.method("program.signal", signalProgram);
    broker.method("program.kill", killProgram);
    broker.method("program.resize", resize);
}

} // namespace annex::broker
