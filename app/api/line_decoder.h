// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/posix/unique_fd.h"
#include "base/result.h"

namespace annex::api {

inline constexpr std::size_t kMaxLine_bytes = 1 << 20;  // DESIGN 8; the longest honest line is a list of 512 windows or apps
inline constexpr std::size_t kMaxDescriptors = 3;       // exec: stdin, stdout, stderr; viewer.attach: display, pool, frame link
inline constexpr std::size_t kReadSize_bytes = 64 * 1024;

/// One line without its end, and the descriptors that came with its first byte.
struct Line {
    std::string text;
    std::vector<UniqueFd> descriptors;
};

/// Cuts what a socket gives into lines. Pure: both ends and the fuzzer use it.
///
/// The kernel attaches descriptors to the piece of a stream that one send() wrote. Both ends send each line by itself, with its descriptors on
/// the first byte; a read never goes past such a piece. So the descriptors of a read belong to the last line that begins in it, and a read
/// that brings descriptors but begins no line is a violation.
class LineDecoder {
public:
    explicit LineDecoder(std::size_t maximumLine_bytes = kMaxLine_bytes) : m_maximum(maximumLine_bytes) {}

    /// Adds what one read returned.
    /// @errors TooLarge: a line is longer than the maximum; Malformed: descriptors in the middle of a line, too many, or a NUL byte.
    ///         After an error the decoder takes nothing more.
    Result<void> feed(ByteSpan bytes, std::vector<UniqueFd> descriptors = {});

    /// The next whole line, oldest first. Empty lines without descriptors are skipped.
    std::optional<Line> next();

private:
    Result<void> append(ByteSpan bytes);

    std::size_t m_maximum;
    std::deque<Line> m_ready;
    Line m_open;
    bool m_broken = false;
};

} // namespace annex::api
