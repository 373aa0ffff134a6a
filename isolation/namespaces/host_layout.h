// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/bytes.h"

/// What of the host's system a guest gets to see, as values: read once per start, then mapped to arguments by a pure function.
namespace annex::isolation {

inline constexpr std::size_t kMaxCopiedFile_bytes = 4u << 20;  // the largest of the list is ld.so.cache, some 100 KiB
inline constexpr std::size_t kMaxCopiedFiles = 160;            // each costs a descriptor below spawn's highest (255)
inline constexpr std::size_t kMaxVerifiedEntries = 20'000;     // one tree of /etc; a host with all of Debian's fonts has some 600

struct HostFile {
    std::string path; ///< the same on the host and in the guest
    ByteVector content;
    friend bool operator==(const HostFile&, const HostFile&) = default;
};

struct HostLink {
    std::string path;
    std::string target; ///< as it stands in the link
    friend bool operator==(const HostLink&, const HostLink&) = default;
};

struct HostLayout {
    std::vector<std::string> boundFolders; ///< bound read-only at the same path
    std::vector<HostFile> files;           ///< copied: the guest keeps what the host had at its start
    std::vector<HostLink> links;
    std::vector<std::string> omitted;      ///< what was left out and why, for the log
};

/// What of /etc a guest may see. Everything else of it (accounts, keys, host names, services) it cannot name.
const std::vector<std::string>& visibleInEtc();

/// Reads the host.
///
/// A folder of the list is bound as a whole only when every folder in it belongs to root and is writable by root alone, and every file in
/// it is world-readable; otherwise its world-readable files are copied one by one and the rest is left out. Links are repeated, never followed.
/// @param root   "/" except in tests
/// @param owner  who must own what is shown: root, except in tests
HostLayout readHostLayout(const std::filesystem::path& root = "/", uid_t owner = 0);

} // namespace annex::isolation
