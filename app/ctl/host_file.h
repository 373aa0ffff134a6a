// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/api/problem.h"
#include "base/posix/unique_fd.h"

namespace annex::ctl {

/// Opens a host file to hand over: read-only, an ordinary file. A link is followed: the person named it, with the person's own rights.
/// @errors file.not-regular and what the system says, as a sentence
api::Outcome<UniqueFd> openHostFile(const std::string& path);

/// Last component of a path.
std::string fileNameOf(const std::string& path);

} // namespace annex::ctl
