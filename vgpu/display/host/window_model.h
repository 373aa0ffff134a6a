// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "vgpu/display/protocol/messages.h"

namespace annex::display {

using WindowId = std::uint32_t;

/// Characters of a title that are kept; WINDOW_PROTOCOL.md says who shows fewer.
inline constexpr std::size_t kMaxTitle_characters = 80;

/// What the host knows of one guest window. Every value has been checked; texts are fit to be shown in one line.
struct Window {
    WindowId id = 0;
    WindowKind kind = WindowKind::Toplevel;
    WindowId parent = 0;                ///< living window, or 0
    bool x11 = false;                   ///< must be told its true position (Position)
    std::optional<Rect> geometry;       ///< sides 1 … kMaxWindowEdge_px, corner within ±kMaxCoordinate_px
    std::string title;                  ///< sanitised, at most kMaxTitle_characters
    std::string appId;                  ///< [A-Za-z0-9._-]{1,128}, or empty: none, or not fit to be used
    SizeHints hints;                    ///< 0 … kMaxWindowEdge_px each, maximum >= minimum where there is one
    bool mapped = false;                ///< has content: between its first Frame and Unmap
};

/// The table of a connection's windows: ids count up and are never used again, parents live, nesting is bounded.
/// Pure bookkeeping: each function is one message of the guest, and an error is a breach of the protocol.
class WindowModel {
public:
    /// @return null for a popup whose parent has ended: it ended with it. Other windows then stand alone.
    /// @errors Malformed: id not above all earlier ones, parent unknown or missing; TooLarge: too many windows, nested too deep
    Result<const Window*> create(WindowId id, const CreateWindow& message);
    /// Ends the window and the popups that hang on it, deepest first; other children lose their parent.
    /// @return the ids that ended, in that order
    Result<std::vector<WindowId>> destroy(WindowId id);
    Result<const Window*> setGeometry(WindowId id, const Rect& box);
    Result<const Window*> setTitle(WindowId id, const std::string& text);
    Result<const Window*> setAppId(WindowId id, const std::string& text);
    /// Impossible hints are bent into possible ones: programs really send such.
    Result<const Window*> setHints(WindowId id, const SizeHints& hints);
    /// @errors Malformed: a popup without a place
    Result<const Window*> map(WindowId id);
    Result<const Window*> unmap(WindowId id);

    /// A living window, or null.
    const Window* find(WindowId id) const;
    /// An id that was used and has ended. What a guest still says about it is skipped: a popup ends with its parent, and the
    /// guest may not have noticed.
    bool hasEnded(WindowId id) const { return id != 0 && id <= m_newest && find(id) == nullptr; }
    std::size_t count() const { return m_windows.size(); }
    const std::map<WindowId, Window>& all() const { return m_windows; }
    /// The toplevel that a popup finally hangs on; the window itself where it has no parent.
    const Window* root(WindowId id) const;

private:
    Result<Window*> living(WindowId id);
    std::uint32_t depth(WindowId id) const;

    std::map<WindowId, Window> m_windows;
    WindowId m_newest = 0;
};

/// 0 … kMaxWindowEdge_px each, maximum not below minimum.
SizeHints plausibleHints(SizeHints hints);
/// The id where it may be used to look up a desktop entry: [A-Za-z0-9._-]{1,128}; else empty.
std::string checkedAppId(const std::string& text);

} // namespace annex::display
