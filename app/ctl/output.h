// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "app/api/problem.h"

/// What annexctl prints.
namespace annex::ctl {

/// An error in its three parts, on standard error; with --json as one JSON object on standard output.
void printProblem(const api::Problem& problem, bool json);
void printJson(const nlohmann::json& value);
void printLine(std::string_view line);

/// Columns as wide as their widest cell; the last one is not padded. Lengths are counted in characters.
std::string table(const std::vector<std::vector<std::string>>& rows);
/// 1536 → "1.5 KB"
std::string sizeInWords(std::uint64_t bytes);
/// Seconds since 1970 → "24 Nov 10:42", in the person's time zone.
std::string timeInWords(std::int64_t seconds);

} // namespace annex::ctl
