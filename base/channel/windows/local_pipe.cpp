// SPDX-License-Identifier: Apache-2.0
#include "base/channel/windows/local_pipe.h"

#include <algorithm>
#include <vector>

#include <aclapi.h>
#include <sddl.h>

namespace annex {
namespace {

constexpr DWORD kBuffer_bytes = 64 * 1024; // one read of the frame reader

bool isNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

DWORD milliseconds(std::chrono::milliseconds time)
{
    return static_cast<DWORD>(std::clamp<long long>(time.count(), 0, 0x7fffffff));
}

Result<std::wstring> textOf(PSID sid)
{
    wchar_t* text = nullptr;
    if (sid == nullptr || !::ConvertSidToStringSidW(sid, &text))
        return failWin32("name an account");
    std::wstring result(text);
    ::LocalFree(text);
    return result;
}

/// The account that the process at the other end runs as.
Result<std::wstring> accountOfProcess(ULONG id)
{
    UniqueWinHandle process = owned(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id));
    if (!process)
        return failWin32("look at the other end of a pipe");
    HANDLE raw = nullptr;
    if (!::OpenProcessToken(process.get(), TOKEN_QUERY, &raw))
        return failWin32("look at the other end of a pipe");
    UniqueWinHandle token(raw);
    DWORD needed = 0;
    ::GetTokenInformation(token.get(), TokenUser, nullptr, 0, &needed);
    std::vector<std::uint64_t> buffer(needed / sizeof(std::uint64_t) + 1);
    if (!::GetTokenInformation(token.get(), TokenUser, buffer.data(), needed, &needed))
        return failWin32("look at the other end of a pipe");
    return textOf(reinterpret_cast<TOKEN_USER*>(buffer.data())->User.Sid);
}

Result<void> checkIsOwn(const Result<std::wstring>& account)
{
    auto own = ownSid();
    if (!own || !account)
        return fail(Errc::Denied, "the account at the other end of a pipe cannot be found out");
    if (*own != *account)
        return fail(Errc::Denied, "the other end of a pipe is another account");
    return {};
}

Result<void> checkClient(HANDLE pipe)
{
    ULONG id = 0;
    if (!::GetNamedPipeClientProcessId(pipe, &id))
        return failWin32("find a pipe's client");
    return checkIsOwn(accountOfProcess(id));
}

/// The owner of the pipe object is whoever made it, whatever became of the process since.
Result<void> checkServer(HANDLE pipe)
{
    PSID owner = nullptr;
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    const DWORD got = ::GetSecurityInfo(pipe, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, nullptr, nullptr, nullptr, &descriptor);
    if (got != ERROR_SUCCESS)
        return failWin32("find a pipe's owner", got);
    auto checked = checkIsOwn(textOf(owner));
    ::LocalFree(descriptor);
    return checked;
}

Result<void> waitForClient(HANDLE pipe, std::chrono::milliseconds deadline)
{
    UniqueWinHandle event(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (!event)
        return failWin32("wait for a client");
    OVERLAPPED overlapped{};
    overlapped.hEvent = event.get();
    if (::ConnectNamedPipe(pipe, &overlapped))
        return {};
    const DWORD code = ::GetLastError();
    if (code == ERROR_PIPE_CONNECTED)
        return {};
    if (code != ERROR_IO_PENDING)
        return failWin32("wait for a client", code);
    const DWORD waited = ::WaitForSingleObject(event.get(), milliseconds(deadline));
    DWORD unused = 0;
    if (waited != WAIT_OBJECT_0)
        ::CancelIoEx(pipe, &overlapped);
    // Until this returns the system may still write to `overlapped`; a client may also have come in the last instant.
    if (::GetOverlappedResult(pipe, &overlapped, &unused, TRUE))
        return {};
    return waited == WAIT_TIMEOUT ? fail(Errc::TimedOut, "wait for a client") : failWin32("wait for a client");
}

} // namespace

Result<std::wstring> pipePath(std::string_view name)
{
    constexpr std::size_t kMaxName_bytes = 64; // pipe names end at 256 characters, prefix included
    if (name.empty() || name.size() > kMaxName_bytes || !std::all_of(name.begin(), name.end(), isNameCharacter))
        return fail(Errc::Malformed, "a pipe cannot have this name");
    return L"\\\\.\\pipe\\annex-" + std::wstring(name.begin(), name.end());
}

Result<UniqueWinHandle> PipeListener::newInstance(const std::wstring& path, bool first)
{
    auto descriptor = privateDescriptor();
    if (!descriptor)
        return while_("offer a pipe", std::move(descriptor));
    auto attributes = SecurityAttributes::from(*descriptor);
    if (!attributes)
        return while_("offer a pipe", std::move(attributes));
    const DWORD open = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0);
    const DWORD mode = PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS;
    UniqueWinHandle pipe = owned(::CreateNamedPipeW(path.c_str(), open, mode, kMaxPipeConnections, kBuffer_bytes, kBuffer_bytes, 0, attributes->get()));
    if (!pipe)
        return failWin32("offer a pipe");
    return pipe;
}

Result<PipeListener> PipeListener::listen(std::string_view name)
{
    auto path = pipePath(name);
    if (!path)
        return while_("listen", std::move(path));
    auto first = newInstance(*path, true);
    if (!first)
        return while_("listen", std::move(first));
    PipeListener listener;
    listener.m_path = std::move(*path);
    listener.m_next = std::move(*first);
    return listener;
}

Result<UniqueWinHandle> PipeListener::accept(std::chrono::milliseconds deadline)
{
    if (!m_next) { // all connections were taken when the last client came
        auto instance = newInstance(m_path, false);
        if (!instance)
            return instance;
        m_next = std::move(*instance);
    }
    if (auto connected = waitForClient(m_next.get(), deadline); !connected)
        return tl::unexpected<Error>(std::move(connected.error()));
    UniqueWinHandle client = std::move(m_next);
    if (auto next = newInstance(m_path, false))
        m_next = std::move(*next);
    if (auto checked = checkClient(client.get()); !checked)
        return while_("accept a client", std::move(checked));
    return client;
}

Result<UniqueWinHandle> connectPipe(std::string_view name, std::chrono::milliseconds deadline)
{
    auto path = pipePath(name);
    if (!path)
        return while_("connect", std::move(path));
    const DWORD flags = FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;
    const auto until = std::chrono::steady_clock::now() + deadline;
    for (;;) {
        UniqueWinHandle pipe = owned(::CreateFileW(path->c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, flags, nullptr));
        if (pipe) {
            if (auto checked = checkServer(pipe.get()); !checked)
                return while_("connect", std::move(checked));
            return pipe;
        }
        if (::GetLastError() != ERROR_PIPE_BUSY)
            return failWin32("connect to a pipe");
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        // 0 would mean the pipe's own default time here.
        if (left.count() <= 0 || !::WaitNamedPipeW(path->c_str(), milliseconds(left)))
            return fail(Errc::TimedOut, "connect to a pipe: all connections are taken");
    }
}

} // namespace annex
