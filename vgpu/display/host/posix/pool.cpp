// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/host/posix/pool.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vgpu/display/protocol/limits.h"

namespace annex::display {
namespace {

constexpr std::uint64_t kPage_bytes = 4096;
constexpr int kNeededSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

Result<void> checkSize(std::uint64_t bytes)
{
    if (bytes == 0 || bytes % kPage_bytes != 0)
        return fail(Errc::Malformed, "a pool's size is not a number of pages");
    if (bytes > kMaxPool_bytes)
        return fail(Errc::TooLarge, "a pool is larger than the protocol allows");
    return {};
}

} // namespace

Result<UniqueFd> createPool(std::uint64_t bytes)
{
    if (auto good = checkSize(bytes); !good)
        return tl::unexpected<Error>(std::move(good.error()));
    UniqueFd pool(::memfd_create("annex-pool", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!pool)
        return failErrno("make a pixel pool");
    if (::ftruncate(pool.get(), static_cast<off_t>(bytes)) != 0)
        return failErrno("size a pixel pool");
    if (::fcntl(pool.get(), F_ADD_SEALS, kNeededSeals) != 0)
        return failErrno("seal a pixel pool");
    return pool;
}

Result<PoolMapping> PoolMapping::map(int pool, std::uint64_t expected_bytes)
{
    if (auto good = checkSize(expected_bytes); !good)
        return tl::unexpected<Error>(std::move(good.error()));
    // Seals first: after them the size can be believed for good.
    const int seals = ::fcntl(pool, F_GET_SEALS);
    if (seals < 0)
        return fail(Errc::Malformed, "the pixel pool is not sealed memory", std::error_code(errno, std::generic_category()));
    if ((seals & kNeededSeals) != kNeededSeals)
        return fail(Errc::Malformed, "the pixel pool can still change its size");
    struct stat info {};
    if (::fstat(pool, &info) != 0)
        return failErrno("look at the pixel pool");
    if (info.st_size < 0 || static_cast<std::uint64_t>(info.st_size) != expected_bytes)
        return fail(Errc::Malformed, "the pixel pool has another size than announced");
    void* address = ::mmap(nullptr, expected_bytes, PROT_READ, MAP_SHARED, pool, 0);
    if (address == MAP_FAILED)
        return failErrno("map the pixel pool");
    return PoolMapping(ByteSpan(static_cast<const std::uint8_t*>(address), expected_bytes));
}

PoolMapping& PoolMapping::operator=(PoolMapping&& other) noexcept
{
    if (this != &other) {
        unmap();
        m_bytes = std::exchange(other.m_bytes, {});
    }
    return *this;
}

PoolMapping::~PoolMapping()
{
    unmap();
}

void PoolMapping::unmap()
{
    if (!m_bytes.empty())
        ::munmap(const_cast<std::uint8_t*>(m_bytes.data()), m_bytes.size());
    m_bytes = {};
}

Result<void> punchRange(int pool, std::uint64_t offset, std::uint64_t length)
{
    if (offset % kPage_bytes != 0 || length % kPage_bytes != 0 || offset > kMaxPool_bytes || length > kMaxPool_bytes - offset)
        return fail(Errc::Malformed, "a range of the pixel pool is not a number of pages inside it");
    if (length != 0 && ::fallocate(pool, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(length)) != 0)
        return failErrno("give back memory of the pixel pool");
    return {};
}

} // namespace annex::display
