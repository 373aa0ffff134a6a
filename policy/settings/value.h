// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace annex::policy {

/// "No value", for settings that have a word for it: "off", "never", "by order".
struct None {
    friend constexpr bool operator==(None, None) = default;
};

/// The value of a setting. Which alternative it holds is fixed by the setting's type (see Type); parseValue() makes no others.
using Value = std::variant<None, bool, std::int64_t, std::string>;

/// What a setting holds, and so how it is written.
enum class Type {
    Switch,   ///< bool: on, off
    Choice,   ///< std::string, one of Setting::choices
    Bytes,    ///< std::int64_t bytes: 1 MiB
    Percent,  ///< std::int64_t: 50 %
    Integer,  ///< std::int64_t: 16
    Duration, ///< std::int64_t seconds: 15 min
    Text,     ///< std::string, one line for people
    Colour,   ///< std::string, one of kColours
    Pattern,  ///< std::string, one of kPatterns
};

std::string_view toString(Type type);

} // namespace annex::policy
