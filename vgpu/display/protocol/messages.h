// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "vgpu/display/protocol/limits.h"

/// The window protocol: what annex-display (guest, hostile) and annex-viewer (host) say to each other.
/// WINDOW_PROTOCOL.md is the contract in prose; this list makes the enum, the names, the decoder table and the fuzz seeds.
namespace annex::display {

//   id  name            sender  object
#define ANNEX_WINDOW_MESSAGES(X)      \
    X(1, Hello, Guest)                \
    X(2, CreateWindow, Guest)         \
    X(3, DestroyWindow, Guest)        \
    X(4, Geometry, Guest)             \
    X(5, Title, Guest)                \
    X(6, AppId, Guest)                \
    X(7, Icon, Guest)                 \
    X(8, SizeHints, Guest)            \
    X(9, DefineSlot, Guest)           \
    X(10, Frame, Guest)               \
    X(11, InlineFrame, Guest)         \
    X(12, Unmap, Guest)               \
    X(13, Cursor, Guest)              \
    X(14, Request, Guest)             \
    X(15, Pong, Guest)                \
    X(16, Refused, Guest)             \
    X(64, Welcome, Host)              \
    X(65, Keymap, Host)               \
    X(66, Configure, Host)            \
    X(67, Position, Host)             \
    X(68, Key, Host)                  \
    X(69, Modifiers, Host)            \
    X(70, PointerMotion, Host)        \
    X(71, PointerButton, Host)        \
    X(72, PointerAxis, Host)          \
    X(73, PointerLeave, Host)         \
    X(74, Focus, Host)                \
    X(75, Close, Host)                \
    X(76, FrameDone, Host)            \
    X(77, Visibility, Host)           \
    X(78, DismissPopups, Host)        \
    X(79, Ping, Host)                 \
    X(80, Screen, Host)               \
    X(81, KillClient, Host)

enum class MessageType : std::uint16_t {
#define ANNEX_ENUM(id, name, sender) name = id,
    ANNEX_WINDOW_MESSAGES(ANNEX_ENUM)
#undef ANNEX_ENUM
};

enum class Sender { Guest, Host };

std::string_view toString(MessageType type);

/// In pixels of the window's own coordinate space unless said otherwise.
struct Rect {
    std::int32_t x = 0, y = 0, width = 0, height = 0;
    friend bool operator==(const Rect&, const Rect&) = default;
};

enum class WindowKind : std::uint8_t { Toplevel = 0, Popup = 1, OverrideRedirect = 2 };
enum class RequestKind : std::uint8_t {
    Move = 0, Resize, Maximise, Unmaximise, Minimise, Fullscreen, LeaveFullscreen, Attention
};
enum Edge : std::uint32_t { kEdgeTop = 1, kEdgeBottom = 2, kEdgeLeft = 4, kEdgeRight = 8 };
enum WindowState : std::uint32_t { kStateActivated = 1, kStateMaximised = 2, kStateFullscreen = 4, kStateResizing = 8 };
enum class AxisSource : std::uint8_t { Wheel = 0, Finger = 1, Continuous = 2 };
enum class Axis : std::uint8_t { Vertical = 0, Horizontal = 1 };
enum Feature : std::uint32_t { kFeaturePool = 1, kFeatureInline = 2 };

// ---- guest → host ------------------------------------------------------------------------------------------------------

/// First message after the echoed Preamble. object: 0.
struct Hello {
    static constexpr auto kType = MessageType::Hello;
    std::uint16_t version = kProtocolVersion;
    std::uint32_t features = 0; ///< Feature bits that the guest can use
    template <class V> void visit(V& v) { v(version)(features); }
};

/// A window exists. object: its id, chosen by the guest and never used again on this connection. It is shown at its first Frame.
struct CreateWindow {
    static constexpr auto kType = MessageType::CreateWindow;
    WindowKind kind = WindowKind::Toplevel;
    std::uint32_t parent = 0; ///< a popup's parent window; for a dialog the window it belongs to; 0 for none
    bool x11 = false;         ///< lives in X11 root coordinates: it must be told its true position
    template <class V> void visit(V& v) { v(kind)(parent)(x11); }
};

struct DestroyWindow {
    static constexpr auto kType = MessageType::DestroyWindow;
    template <class V> void visit(V&) {}
};

/// Where a popup lies, relative to its parent's content (kind Popup) or to the X11 root = virtual desktop (OverrideRedirect);
/// for toplevels only the size counts. Sent before the first Frame and whenever it changes.
struct Geometry {
    static constexpr auto kType = MessageType::Geometry;
    Rect box;
    template <class V> void visit(V& v) { v(box.x)(box.y)(box.width)(box.height); }
};

struct Title {
    static constexpr auto kType = MessageType::Title;
    std::string text; ///< UTF-8 as the program gave it, cut by the guest to kMaxTitle_bytes; the host sanitises it
    template <class V> void visit(V& v) { v.text(text, kMaxTitle_bytes); }
};

struct AppId {
    static constexpr auto kType = MessageType::AppId;
    std::string text; ///< Wayland app id or X11 class
    template <class V> void visit(V& v) { v.text(text, kMaxAppId_bytes); }
};

/// Raw premultiplied ARGB8888 little-endian, rows of width * 4 bytes. 0 x 0 takes the icon away.
struct Icon {
    static constexpr auto kType = MessageType::Icon;
    std::int32_t width = 0, height = 0;
    ByteVector pixels;
    template <class V> void visit(V& v)
    {
        v(width)(height).bytes(pixels, std::size_t{kMaxIconEdge_px} * kMaxIconEdge_px * 4);
    }
};

/// What the program says of its sizes; 0 = no wish.
struct SizeHints {
    static constexpr auto kType = MessageType::SizeHints;
    std::int32_t minimumWidth = 0, minimumHeight = 0, maximumWidth = 0, maximumHeight = 0;
    std::int32_t baseWidth = 0, baseHeight = 0, incrementWidth = 0, incrementHeight = 0;
    template <class V> void visit(V& v)
    {
        v(minimumWidth)(minimumHeight)(maximumWidth)(maximumHeight)(baseWidth)(baseHeight)(incrementWidth)(incrementHeight);
    }
};

/// Says where in the pool a slot of this window lies. Takes effect at the first Frame that names it, so that a resize does not flicker.
struct DefineSlot {
    static constexpr auto kType = MessageType::DefineSlot;
    std::uint8_t slot = 0;
    std::uint64_t offset = 0; ///< in the pool, multiple of 4096
    std::int32_t width = 0, height = 0;
    std::uint32_t stride_bytes = 0; ///< >= 4 * width, multiple of 64
    template <class V> void visit(V& v) { v(slot)(offset)(width)(height)(stride_bytes); }
};

/// New pixels in a slot: premultiplied ARGB8888. The slot belongs to the host until FrameDone{slot, serial}.
struct Frame {
    static constexpr auto kType = MessageType::Frame;
    std::uint8_t slot = 0;
    std::uint32_t serial = 0;          ///< counts up by one for each frame of the connection
    bool opaque = false;               ///< every alpha is 255
    std::uint32_t configureSerial = 0; ///< newest Configure that this size answers, 0 for none
    std::vector<Rect> damage;          ///< 1 … kMaxDamageRects, inside the slot
    template <class V> void visit(V& v) { v(slot)(serial)(opaque)(configureSerial).rects(damage, kMaxDamageRects); }
};

/// As Frame where there is no pool: one band of pixels. `last` ends the frame; FrameDone{0, serial} answers it.
struct InlineFrame {
    static constexpr auto kType = MessageType::InlineFrame;
    std::uint32_t serial = 0;
    bool opaque = false;
    std::uint32_t configureSerial = 0;
    std::int32_t width = 0, height = 0; ///< of the whole window
    Rect band;
    bool last = true;
    ByteVector pixels; ///< band.width * band.height * 4 bytes
    template <class V> void visit(V& v)
    {
        v(serial)(opaque)(configureSerial)(width)(height)(band.x)(band.y)(band.width)(band.height)(last)
            .bytes(pixels, kMaxInlineFrame_bytes);
    }
};

/// The window has no content now; it may come back with a Frame.
struct Unmap {
    static constexpr auto kType = MessageType::Unmap;
    template <class V> void visit(V&) {}
};

/// Pointer image while the pointer is over any window of this workspace. 0 x 0 hides it. object: 0.
struct Cursor {
    static constexpr auto kType = MessageType::Cursor;
    std::int32_t width = 0, height = 0, hotspotX = 0, hotspotY = 0;
    ByteVector pixels;
    template <class V> void visit(V& v)
    {
        v(width)(height)(hotspotX)(hotspotY).bytes(pixels, std::size_t{kMaxCursorEdge_px} * kMaxCursorEdge_px * 4);
    }
};

/// A wish of the program. The host decides; a Move or Resize is honoured only while the host itself sees the button held in that window.
struct Request {
    static constexpr auto kType = MessageType::Request;
    RequestKind kind = RequestKind::Attention;
    std::uint32_t edges = 0;
    template <class V> void visit(V& v) { v(kind)(edges); }
};

struct Pong {
    static constexpr auto kType = MessageType::Pong;
    std::uint32_t serial = 0;
    template <class V> void visit(V& v) { v(serial); }
};

/// The guest could not show something (pool full, too many windows): a number for the host's own sentence, no text. object: 0 or the window.
enum class RefusedReason : std::uint8_t { PoolFull = 0, TooManyWindows = 1, WindowTooLarge = 2, ClientKilled = 3 };
struct Refused {
    static constexpr auto kType = MessageType::Refused;
    RefusedReason reason = RefusedReason::PoolFull;
    template <class V> void visit(V& v) { v(reason); }
};

// ---- host → guest ------------------------------------------------------------------------------------------------------

/// Answers Hello. object: 0.
struct Welcome {
    static constexpr auto kType = MessageType::Welcome;
    std::uint16_t version = kProtocolVersion;
    std::uint32_t features = 0;     ///< exactly one of kFeaturePool, kFeatureInline
    std::uint64_t pool_bytes = 0;
    std::int32_t repeatDelay_ms = 600;
    std::int32_t repeatRate_hz = 25;
    template <class V> void visit(V& v) { v(version)(features)(pool_bytes)(repeatDelay_ms)(repeatRate_hz); }
};

/// The whole keymap of the host as xkb text (format v1). object: 0.
struct Keymap {
    static constexpr auto kType = MessageType::Keymap;
    std::string text;
    template <class V> void visit(V& v) { v.text(text, kMaxKeymap_bytes); }
};

/// Asks a toplevel for a size. 0 x 0: the program chooses. One is in flight at a time: see resize.
struct Configure {
    static constexpr auto kType = MessageType::Configure;
    std::uint32_t serial = 0;
    std::int32_t width = 0, height = 0;
    std::uint32_t states = 0; ///< WindowState bits
    template <class V> void visit(V& v) { v(serial)(width)(height)(states); }
};

/// Where the host put the window's content, in virtual desktop coordinates, and the box in which its popups must stay.
struct Position {
    static constexpr auto kType = MessageType::Position;
    std::int32_t x = 0, y = 0;
    Rect workArea;
    template <class V> void visit(V& v) { v(x)(y)(workArea.x)(workArea.y)(workArea.width)(workArea.height); }
};

struct Key {
    static constexpr auto kType = MessageType::Key;
    std::uint32_t code = 0; ///< evdev, 1 … 0x2ff
    bool pressed = false;
    std::uint32_t time_ms = 0;
    template <class V> void visit(V& v) { v(code)(pressed)(time_ms); }
};

/// Locks and group of the host, at focus-in and when they change. X modifier bits.
struct Modifiers {
    static constexpr auto kType = MessageType::Modifiers;
    std::uint32_t depressed = 0, latched = 0, locked = 0, group = 0;
    template <class V> void visit(V& v) { v(depressed)(latched)(locked)(group); }
};

/// 24.8 fixed point in the window's coordinates; may lie outside while a button is held.
struct PointerMotion {
    static constexpr auto kType = MessageType::PointerMotion;
    std::int32_t x_fixed = 0, y_fixed = 0;
    std::uint32_t time_ms = 0;
    template <class V> void visit(V& v) { v(x_fixed)(y_fixed)(time_ms); }
};

struct PointerButton {
    static constexpr auto kType = MessageType::PointerButton;
    std::uint32_t button = 0; ///< evdev: 0x110 left, 0x111 right, 0x112 middle, 0x113 side, 0x114 extra
    bool pressed = false;
    std::uint32_t time_ms = 0;
    template <class V> void visit(V& v) { v(button)(pressed)(time_ms); }
};

struct PointerAxis {
    static constexpr auto kType = MessageType::PointerAxis;
    Axis axis = Axis::Vertical;
    AxisSource source = AxisSource::Wheel;
    std::int32_t value_fixed = 0; ///< 24.8, positive is down or right; 0 with source Finger is the axis stop
    std::int32_t discrete = 0;    ///< whole notches
    std::uint32_t time_ms = 0;
    template <class V> void visit(V& v) { v(axis)(source)(value_fixed)(discrete)(time_ms); }
};

struct PointerLeave {
    static constexpr auto kType = MessageType::PointerLeave;
    template <class V> void visit(V&) {}
};

/// Keyboard focus. object: the window; focused = false releases every pressed key.
struct Focus {
    static constexpr auto kType = MessageType::Focus;
    bool focused = false;
    template <class V> void visit(V& v) { v(focused); }
};

struct Close {
    static constexpr auto kType = MessageType::Close;
    template <class V> void visit(V&) {}
};

/// The host has taken what it needs from the slot.
struct FrameDone {
    static constexpr auto kType = MessageType::FrameDone;
    std::uint8_t slot = 0;
    std::uint32_t serial = 0;
    template <class V> void visit(V& v) { v(slot)(serial); }
};

/// A hidden window gets no frame callbacks and costs nothing.
struct Visibility {
    static constexpr auto kType = MessageType::Visibility;
    bool visible = true;
    template <class V> void visit(V& v) { v(visible); }
};

/// Closes all popups of a toplevel (host focus went elsewhere).
struct DismissPopups {
    static constexpr auto kType = MessageType::DismissPopups;
    template <class V> void visit(V&) {}
};

struct Ping {
    static constexpr auto kType = MessageType::Ping;
    std::uint32_t serial = 0;
    template <class V> void visit(V& v) { v(serial); }
};

/// The host's virtual desktop as the guest's one output. object: 0. Sent after Welcome and at each change.
struct Screen {
    static constexpr auto kType = MessageType::Screen;
    std::int32_t width = 1920, height = 1080;
    std::uint32_t scale = 1;             ///< integer scale in the guest; the host scales down to its own ratio
    std::uint32_t refresh_mHz = 60'000;  ///< frame callbacks come at most this often; 0 takes the cap away (benchmarks)
    template <class V> void visit(V& v) { v(width)(height)(scale)(refresh_mHz); }
};

/// Ends the program that owns the window ("force stop").
struct KillClient {
    static constexpr auto kType = MessageType::KillClient;
    template <class V> void visit(V&) {}
};

} // namespace annex::display
