// SPDX-License-Identifier: Apache-2.0
#include "app/api/line_decoder.h"

#include <algorithm>

namespace annex::api {

Result<void> LineDecoder::append(ByteSpan bytes)
{
    if (std::find(bytes.begin(), bytes.end(), std::uint8_t{0}) != bytes.end())
        return fail(Errc::Malformed, "a NUL byte in a line");
    if (m_open.text.size() + bytes.size() > m_maximum)
        return fail(Errc::TooLarge, "a line is longer than 1 MiB");
    m_open.text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
}

Result<void> LineDecoder::feed(ByteSpan bytes, std::vector<UniqueFd> descriptors)
{
    if (m_broken)
        return fail(Errc::Malformed, "the stream was broken before");
    m_broken = true; // until this call has come to its end
    if (descriptors.size() > kMaxDescriptors)
        return fail(Errc::Malformed, "too many descriptors on a line");

    const auto lastEnd = std::find(bytes.rbegin(), bytes.rend(), std::uint8_t{'\n'});
    // Where the last line that begins in this read starts: behind the last line end that is not the very last byte.
    std::size_t lastStart = static_cast<std::size_t>(bytes.rend() - lastEnd);
    if (lastStart == bytes.size() && lastStart > 0) {
        const auto before = std::find(lastEnd + 1, bytes.rend(), std::uint8_t{'\n'});
        lastStart = static_cast<std::size_t>(bytes.rend() - before);
    }
    if (!descriptors.empty() && lastStart == 0 && !m_open.text.empty())
        return fail(Errc::Malformed, "descriptors in the middle of a line");

    std::size_t at = 0;
    while (at < bytes.size()) {
        if (at == lastStart && !descriptors.empty())
            m_open.descriptors = std::move(descriptors);
        const auto rest = bytes.subspan(at);
        const auto end = std::find(rest.begin(), rest.end(), std::uint8_t{'\n'});
        const auto length = static_cast<std::size_t>(end - rest.begin());
        if (auto added = append(rest.first(length)); !added)
            return added;
        at += length;
        if (end == rest.end())
            break;
        ++at;
        if (!m_open.text.empty() || !m_open.descriptors.empty())
            m_ready.push_back(std::exchange(m_open, {}));
    }
    m_broken = false;
    return {};
}

std::optional<Line> LineDecoder::next()
{
    if (m_ready.empty())
        return std::nullopt;
    Line line = std::move(m_ready.front());
    m_ready.pop_front();
    return line;
}

} // namespace annex::api
