// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/output_queue.h"

namespace annex::display::guest {

void OutputQueue::consume(std::size_t count)
{
    m_start += count;
    if (m_start >= m_bytes.size())
        clear();
}

void OutputQueue::clear()
{
    m_bytes.clear();
    m_start = 0;
    // An inline frame may have made it large; typing needs some hundred bytes.
    if (m_bytes.capacity() > 4 * kHighWater_bytes)
        m_bytes.shrink_to_fit();
}

} // namespace annex::display::guest
