// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <cerrno>

namespace annex {

std::string_view toString(Errc code)
{
    switch (code) {
    case Errc::Unsupported: return "unsupported";
    case Errc::NotFound: return "not found";
    case Errc::AlreadyExists: return "already exists";
    case Errc::Denied: return "denied";
    case Errc::TimedOut: return "timed out";
    case Errc::Cancelled: return "cancelled";
    case Errc::Malformed: return "malformed";
    case Errc::TooLarge: return "too large";
    case Errc::Busy: return "busy";
    case Errc::Disconnected: return "disconnected";
    case Errc::NoSpace: return "no space";
    case Errc::Corrupt: return "corrupt";
    case Errc::EngineFailed: return "engine failed";
    case Errc::SystemFailed: return "system failed";
    case Errc::Internal: return "internal";
    }
    return "unknown";
}

std::string Error::describe() const
{
    std::string text = context.empty() ? std::string(toString(code)) : context;
    if (cause)
        text += ": " + cause.message();
    return text;
}

Unexpected fail(Errc code, std::string context)
{
    return Unexpected(Error{code, std::move(context), {}, {}});
}

Unexpected fail(Errc code, std::string context, std::error_code cause)
{
    return Unexpected(Error{code, std::move(context), cause, {}});
}

static Errc fromErrno(int number)
{
    switch (number) {
    case ENOENT: return Errc::NotFound;
    case EEXIST: return Errc::AlreadyExists;
    case EACCES:
    case EPERM: return Errc::Denied;
    case ENOSPC: return Errc::NoSpace;
    case EPIPE:
    case ECONNRESET: return Errc::Disconnected;
    case ENOSYS: return Errc::Unsupported;
    case ETIMEDOUT: return Errc::TimedOut;
    case EAGAIN: return Errc::Busy;
    default: return Errc::SystemFailed;
    }
}

Unexpected failErrno(std::string context, int number)
{
    return fail(fromErrno(number), std::move(context), std::error_code(number, std::generic_category()));
}

Unexpected failErrno(std::string context)
{
    return failErrno(std::move(context), errno);
}

Unexpected while_(std::string_view action, Error error)
{
    error.context = error.context.empty() ? std::string(action) : std::string(action) + ": " + error.context;
    return Unexpected(std::move(error));
}

} // namespace annex
