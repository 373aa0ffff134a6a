// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "base/bytes.h"

/// Values for any message of ours, made by walking its fields: no list of messages to keep up to date. Used by seeds and by unit tests.
namespace annex::fuzz {

/// Gives each field the next number of a sequence (cut to what the field may hold), so that no two fields look alike.
struct Filler {
    std::uint64_t next = 1;
    std::size_t length = 5; ///< of texts, bytes and lists

    template <class T> Filler& operator()(T& value)
    {
        const std::uint64_t number = next++;
        if constexpr (std::is_same_v<T, bool>)
            value = number % 2 == 1;
        else if constexpr (std::is_enum_v<T>)
            value = static_cast<T>(1); // every enumeration of the protocol has at least two values
        else
            value = static_cast<T>(number * 0x0101010101010101ull);
        return *this;
    }
    Filler& text(std::string& value, std::size_t limit)
    {
        value.assign(std::min(length, limit), static_cast<char>('a' + next++ % 26));
        return *this;
    }
    Filler& bytes(ByteVector& value, std::size_t limit)
    {
        value.assign(std::min(length, limit), static_cast<std::uint8_t>(next++));
        return *this;
    }
    Filler& texts(std::vector<std::string>& values, std::size_t count, std::size_t limit)
    {
        values.assign(std::min(length, count), std::string());
        for (std::string& value : values)
            text(value, limit);
        return *this;
    }
    Filler& numbers(std::vector<std::uint32_t>& values, std::size_t count)
    {
        values.assign(std::min(length, count), static_cast<std::uint32_t>(next++));
        return *this;
    }
    template <class Rect> Filler& rects(std::vector<Rect>& value, std::size_t limit)
    {
        value.clear();
        for (std::size_t i = 0; i < std::min(length, limit); ++i) {
            const auto n = static_cast<std::int32_t>(next++);
            value.push_back({n, -n, n + 1, n + 2});
        }
        return *this;
    }
};

template <class Message> Message filled(std::size_t length = 5)
{
    Message message;
    Filler filler;
    filler.length = length;
    message.visit(filler);
    return message;
}

} // namespace annex::fuzz
