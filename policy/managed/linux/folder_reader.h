// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <sys/types.h>

#include "policy/managed/managed_policy.h"

namespace annex::policy {

/// Reads *.json of one folder, in the order of their names; later files win. Every component of the path, the folder and each file
/// belongs to root or the trusted account, is not writable by group or others, and is opened once without following a link. (A sticky
/// folder such as /tmp may stand above the policy folder: in it nobody can replace what belongs to another account.)
class FolderReader final : public ManagedReader {
public:
    /// @param folder      absolute: /etc/annex/policy.d
    /// @param trustedUid  0 in the product
    FolderReader(std::string folder, uid_t trustedUid);
    ManagedPolicy read() override;

private:
    std::string m_folder;
    uid_t m_trustedUid;
};

} // namespace annex::policy
