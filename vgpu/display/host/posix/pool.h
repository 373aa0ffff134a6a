// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "base/bytes.h"
#include "base/posix/unique_fd.h"

namespace annex::display {

/// Makes the memory in which a guest draws: a memfd, sealed so that nobody can shrink it (a reader would get SIGBUS) or grow it (it
/// would escape the quota). Memory is used only as far as it is written to.
/// @param bytes  multiple of 4096, at most kMaxPool_bytes
/// @errors Malformed, TooLarge: the size; SystemFailed
Result<UniqueFd> createPool(std::uint64_t bytes);

/// A pool as the host sees it: mapped for reading only. Move-only.
class PoolMapping {
public:
    /// @param expected_bytes  what the pool's maker said
    /// @errors Malformed: not a memfd, another size, or a seal is missing; SystemFailed
    static Result<PoolMapping> map(int pool, std::uint64_t expected_bytes);

    PoolMapping() = default;
    PoolMapping(PoolMapping&& other) noexcept : m_bytes(std::exchange(other.m_bytes, {})) {}
    PoolMapping& operator=(PoolMapping&& other) noexcept;
    ~PoolMapping();

    ByteSpan bytes() const { return m_bytes; }

private:
    explicit PoolMapping(ByteSpan bytes) : m_bytes(bytes) {}
    void unmap();

    ByteSpan m_bytes;
};

/// Gives the memory behind a range back to the system; it reads as zeros afterwards. For the end that allocates in the pool.
/// @param offset, length  multiples of 4096 inside the pool
Result<void> punchRange(int pool, std::uint64_t offset, std::uint64_t length);

} // namespace annex::display
