// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "isolation/guest_spec.h"
#include "isolation/namespaces/host_layout.h"

/// From values to bubblewrap's command line: pure, tested as text.
namespace annex::isolation {

/// Where things are inside the guest.
inline constexpr const char* kGuestProgramFolder = "/annex/bin";
inline constexpr const char* kGuestInit = "/annex/bin/annex-init";
inline constexpr const char* kGuestHome = "/home/user";
inline constexpr const char* kGuestRuntimeFolder = "/run/user/1000";
inline constexpr unsigned kGuestUser = 1000; ///< the account's number in every guest, whatever it is on the host

/// Descriptors that annex-init inherits (docs/architecture.md).
inline constexpr int kControlDescriptor = 3;
inline constexpr int kDisplayDescriptor = 4;
inline constexpr int kPoolDescriptor = 5;
/// Descriptors of bubblewrap itself, closed before annex-init is loaded.
inline constexpr int kInfoDescriptor = 6;
inline constexpr int kBlockDescriptor = 7;
inline constexpr int kArgumentsDescriptor = 8;
inline constexpr int kFirstDataDescriptor = 9;

/// One in-memory place of the guest, with its share of the quota.
struct ScratchPlace {
    std::string path;
    Bytes size;
    std::uint64_t inodes = 0;
    unsigned mode = 0755;
    friend bool operator==(const ScratchPlace&, const ScratchPlace&) = default;
};

/// Splits the quota: three fifths for the home folder, a quarter for /tmp, a tenth for shared memory, the rest for /run. The sum never exceeds it.
std::vector<ScratchPlace> splitScratch(const StorageLimits& storage);

/// Bytes that bubblewrap reads from a descriptor.
struct DescriptorContent {
    int number = -1;
    ByteVector bytes;
    friend bool operator==(const DescriptorContent&, const DescriptorContent&) = default;
};

struct BubblewrapPlan {
    std::vector<std::string> options; ///< everything before the program; handed over by --args, so that `ps` shows none of it
    std::vector<std::string> command; ///< the program in the guest and its arguments
    std::vector<DescriptorContent> contents;
    std::vector<ScratchPlace> scratch;
};

/// @param filters  compiled system call filters, in the order in which they are loaded
BubblewrapPlan bubblewrapPlan(const GuestSpec& spec, const HostLayout& host, const std::vector<ByteVector>& filters);

/// Names that GuestSpec::weakenedForTest may hold. "files" shows the host's root at /host, "proc" the host's processes; "pid" is for a first
/// process that does not mind (annex-init does not run outside of a process namespace: it signals everybody when it ends).
const std::vector<std::string_view>& knownWeakenings();
bool isWeakened(const GuestSpec& spec, std::string_view defence);

} // namespace annex::isolation
