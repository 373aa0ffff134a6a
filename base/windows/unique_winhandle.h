// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

#include "base/handle.h"
#include "base/result.h"

namespace annex {

/// Owns one kernel HANDLE. "None" is null; functions that answer INVALID_HANDLE_VALUE go through `owned`.
using UniqueWinHandle = UniqueHandle<HANDLE, &::CloseHandle, nullptr>;

inline UniqueWinHandle owned(HANDLE handle)
{
    return UniqueWinHandle(handle == INVALID_HANDLE_VALUE ? nullptr : handle);
}

/// From `GetLastError()` (or the code given) of a call that just failed.
[[nodiscard]] Unexpected failWin32(std::string context);
[[nodiscard]] Unexpected failWin32(std::string context, DWORD code);

/// @errors Malformed: not UTF-8, or a zero character in it
Result<std::wstring> toWide(std::string_view utf8);

/// The account of this process as a string SID ("S-1-5-21-…").
Result<std::wstring> ownSid();

/// Text of a security descriptor that lets in the own account and the system, and nobody else, not even by inheritance.
Result<std::wstring> privateDescriptor();

/// A security descriptor made from its text, with the attributes structure that Win32 calls want.
class SecurityAttributes {
public:
    static Result<SecurityAttributes> from(const std::wstring& text);
    SECURITY_ATTRIBUTES* get() { return &m_attributes; }

private:
    static void freeDescriptor(void* descriptor) { ::LocalFree(descriptor); }
    UniqueHandle<void*, freeDescriptor, nullptr> m_descriptor;
    SECURITY_ATTRIBUTES m_attributes{};
};

} // namespace annex
