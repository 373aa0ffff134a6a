// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace annex::entries {

/// One line "key[locale]=value" of a key file. Views into the text.
struct KeyFileLine {
    std::string_view group, key, locale, value;
};

/// Walks over a key file (desktop entries, mimeapps.list, mimeinfo.cache): "[group]", "key[locale]=value", "#" and empty lines.
/// Lines of another shape are skipped, as every reader of these files does; what is over a limit ends the walk.
/// @errors TooLarge: more than `maximumLines`, or a value longer than `maximumValue_bytes`
Result<void> eachLine(std::string_view text, std::size_t maximumLines, std::size_t maximumValue_bytes,
                      const std::function<void(const KeyFileLine&)>& take);

/// A value with its escapes \s \n \t \r \\ resolved.
std::string unescaped(std::string_view value);
/// A list "a;b\;c;" with its escapes resolved; empty items are left out.
/// @param maximumItems  what comes after so many is dropped
std::vector<std::string> listOf(std::string_view value, std::size_t maximumItems);

} // namespace annex::entries
