// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

/// Files that only this account may touch. One implementation per system.
namespace annex::policy {

/// Makes the folder private to this account (base/files.h) and gives its path without links in it.
/// @errors Denied: it belongs to somebody else; SystemFailed
Result<std::string> openPrivateFolder(const std::string& folder);

/// Whether a file is there, as a regular file of this account that has no second name and that nobody else may read; a mode that is too
/// wide is tightened.
/// @errors Denied: a link, another account's, a second hard link, or no regular file
Result<bool> checkPrivateFile(const std::string& path);

/// An empty file, mode 0600. @errors AlreadyExists
Result<void> createPrivateFile(const std::string& path);

/// Renames within a folder such that it survives a loss of power. Replaces an existing file.
Result<void> renameDurably(const std::string& from, const std::string& to);

/// Adds whole lines at the end of a private file, made if it is not there. @errors NoSpace: nothing of it was kept
Result<void> appendPrivately(const std::string& path, std::string_view lines);

/// Whether a failed write means that there is no room: no space, quota, or file size limit. @param systemError  errno, or GetLastError()
bool meansNoRoom(int systemError);

} // namespace annex::policy
