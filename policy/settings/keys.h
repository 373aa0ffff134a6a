// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

/// Settings by name and C++ type, so that asking for a memory limit as a switch does not compile.
/// A test holds these against the table.
namespace annex::policy {

template <class T>
struct Key {
    std::string_view name;
};

namespace keys {
using MaybeSeconds = std::optional<std::chrono::seconds>;

inline constexpr Key<std::string> kIsolationMinimum{"isolation.minimum"};
inline constexpr Key<std::string> kIsolationEngine{"isolation.engine"};
inline constexpr Key<std::string> kWorkspacePersistence{"workspace.persistence"};
inline constexpr Key<std::int64_t> kWorkspaceMaximum{"workspace.maximum"};
inline constexpr Key<std::string> kWorkspaceColour{"workspace.colour"};
inline constexpr Key<std::string> kWorkspacePattern{"workspace.pattern"};
inline constexpr Key<std::string> kWorkspaceLabel{"workspace.label"};
inline constexpr Key<MaybeSeconds> kWorkspaceIdleStop{"workspace.idle_stop"};
inline constexpr Key<std::string> kClipboardToWorkspace{"clipboard.to_workspace"};
inline constexpr Key<std::string> kClipboardFromWorkspace{"clipboard.from_workspace"};
inline constexpr Key<Bytes> kClipboardMaximumBytes{"clipboard.maximum_bytes"};
inline constexpr Key<MaybeSeconds> kClipboardExpire{"clipboard.expire"};
inline constexpr Key<std::string> kFilesToWorkspace{"files.to_workspace"};
inline constexpr Key<Bytes> kFilesMaximumBytes{"files.maximum_bytes"};
inline constexpr Key<bool> kOpenFresh{"open.fresh"};
inline constexpr Key<Bytes> kMemoryMaximum{"memory.maximum"};
inline constexpr Key<std::int64_t> kProcessorMaximum{"processor.maximum"};
inline constexpr Key<std::int64_t> kProcessorWeight{"processor.weight"};
inline constexpr Key<Bytes> kStorageQuota{"storage.quota"};
inline constexpr Key<std::string> kAuditLevel{"audit.level"};
inline constexpr Key<std::int64_t> kAuditKeep{"audit.keep"};
inline constexpr Key<std::string> kAuditExport{"audit.export"};
} // namespace keys

} // namespace annex::policy
