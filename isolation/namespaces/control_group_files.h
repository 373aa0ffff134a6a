// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

/// The files of a control group, read and written in one call each as the kernel wants it.
namespace annex::isolation {

/// @errors NotFound, Denied, SystemFailed (with the kernel's number)
Result<void> writeGroupFile(const std::filesystem::path& file, std::string_view value);
/// At most 64 KiB of it. @errors NotFound, Denied, SystemFailed
Result<std::string> readGroupFile(const std::filesystem::path& file);
/// Process numbers in the group, as seen from here.
std::vector<pid_t> processesIn(const std::filesystem::path& folder);

} // namespace annex::isolation
