// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "base/result.h"

/// What a client is told when something failed: what failed, why, and what to do. Made from one table (errors.h).
namespace annex::api {

/// An error on its way to a person. All texts are plain sentences without hexadecimal numbers; `detail` may hold technical words.
struct Problem {
    int code = -32603;             ///< of JSON-RPC 2.0, or a class of our own (errors.h)
    std::string id;                ///< stable ("policy.level-refused")
    std::string title;             ///< what failed
    std::string why;               ///< one or two sentences
    std::vector<std::string> todo; ///< one to three things to do
    std::string detail;            ///< for a report; may be empty
};

/// Values for the `{names}` in a table entry's texts.
using Arguments = std::vector<std::pair<std::string_view, std::string>>;

template <class T> using Outcome = tl::expected<T, Problem>;
using Refused = tl::unexpected<Problem>;

/// The table's entry `id` with its `{names}` replaced. An id that the table lacks becomes "internal" with the id as detail.
Problem problem(std::string_view id, const Arguments& arguments = {}, std::string detail = {});
/// The same, ready to be returned from a function that gives an Outcome.
Refused refuse(std::string_view id, const Arguments& arguments = {}, std::string detail = {});

/// From an error of the lower layers: its own id if the table has it, else the entry for its code.
Problem problemFrom(const Error& error, const Arguments& arguments = {});

} // namespace annex::api
