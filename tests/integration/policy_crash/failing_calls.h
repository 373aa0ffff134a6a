// SPDX-License-Identifier: Apache-2.0
#pragma once

/// System calls that change the disk, counted from 1 since arm(): write, pwrite, ftruncate, fsync, fdatasync, rename, unlink, open with O_CREAT.
namespace failing_calls {

enum class Mode {
    Never,
    Kill, ///< the process dies by SIGKILL in place of call number `at`
    Full, ///< from call number `at` on, whatever needs room fails with ENOSPC
};
void arm(Mode mode, long at);
void disarm();

} // namespace failing_calls
