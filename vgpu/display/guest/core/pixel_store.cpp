// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/pixel_store.h"

namespace annex::display::guest {

PixelRange::~PixelRange()
{
    if (m_store)
        m_store->release(m_offset, m_data);
}

std::optional<PixelRange> PoolStore::allocate(std::uint64_t size_bytes)
{
    if (size_bytes == 0 || size_bytes > m_size)
        return {};
    const std::uint64_t length = (size_bytes + kPage_bytes - 1) / kPage_bytes * kPage_bytes;
    std::uint64_t at = 0;
    for (const auto& [offset, used] : m_ranges) {
        if (offset - at >= length)
            break;
        at = offset + used;
    }
    if (length > m_size || at > m_size - length)
        return {};
    m_ranges.emplace(at, length);
    m_used += length;
    return PixelRange(*this, at, length, m_base + at);
}

void PoolStore::release(std::uint64_t offset, std::uint8_t*)
{
    auto range = m_ranges.find(offset);
    if (range == m_ranges.end())
        return;
    m_used -= range->second;
    if (m_giveBack)
        m_giveBack(m_base + offset, range->second);
    m_ranges.erase(range);
}

std::optional<PixelRange> HeapStore::allocate(std::uint64_t size_bytes)
{
    if (size_bytes == 0 || m_used > m_limit || size_bytes > m_limit - m_used)
        return {};
    ByteVector block(size_bytes);
    std::uint8_t* data = block.data();
    m_blocks.emplace(data, std::move(block));
    m_used += size_bytes;
    return PixelRange(*this, 0, size_bytes, data);
}

void HeapStore::release(std::uint64_t, std::uint8_t* data)
{
    auto block = m_blocks.find(data);
    if (block == m_blocks.end())
        return;
    m_used -= block->second.size();
    m_blocks.erase(block);
}

} // namespace annex::display::guest
