// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Text from outside, made fit to be shown, logged or used as a name. All of it is UTF-8, and all of it may be hostile:
/// each function takes any bytes and any length and looks no further than its limit.
namespace annex {

/// What is put where a character was taken out because it was not text (U+FFFD).
inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";
/// What ends a text that was cut (U+2026).
inline constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

/// One decoded character and the bytes it took.
struct CodePoint {
    char32_t value = 0;
    std::size_t size = 0; ///< 1 … 4
};

/// The first character of `text`, or nothing where the bytes are not UTF-8 (overlong, surrogate, above U+10FFFF, cut off). `text` is not empty.
std::optional<CodePoint> decodeFirst(std::string_view text);
void appendUtf8(std::string& out, char32_t codePoint);

bool isValidUtf8(std::string_view text);

/// Whether a character may not appear in one shown line: control characters, line and paragraph separators, bidirectional
/// overrides, embeddings, isolates and marks, zero-width and other default-ignorable characters, private use, noncharacters.
bool isUnfitForLine(char32_t codePoint);

/// One line for a person: unfit characters and invalid bytes are dropped or become U+FFFD, white space of every kind becomes single
/// blanks, ends are trimmed, stacked combining marks are limited, and the rest is cut to `maxCharacters` (the last one is then "…").
std::string sanitiseLine(std::string_view text, std::size_t maxCharacters);

/// One line for a log: printable ASCII and harmless letters stay, everything else becomes \n, \t, \\, \xNN or \u{N}; cut to
/// `maxBytes` of the result, with "…" and the number of bytes left out. Nothing in it can begin a new line or move a cursor.
std::string escapeForLog(std::string_view text, std::size_t maxBytes = 512);

/// Longest file name made by cleanFileName, in bytes: NAME_MAX (255) less room for " (999)" and a temporary suffix.
inline constexpr std::size_t kMaxFileName_bytes = 200;

/// One plain path component: no separator, no leading dot or dash, no control or unfit character, none of the characters or names
/// that Windows refuses, at most kMaxFileName_bytes with its extension kept. Never empty: "file" where nothing is left.
std::string cleanFileName(std::string_view text);

} // namespace annex
