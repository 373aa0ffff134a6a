// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <chrono>

#include <fcntl.h>
#include <poll.h>
#include <csignal>
#include <unistd.h>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "base/posix/unique_fd.h"
#include "base/process/process.h"
#include "policy/audit/linux/system_log.h"

namespace annex::policy {
namespace {

using Json = nlohmann::json;
using Steady = std::chrono::steady_clock;

/// An anchor is some 400 bytes of JSON; ten years of one every ten minutes stay below.
constexpr std::size_t kMaxOutput_bytes = 256u << 20;
constexpr std::chrono::seconds kDeadline{20};

std::string textOf(const Json& line, const char* field)
{
    const auto found = line.find(field);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> numberOf(const Json& line, const char* field)
{
    const std::string text = textOf(line, field);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::optional<Anchor> anchorFrom(std::string_view text, unsigned uid)
{
    const Json line = Json::parse(text, nullptr, false);
    if (!line.is_object() || numberOf(line, "_UID") != std::int64_t{uid})
        return std::nullopt;
    const auto seq = numberOf(line, "ANNEX_SEQ");
    const auto hash = hashFromHex(textOf(line, "ANNEX_SHA256"));
    const std::string trailId = textOf(line, "ANNEX_TRAIL");
    if (!seq || *seq < 1 || !hash || trailId.empty())
        return std::nullopt;
    const auto time = std::chrono::microseconds(numberOf(line, "__REALTIME_TIMESTAMP").value_or(0));
    return Anchor{trailId, *seq, *hash, std::chrono::system_clock::time_point(time), "journal"};
}

Result<std::string> readUntilEnd(int fd)
{
    const auto deadline = Steady::now() + kDeadline;
    std::string text;
    char piece[64 * 1024];
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now()).count();
        pollfd wait{fd, POLLIN, 0};
        const int ready = left > 0 ? ::poll(&wait, 1, static_cast<int>(left)) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            return fail(Errc::TimedOut, "journalctl took too long");
        const ssize_t got = ::read(fd, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno("read from journalctl");
        if (got == 0)
            return text;
        text.append(piece, static_cast<std::size_t>(got));
        if (text.size() > kMaxOutput_bytes)
            return fail(Errc::TooLarge, "journalctl wrote too much");
    }
}

} // namespace

std::vector<Anchor> anchorsFromJournal(std::string_view jsonLines, unsigned uid)
{
    std::vector<Anchor> anchors;
    while (!jsonLines.empty()) {
        const std::size_t end = std::min(jsonLines.find('\n'), jsonLines.size());
        if (auto anchor = anchorFrom(jsonLines.substr(0, end), uid))
            anchors.push_back(std::move(*anchor));
        jsonLines.remove_prefix(std::min(end + 1, jsonLines.size()));
    }
    return anchors;
}

JournalAnchors::JournalAnchors(std::string journalctl) : m_journalctl(std::move(journalctl)) {}

Result<std::vector<Anchor>> JournalAnchors::read()
{
    if (::access(m_journalctl.c_str(), X_OK) != 0)
        return fail(Errc::Unsupported, "this system has no journalctl");
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return failErrno("make a pipe");
    UniqueFd out(ends[0]);
    UniqueFd in(ends[1]);

    SpawnOptions options;
    options.program = m_journalctl;
    options.arguments = {"journalctl", "--quiet", "--no-pager", "--output=json",
                         "--output-fields=_UID,ANNEX_TRAIL,ANNEX_SEQ,ANNEX_SHA256", fmt::format("_UID={}", ::getuid()), "ANNEX_ANCHOR=1"};
    options.environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC"};
    options.descriptors = {{in.get(), 1}};
    auto child = spawn(options);
    if (!child)
        return while_("read the journal", std::move(child));
    in.reset();
    const auto text = readUntilEnd(out.get());
    if (!text) {
        (void)child->signal(SIGKILL);
        (void)child->wait();
        return Unexpected(text.error());
    }
    const auto status = child->wait();
    if (!status)
        return Unexpected(status.error());
    // 1 without a line: nothing matched, or this account may not read the journal; both leave nothing to compare.
    if (!status->succeeded() && !text->empty())
        return fail(Errc::SystemFailed, fmt::format("journalctl ended with {}", status->shellCode()));
    return anchorsFromJournal(*text, ::getuid());
}

} // namespace annex::policy
