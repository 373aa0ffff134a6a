// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "isolation/namespaces/bubblewrap_arguments.h"
#include "isolation/namespaces/control_group.h"

/// What the broker and a keeper say to each other. Both are host programs of one account; nothing of a guest ever travels here, and the keeper
/// reads nothing that a guest wrote.
///
/// 1. The *specification*: written by the broker into a memory file, read once by the keeper at its start.
/// 2. The *ready report*: one small record through the ready pipe.
/// 3. *Requests* of four bytes over keepers/ID.sock, each answered by one reply; and one unasked reply, Ended, before the keeper goes.
namespace annex::isolation::keeper {

inline constexpr std::uint8_t kProtocolVersion = 1;
inline constexpr std::size_t kMaxSpecification_bytes = 64u << 20; // copied files of /etc, at most 4 MiB each, and the arguments
inline constexpr std::size_t kMaxText_bytes = 16 * 1024;          // a path, an argument, an error's text
inline constexpr std::size_t kMaxListEntries = 16 * 1024;         // arguments of bubblewrap; itself accepts 9,000
inline constexpr std::size_t kMaxBody_bytes = 64 * 1024;          // of a reply

struct ResourceLimit {
    int resource = 0; ///< RLIMIT_*
    std::uint64_t soft = 0;
    std::uint64_t hard = 0; ///< what the account itself may not exceed is left as it is
    friend bool operator==(const ResourceLimit&, const ResourceLimit&) = default;
};

/// Everything that the keeper does, in plain data.
struct Specification {
    std::string guestId;
    std::string bubblewrap; ///< path of the program
    std::vector<std::string> options;
    std::vector<std::string> command;
    std::vector<DescriptorContent> contents;
    std::vector<std::string> environment; ///< of bubblewrap itself; empty unless weakened for a test
    std::vector<ScratchPlace> scratch;    ///< limited a second time, by number of files, before the guest runs
    std::vector<ResourceLimit> limits;    ///< of the guest's first process, and so of all of them
    ControlGroupPlan group;
    std::uint64_t pool_bytes = 0;
    std::int32_t oomScore = 0; ///< oom_score_adj of the guest
    ByteVector info;           ///< handed back to whoever takes the guest over
    friend bool operator==(const Specification&, const Specification&) = default;
};

ByteVector encode(const Specification& specification);
/// @errors Malformed, TooLarge
Result<Specification> decodeSpecification(ByteSpan bytes);

enum class Verb : std::uint8_t {
    Take = 1,   ///< → info, with the descriptors control, display and (where there is one) pool
    Status = 2, ///< → empty
    Pause = 3,
    Resume = 4,
    Ask = 5,    ///< SIGTERM to the guest's first process
    Kill = 6,   ///< ends the guest; answered when nothing is left of it, by Ended
    Ended = 64, ///< unasked: the guest is gone. Body: Ending
};

inline constexpr std::size_t kRequest_bytes = 4;
ByteVector encodeRequest(Verb verb);
/// @errors Malformed
Result<Verb> decodeRequest(ByteSpan bytes);

/// A reply: 12 bytes (version, verb, 0, 0, u32 error, u32 length) and the body.
inline constexpr std::size_t kReplyHeader_bytes = 12;
struct Reply {
    Verb verb = Verb::Status;
    Errc code{};         ///< 0: done
    ByteVector body;     ///< the text of the error when code is not 0
    bool failed() const { return static_cast<int>(code) != 0; }
};
ByteVector encodeReply(const Reply& reply);
struct ReplyHeader {
    Verb verb = Verb::Status;
    Errc code{};
    std::uint32_t length = 0;
};
/// @errors Malformed, TooLarge
Result<ReplyHeader> decodeReplyHeader(ByteSpan bytes);

struct Ending {
    std::int32_t exitCode = 0; ///< of the guest's first process; 128 + signal
    bool asked = false;        ///< somebody had sent Kill
    friend bool operator==(const Ending&, const Ending&) = default;
};
ByteVector encode(const Ending& ending);
Result<Ending> decodeEnding(ByteSpan body);

/// The ready report: empty text means "the guest runs".
ByteVector encodeReady(const Error* error);
/// @errors whatever the keeper reports; Disconnected: it ended without a report
Result<void> decodeReady(ByteSpan bytes);

/// What the broker needs to know of a guest that an earlier broker started. Opaque to the keeper.
struct GuestInfo {
    std::vector<std::string> unheld;
    bool canPause = false;
    std::uint64_t pool_bytes = 0;
    std::string memoryUsageFile; ///< of the control group; empty: not known here
    std::string processesUsageFile;
    friend bool operator==(const GuestInfo&, const GuestInfo&) = default;
};
ByteVector encode(const GuestInfo& info);
Result<GuestInfo> decodeGuestInfo(ByteSpan bytes);

} // namespace annex::isolation::keeper
