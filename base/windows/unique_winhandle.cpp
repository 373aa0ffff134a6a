// SPDX-License-Identifier: Apache-2.0
#include "base/windows/unique_winhandle.h"

#include <vector>

#include <sddl.h>

namespace annex {
namespace {

Errc codeOf(DWORD code)
{
    switch (code) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND: return Errc::NotFound;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS: return Errc::AlreadyExists;
    case ERROR_ACCESS_DENIED: return Errc::Denied;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL: return Errc::NoSpace;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
    case ERROR_PIPE_NOT_CONNECTED: return Errc::Disconnected;
    case ERROR_PIPE_BUSY:
    case ERROR_SHARING_VIOLATION: return Errc::Busy;
    case ERROR_SEM_TIMEOUT:
    case WAIT_TIMEOUT: return Errc::TimedOut;
    case ERROR_NOT_SUPPORTED: return Errc::Unsupported;
    default: return Errc::SystemFailed;
    }
}

} // namespace

Unexpected failWin32(std::string context, DWORD code)
{
    return fail(codeOf(code), std::move(context), std::error_code(static_cast<int>(code), std::system_category()));
}

Unexpected failWin32(std::string context)
{
    return failWin32(std::move(context), ::GetLastError());
}

Result<std::wstring> toWide(std::string_view utf8)
{
    if (utf8.empty())
        return std::wstring();
    if (utf8.find('\0') != std::string_view::npos)
        return fail(Errc::Malformed, "a text has a zero character");
    const int length = static_cast<int>(utf8.size());
    const int needed = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), length, nullptr, 0);
    if (needed <= 0)
        return fail(Errc::Malformed, "a text is not UTF-8");
    std::wstring wide(static_cast<std::size_t>(needed), L'\0');
    ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), length, wide.data(), needed);
    return wide;
}

Result<std::wstring> ownSid()
{
    HANDLE raw = nullptr;
    if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &raw))
        return failWin32("find the own account");
    UniqueWinHandle token(raw);
    DWORD needed = 0;
    ::GetTokenInformation(token.get(), TokenUser, nullptr, 0, &needed);
    std::vector<std::uint64_t> buffer(needed / sizeof(std::uint64_t) + 1); // aligned for the structure
    if (!::GetTokenInformation(token.get(), TokenUser, buffer.data(), needed, &needed))
        return failWin32("find the own account");
    wchar_t* text = nullptr;
    if (!::ConvertSidToStringSidW(reinterpret_cast<TOKEN_USER*>(buffer.data())->User.Sid, &text))
        return failWin32("name the own account");
    std::wstring sid(text);
    ::LocalFree(text);
    return sid;
}

Result<std::wstring> privateDescriptor()
{
    auto sid = ownSid();
    if (!sid)
        return sid;
    // Owner; a protected list that grants all to the owner and to the system.
    return L"O:" + *sid + L"D:P(A;OICI;FA;;;" + *sid + L")(A;OICI;FA;;;SY)";
}

Result<SecurityAttributes> SecurityAttributes::from(const std::wstring& text)
{
    SecurityAttributes made;
    void* descriptor = nullptr;
    if (!::ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1, &descriptor, nullptr))
        return failWin32("make a security descriptor");
    made.m_descriptor.reset(descriptor);
    made.m_attributes.nLength = sizeof made.m_attributes;
    made.m_attributes.lpSecurityDescriptor = descriptor;
    made.m_attributes.bInheritHandle = FALSE;
    return made;
}

} // namespace annex
