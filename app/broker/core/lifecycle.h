// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

/// The life of a workspace as one table of (state, event) → state. Pure; whatever changes a state asks this table first.
namespace annex::broker {

enum class State { Stopped, Starting, Running, Pausing, Paused, Resuming, Stopping, Failed };

enum class Happening {
    StartAsked,
    StartDone,
    StartFailed,
    StartCancelled,
    PauseAsked,
    PauseDone,
    PauseFailed,
    ResumeAsked,
    ResumeDone,
    ResumeFailed,
    StopAsked,
    StopDone,
    GuestEnded,   ///< by itself, or by somebody else's hand
    Adopted, ///< found running when the broker started
};

inline constexpr State kAllStates[] = {State::Stopped, State::Starting, State::Running, State::Pausing, State::Paused, State::Resuming, State::Stopping, State::Failed};
inline constexpr Happening kAllHappenings[] = {
    Happening::StartAsked, Happening::StartDone,   Happening::StartFailed, Happening::StartCancelled, Happening::PauseAsked, Happening::PauseDone, Happening::PauseFailed, Happening::ResumeAsked,
    Happening::ResumeDone, Happening::ResumeFailed, Happening::StopAsked,  Happening::StopDone,       Happening::GuestEnded, Happening::Adopted};

std::string_view toString(State state);         ///< "stopped"
std::string_view toString(Happening happening); ///< "start asked", for the log

/// @return nothing where this may not happen in this state; the state then stays
std::optional<State> next(State state, Happening happening);

/// Whether a guest exists, or may exist, in this state.
bool hasGuest(State state);
/// Whether the state ends by itself.
bool isPassing(State state);

} // namespace annex::broker
