// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tests/support/wayland/connection.h"

namespace annex::test {

/// One buffer in a pool of its own.
struct ShmBuffer {
    wl_buffer* buffer = nullptr;
    std::uint32_t* pixels = nullptr;
    int width = 0, height = 0;
    int fd = -1;
    std::size_t size_bytes = 0;

    /// @param format  as in wl_shm
    static ShmBuffer make(const Connection& connection, int width, int height, std::uint32_t colour,
                          std::uint32_t format = WL_SHM_FORMAT_ARGB8888);
    void fill(std::uint32_t colour);
    void fillRect(int x, int y, int w, int h, std::uint32_t colour);
    void release();
};

} // namespace annex::test
