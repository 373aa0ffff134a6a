// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/wire.h"
#include "tests/support/display_host/display_end.h"
#include "tests/support/display_host/guest_program.h"
#include "vgpu/display/host/host_session.h"
#include "vgpu/display/protocol/codec.h"

namespace annex::test {

/// What a viewer would know of one window.
struct SeenWindow {
    display::CreateWindow created;
    std::string title, appId;
    display::Rect geometry;
    display::SizeHints hints;
    display::Icon icon;
    std::map<int, display::DefineSlot> slotTable;
    std::vector<display::Request> requests;
    std::vector<display::RefusedReason> refusals;
    std::uint32_t frames = 0;
    std::uint32_t configureSerial = 0;
    std::vector<std::pair<int, int>> sizes; ///< of each frame, in order, repeated sizes once
    std::vector<display::Rect> lastDamage; ///< of the newest frame
    bool opaque = false;
    bool unmapped = false;
    int width = 0, height = 0;
    std::vector<std::uint32_t> pixels; ///< the content as damage has built it up, width * height

    std::uint32_t at(int x, int y) const { return pixels.at(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)); }
};

/// A viewer without a screen, in the test's own process: speaks the window protocol with a real annex-display, keeps what it is told, and
/// answers frames. A HostSession reads along, so every message is checked as strictly as on a real host; the first breach is kept in `violation()`.
class TestHost : private display::HostListener {
public:
    struct Options {
        DisplayOptions display;
        std::uint32_t scale = 1, refresh_mHz = 0;
        int screenWidth = 1920, screenHeight = 1080;
        bool acknowledge = true; ///< answer frames at once
    };
    /// Starts annex-display and waits until programs can connect.
    static Result<std::unique_ptr<TestHost>> start(Options options);
    ~TestHost() override;

    /// A new viewer takes the stream over: Preamble, Welcome, Screen.
    void attach();
    /// Runs until the condition holds. @return false after a deadline that only a hang reaches, or when annex-display ended
    bool waitFor(const std::function<bool()>& condition, std::chrono::seconds patience = std::chrono::seconds(60));
    /// Runs for a while whatever happens: for showing that something does not happen.
    void settle(std::chrono::milliseconds time);

    template <class Message> void send(std::uint32_t object, const Message& message)
    {
        ByteVector bytes;
        display::append(bytes, object, message);
        sendRaw(bytes);
    }
    void sendRaw(ByteSpan bytes);
    void sendRelay(std::uint16_t type, std::uint32_t object, ByteSpan payload = {});
    void acknowledgeAll();
    /// @return the serial that the Pong will name
    std::uint32_t ping(std::uint32_t window);
    void setAcknowledge(bool on);
    void setReading(bool on) { m_reading = on; }

    // Gestures.
    void focus(std::uint32_t window);
    void key(std::uint32_t code, bool pressed);
    void tap(std::uint32_t code);
    void movePointer(std::uint32_t window, int x, int y);
    void click(std::uint32_t window, int x, int y, std::uint32_t button = 0x110);
    /// @return its serial
    std::uint32_t configure(std::uint32_t window, int width, int height, std::uint32_t states = 0);

    /// A guest program that this host ends at the latest with itself.
    GuestProgram* run(const std::vector<std::string>& arguments, const std::vector<std::string>& extraEnvironment = {});
    /// The test client of tests/support/wayland.
    GuestProgram* runClient(std::vector<std::string> arguments);
    /// annex-test-x11-client.
    GuestProgram* runX11Client(std::vector<std::string> arguments = {});

    const std::map<std::uint32_t, SeenWindow>& windows() const { return m_windows; }
    SeenWindow* window(std::uint32_t id);
    /// The newest window that was shown and is of this kind, 0 for none.
    std::uint32_t shown(display::WindowKind kind = display::WindowKind::Toplevel) const;
    std::size_t shownCount() const;
    const std::optional<display::Cursor>& cursor() const { return m_cursor; }
    std::uint32_t cursorsSeen() const { return m_cursorsSeen; }
    const std::vector<std::uint32_t>& pongs() const { return m_pongs; }
    const std::vector<display::RefusedReason>& refusals() const { return m_refusals; }
    const std::string& violation() const { return m_violation; }
    struct RelayFrame {
        std::uint16_t type;
        std::uint32_t object;
        ByteVector payload;
    };
    const std::vector<RelayFrame>& relayed() const { return m_relayed; }
    bool helloSeen() const { return m_helloSeen; }
    bool displayAlive();
    void closeStream() { m_end.stream.reset(); }
    ChildProcess& display() { return m_end.process; }
    const ReadyNames& names() const { return m_names; }
    std::uint32_t framesInAll() const { return m_frames; }

private:
    TestHost(Options options, DisplayEnd end, ReadyNames names);
    void turn(int timeout_ms);
    void sendWhole(int fd, ByteSpan bytes);
    void readStream();
    void readRelay();
    void handle(const wire::Frame& frame);
    void onFrame(std::uint32_t id, const display::Frame& frame);
    void onInline(std::uint32_t id, const display::InlineFrame& frame);
    void resizeContent(SeenWindow& window, int width, int height);
    void broke(const std::string& rule);

    // HostListener: what was checked is looked at in handle(); here only what a viewer must say.
    void connected() override;
    void windowCreated(const display::Window&) override {}
    void windowDestroyed(display::WindowId) override {}
    void geometryChanged(const display::Window&) override {}
    void titleChanged(const display::Window&) override {}
    void appIdChanged(const display::Window&) override {}
    void hintsChanged(const display::Window&) override {}
    void iconChanged(const display::Window&, const display::Image&) override {}
    void frameReady(const display::Window&, const display::SurfaceView&, std::span<const display::Rect>, const display::FrameInfo&) override {}
    void unmapped(const display::Window&) override {}
    void cursorChanged(const display::Image&, std::int32_t, std::int32_t) override {}
    void requested(const display::Window&, display::RequestKind, std::uint32_t) override {}
    void refused(display::WindowId, display::RefusedReason) override {}
    void pong(display::WindowId, std::uint32_t) override {}
    void sendQueued();

    struct Owed {
        std::uint32_t window;
        std::uint32_t serial;
    };

    Options m_options;
    DisplayEnd m_end;
    ReadyNames m_names;
    const std::uint8_t* m_pool = nullptr;
    wire::FrameReader m_reader, m_relayReader;
    std::unique_ptr<display::HostSession> m_session;
    std::map<std::uint32_t, SeenWindow> m_windows;
    std::uint32_t m_frames = 0, m_cursorsSeen = 0;
    std::optional<display::Cursor> m_cursor;
    std::vector<std::uint32_t> m_pongs;
    std::vector<display::RefusedReason> m_refusals;
    std::vector<RelayFrame> m_relayed;
    std::vector<Owed> m_owed;
    std::string m_violation;
    std::vector<std::unique_ptr<GuestProgram>> m_programs;
    bool m_helloSeen = false, m_echoed = false, m_reading = true;
};

} // namespace annex::test
