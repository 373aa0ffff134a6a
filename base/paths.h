// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

/// Where Annex keeps what (docs/architecture.md, Folders). Nothing here creates a folder.
namespace annex {

/// Folders of one account. Linux: XDG; Windows: %LocalAppData%\Annex.
struct Paths {
    std::filesystem::path runtime; ///< sockets and locks; gone after logout
    std::filesystem::path data;    ///< policy database, workspaces
    std::filesystem::path config;  ///< what a person may edit by hand
    std::filesystem::path state;   ///< logs in state/log
    std::filesystem::path cache;   ///< may be deleted at any time
    std::filesystem::path managed; ///< IT's policy files, the same for everybody

    std::filesystem::path logFolder() const { return state / "log"; }
    std::filesystem::path brokerSocket() const { return runtime / "annexd.sock"; }
    std::filesystem::path brokerLock() const { return runtime / "annexd.lock"; }
    std::filesystem::path keeperFolder() const { return runtime / "keepers"; }
    std::filesystem::path policyDatabase() const { return data / "policy.sqlite"; }
};

/// The folders by the environment of this process. A variable that is not an absolute path counts as unset (as XDG says).
/// @errors NotFound: the account has no home folder
Result<Paths> accountPaths();

/// The file this process runs, and the folder in which its siblings lie.
/// @errors SystemFailed
Result<std::filesystem::path> programFile();
Result<std::filesystem::path> programFolder();

} // namespace annex
