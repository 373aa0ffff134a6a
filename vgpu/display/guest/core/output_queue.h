// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "vgpu/display/protocol/codec.h"

namespace annex::display::guest {

/// Bytes on their way to the host. Messages are made from state only while the queue is short (see Exporter), which is what bounds it.
class OutputQueue {
public:
    /// Above this no new message is made: a viewer that does not read finds the newest state later instead of a long past.
    static constexpr std::size_t kHighWater_bytes = 256 * 1024;

    template <class Message> void append(std::uint32_t object, const Message& message)
    {
        display::append(m_bytes, object, message);
    }
    void appendRaw(ByteSpan bytes) { m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end()); }

    ByteSpan pending() const { return ByteSpan(m_bytes).subspan(m_start); }
    bool empty() const { return m_start == m_bytes.size(); }
    bool full() const { return m_bytes.size() - m_start > kHighWater_bytes; }
    /// The first `count` bytes were written.
    void consume(std::size_t count);
    void clear();

private:
    ByteVector m_bytes;
    std::size_t m_start = 0;
};

} // namespace annex::display::guest
