// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <sys/types.h>

#include "policy/managed/managed_policy.h"

namespace annex::policy {

/// Reads *.json of one folder, in the order of their names; later files win. Every component of the path, the folder and each file
/// belongs to the trusted account, is not writable by group or others, and is opened without following a link.
class FolderReader final : public ManagedReader {
public:
    /// @param folder      absolute: /etc/annex/policy.d
    /// @param trustedUid  0 in the product
    FolderReader(std::string folder, uid_t trustedUid, HostFacts host);
    ManagedPolicy read() override;

private:
    std::string m_folder;
    uid_t m_trustedUid;
    HostFacts m_host;
};

} // namespace annex::policy
