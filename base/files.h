// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

/// Small files of our own: settings, specs, exports. Bulk data goes through descriptors.
namespace annex {

/// The whole of a regular file.
/// @param limit_bytes  longest content accepted; a file that grows beyond it while it is read is refused as well
/// @errors NotFound, Denied, TooLarge, Malformed (not a regular file), SystemFailed
Result<ByteVector> readFile(const std::filesystem::path& path, std::size_t limit_bytes);
/// The same as text (not checked to be UTF-8).
Result<std::string> readTextFile(const std::filesystem::path& path, std::size_t limit_bytes);

/// Replaces the file's content such that a reader, or a machine that loses power, sees the old content or the new, never a part.
/// @param mode  permission bits of the new file (ignored on Windows, where the folder's descriptor is inherited)
/// @errors NoSpace, Denied, NotFound (no such folder), SystemFailed; the old file is then untouched and no temporary file remains
Result<void> writeFileAtomically(const std::filesystem::path& path, ByteSpan content, unsigned mode = 0600);

/// Makes the folder (and missing parents) private to the account: mode 0700, owned by it, a real folder and no link.
/// A folder of ours that had other permissions is tightened.
/// @errors Denied: it belongs to somebody else; Malformed: it is something else than a folder
Result<void> ensurePrivateFolder(const std::filesystem::path& path);

} // namespace annex
