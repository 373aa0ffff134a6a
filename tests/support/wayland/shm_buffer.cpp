// SPDX-License-Identifier: Apache-2.0
#include "tests/support/wayland/shm_buffer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <sys/mman.h>
#include <unistd.h>

namespace annex::test {

ShmBuffer ShmBuffer::make(const Connection& connection, int width, int height, std::uint32_t colour, std::uint32_t format)
{
    ShmBuffer b;
    b.width = width;
    b.height = height;
    b.size_bytes = static_cast<std::size_t>(width) * 4 * static_cast<std::size_t>(height);
    b.fd = ::memfd_create("annex-test-client", MFD_CLOEXEC);
    if (b.fd < 0 || ::ftruncate(b.fd, static_cast<off_t>(b.size_bytes)) < 0) {
        std::perror("annex-test-client: memfd");
        std::exit(2);
    }
    b.pixels = static_cast<std::uint32_t*>(::mmap(nullptr, b.size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, b.fd, 0));
    wl_shm_pool* pool = wl_shm_create_pool(connection.shm, b.fd, static_cast<int>(b.size_bytes));
    b.buffer = wl_shm_pool_create_buffer(pool, 0, width, height, width * 4, format);
    wl_shm_pool_destroy(pool);
    b.fill(colour);
    return b;
}

void ShmBuffer::fill(std::uint32_t colour)
{
    std::fill_n(pixels, size_bytes / 4, colour);
}

void ShmBuffer::fillRect(int x, int y, int w, int h, std::uint32_t colour)
{
    for (int row = y; row < y + h; ++row)
        std::fill_n(pixels + static_cast<std::ptrdiff_t>(row) * width + x, w, colour);
}

void ShmBuffer::release()
{
    if (buffer)
        wl_buffer_destroy(buffer);
    if (pixels)
        ::munmap(pixels, size_bytes);
    if (fd >= 0)
        ::close(fd);
    *this = {};
}

} // namespace annex::test
