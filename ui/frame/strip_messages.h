// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QVariantMap>

#include <chrono>
#include <optional>
#include <vector>

#include "ui/frame/frame_state.h"

namespace annex::ui {

/// What the host says in a guest window's strip. Order is priority, gravest first: ui.md section 7.
enum class StripMessageId {
    Locked,         ///< a border switch is locked by the organisation
    Off,            ///< a border switch is off
    Crossed,        ///< something crossed: pasted, copied, file sent
    TooLarge,       ///< something was refused for its size, or there was nothing
    WantsFullScreen,
    NotResponding,
    DoesNotStop,
    Refused,        ///< the workspace could not show another window
    Paused,
};

/// What the message's button does.
enum class StripAction { None, OpenSettings, ShowFullScreen, ForceStop, StopWorkspace };

struct StripMessage {
    StripMessageId id = StripMessageId::Crossed;
    StripText text;
    StripAction action = StripAction::None;
    bool standing = false; ///< stays until withdrawn; otherwise 6 s
    friend bool operator==(const StripMessage&, const StripMessage&) = default;
};

/// The sentence for an id of the frame link ("pasted", "copy-locked", …) with its arguments; nothing for an unknown id.
/// Arguments are untrusted numbers and names: names are sanitised here, numbers clamped.
std::optional<StripMessage> stripMessageFor(const QString& id, const QVariantMap& arguments);

/// Every id that stripMessageFor knows, for tests and for the broker's own test.
QStringList stripMessageIds();

StripMessage wantsFullScreenMessage();
StripMessage notRespondingMessage();
StripMessage doesNotStopMessage();
StripMessage refusedMessage(int reason);
StripMessage pausedMessage();
StripMessage lockedItemMessage(const QString& itemText, const QString& reason);

/// The messages of one window: one is shown, the gravest; others wait, but never longer than they would have been shown.
/// Takes the time from its caller and owns no timer.
class StripMessages {
public:
    using Time = std::chrono::milliseconds; ///< on any steady clock
    static constexpr Time kShown{6'000};
    static constexpr std::size_t kMaxWaiting = 8; ///< of each window; a person reads one

    /// Replaces an older one of the same id.
    void post(StripMessage message, Time now);
    void withdraw(StripMessageId id);
    /// While the pointer or focus is in the message it does not expire; leaving gives it its full time again.
    void hold(bool held, Time now);

    const StripMessage* current() const;
    /// When current() changes by itself, if ever.
    std::optional<Time> nextChange() const;
    /// Drops what has expired. @return true when current() changed
    bool expire(Time now);

private:
    struct Entry {
        StripMessage message;
        Time until{};
    };
    void sort();
    std::vector<Entry> m_entries; ///< gravest first
    bool m_held = false;
};

} // namespace annex::ui
