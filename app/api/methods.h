// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "app/api/problem.h"

/// The table of methods and events: dispatch, checks, docs/api.md and parts of annexctl's help are made from it.
namespace annex::api {

enum class Kind : std::uint8_t {
    Text,   ///< minimum … maximum bytes of UTF-8
    Flag,   ///< true or false
    Number, ///< whole, minimum … maximum
    Texts,  ///< minimum … maximum elements, each at most kMaxElement_bytes
    Value,  ///< true, false, a whole number, a text of at most maximum bytes, or such texts: a setting's value
};

inline constexpr std::size_t kMaxElement_bytes = 128 * 1024; // one argument of a program: MAX_ARG_STRLEN of Linux
inline constexpr std::int64_t kMaxName_bytes = 160;          // a workspace's name of 40 characters, or its id
inline constexpr std::int64_t kMaxDeadline_ms = 600'000;     // ten minutes: copying the largest file that is allowed by default

struct Parameter {
    std::string_view name;
    Kind kind = Kind::Text;
    bool required = false;
    std::int64_t minimum = 0;
    std::int64_t maximum = 0;
    std::string_view sentence;
};

struct Method {
    std::string_view name;
    std::string_view sentence;
    std::span<const Parameter> parameters;
    std::string_view result;                ///< shape of the answer
    std::span<const std::string_view> errors = {}; ///< beyond those of every request
    std::string_view descriptors = {};      ///< what travels along, either way; empty: nothing
    std::uint8_t minimumDescriptors = 0;
    std::uint8_t maximumDescriptors = 0;
    std::uint16_t deadline_s = 30;          ///< answered "request.timed-out" after it; a caller may ask for less with `deadline_ms`
    bool beforeHello = false;
};

struct Event {
    std::string_view name;
    std::string_view parameters;
    std::string_view sentence;
};

std::span<const Method> methodTable();
std::span<const Event> eventTable();
/// @return nullptr if there is none
const Method* findMethod(std::string_view name);
const Event* findEvent(std::string_view name);

/// Whether `parameters` and the number of descriptors are what the method takes. Nothing unknown is ignored.
Outcome<void> check(const Method& method, const nlohmann::json& parameters, std::size_t descriptors);

/// docs/api.md, whole.
std::string documentation();

} // namespace annex::api
