// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

/// The part of spawn() that runs in the child between fork and exec. It is one thread in a copy of a process that had many, so
/// it may only make system calls: no allocation, no lock, no exception.
namespace annex {

inline constexpr int kMaxChildDescriptor = 255; // we hand over a handful; far below any RLIMIT_NOFILE

enum class ChildStep : int { Parent, Session, Folder, Descriptors, Exec };
const char* describe(ChildStep step);

struct ChildFailure {
    ChildStep step = ChildStep::Exec;
    int number = 0; ///< errno
};

struct ChildPlan {
    struct Move {
        int source = -1; ///< -1: /dev/null
        int target = -1;
    };
    const char* program = nullptr;
    char* const* argv = nullptr;
    char* const* envp = nullptr;
    const char* workingFolder = nullptr; ///< null: stay
    bool newSession = false;
    int parent = 0;          ///< end with this process; 0: outlive it
    std::vector<Move> moves; ///< sorted by target; written to by the child, in place
    int report = -1;         ///< close-on-exec; takes one ChildFailure
};

[[noreturn]] void runChild(ChildPlan& plan);

} // namespace annex
