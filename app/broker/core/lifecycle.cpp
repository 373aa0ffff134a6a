// SPDX-License-Identifier: Apache-2.0
#include "app/broker/core/lifecycle.h"

#include <algorithm>

namespace annex::broker {

namespace {

struct Transition {
    State from;
    Happening happening;
    State to;
};

constexpr Transition kTransitions[] = {
    {State::Stopped, Happening::StartAsked, State::Starting},
    {State::Stopped, Happening::Adopted, State::Running},

    {State::Starting, Happening::StartDone, State::Running},
    {State::Starting, Happening::StartFailed, State::Failed},
    {State::Starting, Happening::StartCancelled, State::Stopped},
    {State::Starting, Happening::StopAsked, State::Stopping},
    {State::Starting, Happening::GuestEnded, State::Failed},

    {State::Running, Happening::PauseAsked, State::Pausing},
    {State::Running, Happening::StopAsked, State::Stopping},
    {State::Running, Happening::GuestEnded, State::Failed},

    {State::Pausing, Happening::PauseDone, State::Paused},
    {State::Pausing, Happening::PauseFailed, State::Running},
    {State::Pausing, Happening::StopAsked, State::Stopping},
    {State::Pausing, Happening::GuestEnded, State::Failed},

    {State::Paused, Happening::ResumeAsked, State::Resuming},
    {State::Paused, Happening::StopAsked, State::Stopping},
    {State::Paused, Happening::GuestEnded, State::Failed},

    {State::Resuming, Happening::ResumeDone, State::Running},
    {State::Resuming, Happening::ResumeFailed, State::Paused},
    {State::Resuming, Happening::StopAsked, State::Stopping},
    {State::Resuming, Happening::GuestEnded, State::Failed},

    // What was under way when the stop was asked for may still report its end; the stop goes on.
    {State::Stopping, Happening::StartDone, State::Stopping},
    {State::Stopping, Happening::StartFailed, State::Stopping},
    {State::Stopping, Happening::StartCancelled, State::Stopping},
    {State::Stopping, Happening::PauseDone, State::Stopping},
    {State::Stopping, Happening::PauseFailed, State::Stopping},
    {State::Stopping, Happening::ResumeDone, State::Stopping},
    {State::Stopping, Happening::ResumeFailed, State::Stopping},
    {State::Stopping, Happening::GuestEnded, State::Stopping},
    {State::Stopping, Happening::StopDone, State::Stopped},

    {State::Failed, Happening::StartAsked, State::Starting},
    {State::Failed, Happening::StopAsked, State::Stopping},
};

} // namespace

std::string_view toString(State state)
{
    switch (state) {
    case State::Stopped: return "stopped";
    case State::Starting: return "starting";
    case State::Running: return "running";
    case State::Pausing: return "pausing";
    case State::Paused: return "paused";
    case State::Resuming: return "resuming";
    case State::Stopping: return "stopping";
    case State::Failed: return "failed";
    }
    return "unknown";
}

std::string_view toString(Happening happening)
{
    switch (happening) {
    case Happening::StartAsked: return "start asked";
    case Happening::StartDone: return "start done";
    case Happening::StartFailed: return "start failed";
    case Happening::StartCancelled: return "start cancelled";
    case Happening::PauseAsked: return "pause asked";
    case Happening::PauseDone: return "pause done";
    case Happening::PauseFailed: return "pause failed";
    case Happening::ResumeAsked: return "resume asked";
    case Happening::ResumeDone: return "resume done";
    case Happening::ResumeFailed: return "resume failed";
    case Happening::StopAsked: return "stop asked";
    case Happening::StopDone: return "stop done";
    case Happening::GuestEnded: return "guest ended";
    case Happening::Adopted: return "adopted";
    }
    return "unknown";
}

std::optional<State> next(State state, Happening happening)
{
    const auto found = std::find_if(std::begin(kTransitions), std::end(kTransitions), [&](const Transition& t) { return t.from == state && t.happening == happening; });
    return found == std::end(kTransitions) ? std::nullopt : std::optional(found->to);
}

bool hasGuest(State state)
{
    return state != State::Stopped && state != State::Failed;
}

bool isPassing(State state)
{
    return state == State::Starting || state == State::Pausing || state == State::Resuming || state == State::Stopping;
}

} // namespace annex::broker
