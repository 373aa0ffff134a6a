// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/settings/setting.h"
#include "policy/settings/value.h"

/// What an organisation requires. The file format is docs/managed-policy.md.
namespace annex::policy {

struct ManagedValue {
    Value value;
    bool lock = false;
    std::string reason;       ///< the organisation's own sentence, may be empty
    std::string organisation; ///< of the file it came from
    std::string file;         ///< "10-clipboard.json"
    std::chrono::system_clock::time_point since{}; ///< when that file last changed
};

/// Something that is wrong with a policy file, in words for whoever maintains it.
struct ManagedProblem {
    std::string file; ///< or the folder
    std::string what;
};

/// All policy files together.
struct ManagedPolicy {
    enum class State {
        Absent,  ///< no folder, or no file in it
        Valid,
        Invalid, ///< at least one file cannot be trusted or read: everything that can be locked falls to its strictest value
    };
    State state = State::Absent;
    std::string organisation;                             ///< of the last file that names one
    std::map<std::string, ManagedValue, std::less<>> values; ///< empty when Invalid
    std::vector<std::string> files;                       ///< that were read, in order
    std::vector<ManagedProblem> problems;                 ///< not empty exactly when Invalid
};

/// Largest policy file, in bytes: a file that sets every setting with a long reason stays under 64 KiB.
inline constexpr std::size_t kMaxManagedFile_bytes = std::size_t{1} << 20;
/// Most policy files: drop-in folders hold a handful; a thousand files would be read at each decision.
inline constexpr std::size_t kMaxManagedFiles = 64;
/// Deepest nesting of a policy file: the format needs 3.
inline constexpr int kMaxManagedDepth = 8;
/// Longest reason and name of an organisation, in characters: they are shown in one line.
inline constexpr std::size_t kMaxReason_characters = 300;
inline constexpr std::size_t kMaxOrganisation_characters = 80;

/// One file as far as its text goes.
struct ManagedFile {
    std::string organisation;
    std::map<std::string, ManagedValue, std::less<>> values;
};

/// Reads the text of one policy file strictly. Pure; takes any bytes. Limits that depend on the host are not checked here, so that one
/// file serves a whole fleet: resolve() lowers a larger value to what the host has.
/// @errors Malformed, with every problem found (each a sentence, joined by "; ") in `context`
Result<ManagedFile> parseManaged(std::string_view text);

/// Where managed policy comes from. Asked each time, never cached by callers.
class ManagedReader {
public:
    virtual ~ManagedReader() = default;
    /// Does not fail: what cannot be read makes the policy Invalid and is named in `problems`.
    virtual ManagedPolicy read() = 0;
};

} // namespace annex::policy
