// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "base/bytes.h"

/// What every fuzz target uses. A target states what must hold whatever the input is; a breach ends the process, as a crash would.
namespace annex::fuzz {

inline void must(bool holds, const char* what)
{
    if (holds)
        return;
    std::fprintf(stderr, "fuzz: broken promise: %s\n", what);
    std::abort();
}

/// Takes decisions for the harness off the front of the input; zeros when it is used up.
class Choices {
public:
    explicit Choices(ByteSpan input) : m_rest(input) {}
    std::uint8_t byte()
    {
        if (m_rest.empty())
            return 0;
        const std::uint8_t first = m_rest[0];
        m_rest = m_rest.subspan(1);
        return first;
    }
    /// The next `count` bytes, or what is left.
    ByteSpan take(std::size_t count)
    {
        const ByteSpan head = m_rest.first(count < m_rest.size() ? count : m_rest.size());
        m_rest = m_rest.subspan(head.size());
        return head;
    }
    ByteSpan rest() const { return m_rest; }
    bool empty() const { return m_rest.empty(); }

private:
    ByteSpan m_rest;
};

} // namespace annex::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
