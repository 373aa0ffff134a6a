// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "app/broker/methods/methods.h"
#include "app/broker/session/file_in.h"
#include "base/text.h"

namespace annex::broker {

namespace {

constexpr std::size_t kMaxMime_characters = 80;

Problem openProblem(const Error& error, const std::string& file, const std::string& workspace)
{
    const api::Arguments arguments{{"file", shown(file)}, {"program", shown(file)}, {"workspace", workspace}, {"type", sanitiseLine(error.context, kMaxMime_characters)}};
    if (!error.id.empty())
        return api::problem(error.id, arguments);
    if (error.code == Errc::Disconnected)
        return api::problem("guest.gone", arguments, error.describe());
    return api::problem("app.failed", arguments, error.describe());
}

void tellViewer(GuestSession& session)
{
    session.send({{"m", "strip"}, {"id", "file-copy"}, {"arguments", nlohmann::json::object()}, {"window", 0}});
}

Answer openIn(Broker& broker, CallPointer call, Place place, IncomingFile file)
{
    const std::string name = file.name;
    const policy::action::FileIn action{shown(name), file.size_bytes};
    if (auto permitted = permit(broker, *call, action, place.workspace->row.id); !permitted)
        co_return api::Refused(std::move(permitted.error()));
    auto session = co_await ready(broker, place.workspace, subjectOf(*call));
    if (!session)
        co_return api::Refused(std::move(session.error()));
    auto path = co_await (*session)->link().sendFile(std::move(file.file), file.size_bytes, name, control::FilePlace::Inbox);
    if (!path)
        co_return api::Refused(fileProblem(path.error(), name));
    const auto report = std::make_shared<ExitReport>(broker, call->client, place.workspace->row.id);
    (*session)->expectWindow();
    auto opened = co_await (*session)->link().open(std::move(*path), report->onEnd());
    if (!opened)
        co_return api::Refused(openProblem(opened.error(), name, place.workspace->row.name));
    tellViewer(**session);
    const auto& [number, chosen] = *opened;
    nlohmann::json result{{"workspace", place.workspace->row.id}, {"program", number}};
    result["mime"] = sanitiseLine(chosen.mimeType, kMaxMime_characters);
    result["application"] = sanitiseLine(chosen.desktopId, kMaxMime_characters);
    co_return api::Reply{std::move(result), {}, report->afterwards(number)};
}

Answer open(Broker& broker, CallPointer call)
{
    auto file = inspectFile(std::move(call->descriptors.front()), call->text("name"));
    if (!file)
        co_return api::Refused(std::move(file.error()));
    auto place = placeFor(broker, *call, true);
    if (!place)
        co_return api::Refused(std::move(place.error()));
    Undo undo(broker, *place);
    auto reply = co_await openIn(broker, call, *place, std::move(*file));
    undo.kept = reply.has_value();
    co_return reply;
}

} // namespace

void registerFileMethods(Broker& broker)
{
    broker.method("file.open", open);
}

} // namespace annex::broker
