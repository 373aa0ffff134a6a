// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/host/key_tracker.h"

namespace annex::display {

bool KeyTracker::press(std::uint32_t code)
{
    if (code == 0 || code > kLastCode || m_down.test(code))
        return false;
    m_down.set(code);
    return true;
}

bool KeyTracker::release(std::uint32_t code)
{
    if (!isDown(code))
        return false;
    m_down.reset(code);
    return true;
}

std::vector<std::uint32_t> KeyTracker::releaseAll()
{
    std::vector<std::uint32_t> codes;
    for (std::uint32_t code = 1; code <= kLastCode; ++code) {
        if (m_down.test(code))
            codes.push_back(code);
    }
    m_down.reset();
    return codes;
}

} // namespace annex::display
