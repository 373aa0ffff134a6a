// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/bytes.h"

namespace annex::display::guest {

class PixelStore;

/// A piece of memory for one slot. Gives itself back when it goes; the store must outlive it.
class PixelRange {
public:
    PixelRange() = default;
    PixelRange(PixelStore& store, std::uint64_t offset, std::uint64_t size_bytes, std::uint8_t* data)
        : m_store(&store), m_offset(offset), m_size(size_bytes), m_data(data)
    {
    }
    PixelRange(PixelRange&& other) noexcept { swap(other); }
    PixelRange& operator=(PixelRange&& other) noexcept
    {
        PixelRange taken(std::move(other));
        swap(taken);
        return *this;
    }
    PixelRange(const PixelRange&) = delete;
    PixelRange& operator=(const PixelRange&) = delete;
    ~PixelRange();

    explicit operator bool() const { return m_store != nullptr; }
    std::uint64_t offset() const { return m_offset; } ///< in the pool; 0 for memory of our own
    std::uint64_t size_bytes() const { return m_size; }
    std::uint8_t* data() const { return m_data; }

private:
    void swap(PixelRange& other) noexcept
    {
        std::swap(m_store, other.m_store);
        std::swap(m_offset, other.m_offset);
        std::swap(m_size, other.m_size);
        std::swap(m_data, other.m_data);
    }

    PixelStore* m_store = nullptr;
    std::uint64_t m_offset = 0, m_size = 0;
    std::uint8_t* m_data = nullptr;
};

/// Where slots live: the pool that the host shares with us, or our own memory when frames travel inline.
class PixelStore {
public:
    virtual ~PixelStore() = default;
    /// Nothing when there is no room.
    virtual std::optional<PixelRange> allocate(std::uint64_t size_bytes) = 0;

private:
    friend class PixelRange;
    virtual void release(std::uint64_t offset, std::uint8_t* data) = 0;
};

/// First fit over an ordered map of used ranges, whole pages. A workspace has some dozens of ranges, so the walk is short.
class PoolStore final : public PixelStore {
public:
    static constexpr std::uint64_t kPage_bytes = 4096; // DefineSlot asks for offsets that are multiples of it

    using GiveBack = std::function<void(std::uint8_t* begin, std::uint64_t size_bytes)>;

    /// @param base      the mapped pool, `size_bytes` long; must stay mapped while this lives
    /// @param giveBack  called for each range that is free again: only we know what the pool's pages are used for
    PoolStore(std::uint8_t* base, std::uint64_t size_bytes, GiveBack giveBack = {})
        : m_base(base), m_size(size_bytes), m_giveBack(std::move(giveBack))
    {
    }

    std::optional<PixelRange> allocate(std::uint64_t size_bytes) override;
    std::uint64_t used_bytes() const { return m_used; }
    std::uint64_t size_bytes() const { return m_size; }

private:
    void release(std::uint64_t offset, std::uint8_t* data) override;

    std::uint8_t* m_base;
    std::uint64_t m_size;
    GiveBack m_giveBack;
    std::uint64_t m_used = 0;
    std::map<std::uint64_t, std::uint64_t> m_ranges; // offset → length
};

/// Memory of this process, bounded in total so that a guest program cannot eat the compositor's by window size alone.
class HeapStore final : public PixelStore {
public:
    explicit HeapStore(std::uint64_t limit_bytes) : m_limit(limit_bytes) {}
    void setLimit(std::uint64_t limit_bytes) { m_limit = limit_bytes; }

    std::optional<PixelRange> allocate(std::uint64_t size_bytes) override;
    std::uint64_t used_bytes() const { return m_used; }

private:
    void release(std::uint64_t offset, std::uint8_t* data) override;

    std::uint64_t m_limit;
    std::uint64_t m_used = 0;
    std::map<std::uint8_t*, ByteVector> m_blocks;
};

} // namespace annex::display::guest
