// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/animation.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace annex::bench {

bool parseAnimation(int argc, char** argv, AnimationOptions& options)
{
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            return false;
        if (!std::strcmp(argv[i], "--size")) {
            if (std::sscanf(argv[i + 1], "%dx%d", &options.width, &options.height) != 2)
                return false;
        } else if (!std::strcmp(argv[i], "--fps"))
            options.frames_per_s = std::atof(argv[i + 1]);
        else
            return false;
    }
    return options.width >= 32 && options.height >= 32 && options.width <= 16'384 && options.height <= 16'384;
}

Animation::Animation(const AnimationOptions& options) : m_options(options)
{
    constexpr int kPictures = 6; // enough that no cache holds them all at 1080p
    for (int k = 0; k < kPictures; ++k) {
        auto& picture = m_pictures.emplace_back();
        picture.reserve(static_cast<std::size_t>(options.width) * static_cast<std::size_t>(options.height));
        std::uint32_t random = 12'345u + static_cast<std::uint32_t>(k);
        for (int y = 0; y < options.height; ++y) {
            for (int x = 0; x < options.width; ++x) {
                random = random * 1'664'525u + 1'013'904'223u;
                int noise = static_cast<int>(random >> 28);
                auto red = static_cast<std::uint32_t>(((x + 40 * k) / 8 + noise) & 255);
                auto green = static_cast<std::uint32_t>(((y + 60 * k) / 4 + noise) & 255);
                auto blue = static_cast<std::uint32_t>(((x + y) / 16 + noise + 30 * k) & 255);
                picture.push_back(0xff000000u | red << 16 | green << 8 | blue);
            }
        }
    }
}

void Animation::pace()
{
    if (m_options.frames_per_s <= 0)
        return;
    auto now = std::chrono::steady_clock::now();
    if (m_next < now - std::chrono::seconds(1))
        m_next = now;
    m_next += std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / m_options.frames_per_s));
    std::this_thread::sleep_until(m_next);
}

void Animation::drawNext(std::uint32_t* pixels)
{
    pace();
    ++m_number;
    const auto& picture = m_pictures[m_number % m_pictures.size()];
    std::memcpy(pixels, picture.data(), picture.size() * sizeof(std::uint32_t));
    for (int y = 0; y < 32; ++y) {
        for (int x = 0; x < 32; ++x)
            pixels[y * m_options.width + x] = 0xff000000u | (m_number & 0xffffff);
    }
}

} // namespace annex::bench
