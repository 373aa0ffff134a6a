// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "app/broker/core/off_loop.h"
#include "app/broker/methods/methods.h"
#include "app/broker/views.h"
#include "policy/audit/linux/system_log.h"

namespace annex::broker {

namespace {

using nlohmann::json;

constexpr std::size_t kDefaultRecords = 50;
constexpr std::chrono::milliseconds kWriteTime{10'000}; // a reader that does not read

api::Refused failed(const Error& error)
{
    return api::refuse("audit.failed", {{"reason", error.context}}, error.describe());
}

Answer list(Broker& broker, CallPointer call)
{
    policy::AuditQuery query;
    query.limit = call->parameters.value("limit", kDefaultRecords);
    if (call->parameters.contains("before"))
        query.before = call->parameters["before"].get<std::int64_t>();
    query.search = call->text("search");
    if (call->parameters.contains("workspace")) {
        const auto workspace = broker.workspaces().find(call->text("workspace"));
        query.workspace = workspace ? (*workspace)->row.id : call->text("workspace"); // records outlive their workspace
    }
    if (call->parameters.contains("outcome")) {
        query.outcome = policy::outcomeFrom(call->text("outcome"));
        if (!query.outcome)
            co_return api::refuse("request.params", {{"reason", "\"outcome\" is none of allowed, refused, noted"}});
    }
    const auto page = broker.policy().audit(query);
    if (!page)
        co_return failed(page.error());
    json records = json::array();
    for (const auto& record : page->records)
        records.push_back(views::record(record));
    co_return api::Reply{{{"records", std::move(records)}, {"more", page->more}}, {}, {}};
}

struct Verified {
    policy::Verification verification;
    std::optional<Error> error;
};

Answer verify(Broker& broker, CallPointer)
{
    const std::string path = broker.policy().databasePath();
    auto work = [path] {
        policy::JournalAnchors anchors;
        auto verification = policy::verifyTrail(path, &anchors);
        return verification ? Verified{std::move(*verification), std::nullopt} : Verified{{}, verification.error()};
    };
    const Verified verified = co_await offLoop<Verified>(broker.pool(), work);
    if (verified.error)
        co_return failed(*verified.error);
    const auto& v = verified.verification;
    json out{{"whole", v.whole}, {"up_to", v.upTo}, {"anchored", v.anchored}, {"compared", v.compared}, {"text", v.text}};
    if (v.brokenAt)
        out["broken_at"] = *v.brokenAt;
    if (v.anchorSeq)
        out["anchor_seq"] = *v.anchorSeq;
    co_return api::Reply{std::move(out), {}, {}};
}

Result<void> writeAll(int file, std::string_view bytes)
{
    const auto until = std::chrono::steady_clock::now() + kWriteTime;
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return failErrno("write the trail");
        if (std::chrono::steady_clock::now() >= until)
            return fail(Errc::TimedOut, "nobody reads the trail");
        pollfd waiting{file, POLLOUT, 0};
        ::poll(&waiting, 1, 100);
    }
    return {};
}

struct Written {
    std::int64_t records = 0;
    std::optional<Error> error;
};

// The records are read on the loop (the database is its own), page by page, and written where a reader may be slow in a thread.
Answer exportTrail(Broker& broker, CallPointer call)
{
    const int file = call->descriptors.front().get();
    struct stat what {};
    if (::fstat(file, &what) != 0 || S_ISDIR(what.st_mode))
        co_return api::refuse("request.descriptors", {{"reason", "It cannot be written"}});
    std::string lines;
    std::int64_t records = 0;
    auto collected = broker.policy().exportTo([&lines, &records](std::string_view line) -> Result<void> {
        lines += line;
        ++records;
        return {};
    });
    if (!collected)
        co_return failed(collected.error());
    auto work = [file, text = std::move(lines)] {
        auto written = writeAll(file, text);
        return written ? Written{} : Written{0, written.error()};
    };
    const Written written = co_await offLoop<Written>(broker.pool(), work);
    if (written.error)
        co_return failed(*written.error);
    co_return api::Reply{{{"records", records}}, {}, {}};
}

} // namespace

void registerAuditMethods(Broker& broker)
{
    broker.method("audit.list", list);
    broker.method("audit.verify", verify);
    broker.method("audit.export", exportTrail);
}

} // namespace annex::broker
