// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/posix/unique_fd.h"
#include "base/result.h"
#include "base/wire.h"
#include "vgpu/display/protocol/codec.h"

namespace annex::test {

/// One message of the host, as it came.
struct HostMessage {
    display::MessageType type{};
    std::uint32_t object = 0;
    ByteVector payload;
};

/// The guest's end of the window protocol, driven by a test: makes windows of one colour, says what it is told to say, rules or not, and keeps what the
/// host answers. Plain and blocking; deadlines are dead man's switches.
class FakeGuest {
public:
    /// @param pool  descriptor of the pool, or none for inline frames
    FakeGuest(UniqueFd stream, UniqueFd pool, std::uint64_t pool_bytes);
    ~FakeGuest();
    FakeGuest(const FakeGuest&) = delete;
    FakeGuest& operator=(const FakeGuest&) = delete;

    /// Waits for a Preamble that was not answered yet, echoes it, says Hello, and waits for Welcome, Keymap and Screen.
    bool connect();
    /// A host has taken the stream over and waits for connect().
    bool wasGreeted() const { return m_preambleSeen; }
    /// Reads until the condition holds. @return false when the host closed the stream or the deadline passed
    bool waitFor(const std::function<bool()>& condition, std::chrono::seconds patience = std::chrono::seconds(60));
    /// Reads for a while, whatever comes: to show that something does not come.
    void settle(std::chrono::milliseconds time);
    bool isClosed() const { return m_closed; }
    /// Closes the stream, as a guest that ended.
    void hangUp()
    {
        m_stream.reset();
        m_closed = true;
    }

    template <class Message> void send(std::uint32_t object, const Message& message)
    {
        ByteVector bytes;
        display::append(bytes, object, message);
        sendRaw(bytes);
    }
    void sendRaw(ByteSpan bytes);

    /// A window with content of one colour; ids count up. @return its id
    std::uint32_t showToplevel(const std::string& title, int width, int height, std::uint32_t argb, std::uint32_t parent = 0);
    std::uint32_t createWindow(display::WindowKind kind, std::uint32_t parent = 0, bool x11 = false);
    std::uint32_t showPopup(std::uint32_t parent, display::Rect box, std::uint32_t argb, display::WindowKind kind = display::WindowKind::Popup);
    /// Fills the window's slot and announces it. Premultiplied ARGB.
    /// @param configureSerial  the Configure it answers
    void paint(std::uint32_t window, int width, int height, std::uint32_t argb, std::uint32_t configureSerial = 0, bool opaque = true);
    /// Pixels by a function of place.
    void paint(std::uint32_t window, int width, int height, const std::function<std::uint32_t(int, int)>& pixel, std::uint32_t configureSerial = 0,
               bool opaque = true);
    /// Answers each new Configure of this window by repainting at its size; called from waitFor.
    void followSizes(std::uint32_t window, std::uint32_t argb) { m_following[window] = argb; }
    void answerPings(bool on) { m_answerPings = on; }

    /// Everything the host said since the last clear.
    const std::vector<HostMessage>& messages() const { return m_messages; }
    void clear() { m_messages.clear(); }
    int count(display::MessageType type, std::optional<std::uint32_t> object = {}) const;
    template <class Message> std::optional<Message> last(std::optional<std::uint32_t> object = {}) const
    {
        for (auto it = m_messages.rbegin(); it != m_messages.rend(); ++it)
            if (it->type == Message::kType && (!object || it->object == *object))
                if (auto decoded = display::decodeTrusted<Message>(it->payload))
                    return *decoded;
        return std::nullopt;
    }
    template <class Message> std::vector<Message> all(std::optional<std::uint32_t> object = {}) const
    {
        std::vector<Message> list;
        for (const HostMessage& m : m_messages)
            if (m.type == Message::kType && (!object || m.object == *object))
                if (auto decoded = display::decodeTrusted<Message>(m.payload))
                    list.push_back(*decoded);
        return list;
    }
    std::uint32_t frameSerial() const { return m_frameSerial; }
    void noteFrame() { ++m_frameSerial; } ///< after a Frame that was sent by hand
    std::uint8_t* pool() { return m_pool; }
    std::uint64_t pool_bytes() const { return m_pool_bytes; }

private:
    struct Slot {
        std::uint64_t offset = 0, capacity = 0;
        int width = 0, height = 0;
        bool withHost = false;
    };
    void read(int timeout_ms);
    void take(const wire::Frame& frame);
    Slot& freeSlot(std::uint32_t window, int width, int height, std::uint8_t& index);
    void announce(std::uint32_t window, std::uint8_t slot, const Slot& place, std::uint32_t configureSerial, bool opaque);

    UniqueFd m_stream, m_poolFile;
    std::uint8_t* m_pool = nullptr;
    std::uint64_t m_pool_bytes = 0, m_used = 0;
    wire::FrameReader m_reader;
    std::vector<HostMessage> m_messages;
    std::map<std::uint32_t, std::map<std::uint8_t, Slot>> m_slots;
    std::map<std::uint32_t, std::uint32_t> m_following;
    std::uint32_t m_newest = 0, m_frameSerial = 0;
    bool m_closed = false, m_preambleSeen = false, m_answerPings = true;
};

} // namespace annex::test
