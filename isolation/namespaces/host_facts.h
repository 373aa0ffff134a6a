// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "isolation/namespaces/control_group.h"

namespace annex::isolation {

/// What this engine wants to know of a host, as values, so that each finding can be tested without having such a host.
struct HostFacts {
    std::string kernel;                             ///< release: "6.1.0-18-amd64"
    std::optional<long> unprivilegedUserNamespaces; ///< kernel.unprivileged_userns_clone (Debian, Arch); absent: no such switch
    std::optional<long> mostUserNamespaces;         ///< user.max_user_namespaces; absent: the kernel was built without
    std::optional<long> apparmorRestriction;        ///< kernel.apparmor_restrict_unprivileged_userns (Ubuntu)
    bool apparmorLetsBubblewrap = false;            ///< a profile for bubblewrap is installed
    bool inChroot = false;
    bool seccomp = false;                           ///< filters that answer with an error number
    int landlock = 0;                               ///< version; 0: none
    bool fonts = false;
    bool mimeTypes = false;
    std::vector<std::string> missingPrograms;       ///< of annex-keeper, annex-init, annex-display
    Delegation delegation;

    // Found by running it:
    std::optional<std::string> bubblewrap; ///< version, "0.8.0"; absent: not installed
    bool bubblewrapWorks = false;          ///< it made all namespaces and started a program
    std::string bubblewrapSays;            ///< else: its own words
};

/// Reads everything but what has to be run.
/// @param root      "/" except in tests
/// @param programs  full paths of the programs that must be there
HostFacts readHostFacts(const std::filesystem::path& root, const std::vector<std::filesystem::path>& programs);

/// "bubblewrap 0.8.0" → "0.8.0"
std::string versionIn(const std::string& text);
/// Compares versions of numbers and dots: -1, 0, 1.
int compareVersions(const std::string& a, const std::string& b);

} // namespace annex::isolation
