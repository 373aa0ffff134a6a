// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace annex {

/// Owns one handle of a C API and closes it exactly once. Move-only.
/// @tparam Close  called with the handle; its result is ignored (nobody can act on a failed close)
/// @tparam kNone  the value that means "no handle"
template <class Handle, auto Close, Handle kNone = Handle{}>
class UniqueHandle {
public:
    UniqueHandle() = default;
    explicit UniqueHandle(Handle handle) : m_handle(handle) {}
    UniqueHandle(UniqueHandle&& other) noexcept : m_handle(other.release()) {}
    UniqueHandle& operator=(UniqueHandle&& other) noexcept
    {
        if (this != &other)
            reset(other.release());
        return *this;
    }
    UniqueHandle(const UniqueHandle&) = delete;
    UniqueHandle& operator=(const UniqueHandle&) = delete;
    ~UniqueHandle() { reset(); }

    Handle get() const { return m_handle; }
    explicit operator bool() const { return m_handle != kNone; }
    Handle release() { return std::exchange(m_handle, kNone); }
    void reset(Handle handle = kNone)
    {
        Handle old = std::exchange(m_handle, handle);
        if (old != kNone)
            Close(old);
    }
    /// For C functions that write the handle through a pointer. Closes what was held.
    Handle* put()
    {
        reset();
        return &m_handle;
    }

private:
    Handle m_handle = kNone;
};

} // namespace annex
