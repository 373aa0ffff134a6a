// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace annex::bench {

struct AnimationOptions {
    int width = 1920, height = 1080;
    double frames_per_s = 0; ///< 0: as fast as the display takes them
};

/// @return false for arguments that are not understood: [--size WxH] [--fps N]
bool parseAnimation(int argc, char** argv, AnimationOptions& options);

/// Frames in which every pixel differs from the frame before: six prepared pictures of gradient and noise, copied in turn, and the
/// frame number as the colour of the first 32 x 32 pixels.
class Animation {
public:
    explicit Animation(const AnimationOptions& options);
    /// Waits for the next frame's time (if a rate was asked for) and draws it. XRGB8888, rows of width * 4 bytes.
    void drawNext(std::uint32_t* pixels);

private:
    void pace();
    AnimationOptions m_options;
    std::vector<std::vector<std::uint32_t>> m_pictures;
    std::uint32_t m_number = 0;
    std::chrono::steady_clock::time_point m_next{};
};

} // namespace annex::bench
