// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "app/api/server.h"
#include "app/broker/broker.h"

/// What the API's methods do, in groups. Each handler is a free coroutine over (Broker&, Call).
namespace annex::broker {

using CallPointer = std::shared_ptr<api::Call>;
using Answer = asio::awaitable<Outcome<api::Reply>>;

void registerAll(Broker& broker);
void registerWorkspaceMethods(Broker& broker);
void registerProgramMethods(Broker& broker);
void registerFileMethods(Broker& broker);
void registerAppMethods(Broker& broker);
void registerPolicyMethods(Broker& broker);
void registerAuditMethods(Broker& broker);
void registerDesktopMethods(Broker& broker);
void registerBrokerMethods(Broker& broker);

/// The person behind a client.
policy::Subject subjectOf(const api::Call& call);
Problem refusal(const policy::Decision& decision);

/// Where something is to be opened, and whether it was made for that.
struct Place {
    std::shared_ptr<Workspace> workspace;
    bool made = false;
};
/// The workspace that `call` names, a fresh one, or the default one.
/// @param freshByDefault  without a workspace and without `fresh`: as open.fresh says
Outcome<Place> placeFor(Broker& broker, const api::Call& call, bool freshByDefault);
/// Starts it if needed. @return its session
asio::awaitable<Outcome<std::shared_ptr<GuestSession>>> ready(Broker& broker, std::shared_ptr<Workspace> workspace, policy::Subject subject);
/// Undoes what placeFor() made, when nothing came to stand in it.
void abandon(Broker& broker, const Place& place);

/// abandon() at the end of its scope, unless it was kept.
struct Undo {
    Broker& broker;
    Place place;
    bool kept = false;
    std::shared_ptr<const bool> alive; ///< the broker; a call that waits when it ends is destroyed afterwards
    Undo(Broker& b, Place p) : broker(b), place(std::move(p)), alive(b.alive()) {}
    ~Undo()
    {
        if (*alive && !kept)
            abandon(broker, place);
    }
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
};

/// Decides and records. @errors the refusal, or what kept it from being recorded
Outcome<void> permit(Broker& broker, const api::Call& call, const policy::Action& action, const std::string& workspace);
/// A name from outside, for a sentence.
std::string shown(std::string_view name);
/// What went wrong with a file on its way in.
Problem fileProblem(const Error& error, const std::string& name);

/// The session of a running workspace, for what makes sense only there.
Outcome<std::shared_ptr<GuestSession>> runningSession(Broker& broker, const api::Call& call);

/// "copy-in-toggle" and "copy-out-toggle" of the frame menu.
void toggleCrossing(Broker& broker, const std::string& workspace, const std::string& item, const policy::Subject& subject);

/// Reports a program's end to the client that started it, but never before the client knows its number.
class ExitReport : public std::enable_shared_from_this<ExitReport> {
public:
    ExitReport(Broker& broker, api::ClientId client, std::string workspace) : m_broker(broker), m_client(client), m_workspace(std::move(workspace)) {}
    GuestLink::OnEnd onEnd();
    /// For Reply::afterwards.
    std::function<void()> afterwards(std::uint32_t program);

private:
    void report();
    Broker& m_broker;
    api::ClientId m_client;
    std::string m_workspace;
    std::optional<std::uint32_t> m_program;
    std::optional<ProgramEnd> m_end;
};

} // namespace annex::broker
