// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <tl/expected.hpp>

namespace annex {

/// What went wrong, as far as a caller can act on it. The user's sentence is chosen from this; `Error::context` goes to the log.
enum class Errc {
    Unsupported = 1, ///< this host or engine cannot do it
    NotFound,
    AlreadyExists,
    Denied,       ///< policy or the system refused
    TimedOut,
    Cancelled,
    Malformed,    ///< bytes or text from outside break a rule
    TooLarge,     ///< within the rules, over a limit
    Busy,         ///< right request, wrong state; may work later
    Disconnected, ///< the other side is gone
    NoSpace,
    Corrupt,      ///< our own stored data is damaged
    EngineFailed,
    SystemFailed, ///< a system call failed; `Error::cause` has the number
    Internal,     ///< a broken promise inside Annex itself
};

std::string_view toString(Errc code);

/// An error on its way up. `context` reads outermost action first: "start 'bank': open system layer: no such file".
struct Error {
    Errc code = Errc::Internal;
    std::string context;
    std::error_code cause; ///< errno, HRESULT or SQLite code, when the system gave one
    std::string id;        ///< stable id for people ("engine.no-userns"), empty where none is defined

    /// One line for a log: context, then the cause's own words.
    std::string describe() const;
};

/// A value or an Error; refuses to be ignored.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
    Result(tl::expected<T, Error> other) : tl::expected<T, Error>(std::move(other)) {}
};

using Unexpected = tl::unexpected<Error>;

[[nodiscard]] Unexpected fail(Errc code, std::string context);
[[nodiscard]] Unexpected fail(Errc code, std::string context, std::error_code cause);
/// From `errno` (or the number given) of a system call that just failed; maps the common numbers to an Errc.
[[nodiscard]] Unexpected failErrno(std::string context, int number);
[[nodiscard]] Unexpected failErrno(std::string context);

/// Adds what we were doing: `if (!disk) return while_("open the system layer", std::move(disk));`
[[nodiscard]] Unexpected while_(std::string_view action, Error error);
template <class T>
[[nodiscard]] Unexpected while_(std::string_view action, Result<T>&& result)
{
    return while_(action, std::move(result.error()));
}

} // namespace annex
