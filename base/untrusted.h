// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "base/result.h"

namespace annex {

/// A value that came from a guest (or another side that may lie) and was not checked yet.
/// The only way to its contents is a check that returns Result<U>: `std::move(raw).checkedBy(plausibleSize)`.
template <class T>
class Untrusted {
public:
    explicit Untrusted(T value) : m_value(std::move(value)) {}

    /// @param check  callable `Result<U>(T)`; U is often T itself
    template <class Check>
    auto checkedBy(Check&& check) && -> decltype(check(std::declval<T>()))
    {
        return std::forward<Check>(check)(std::move(m_value));
    }

private:
    T m_value;
};

} // namespace annex
