// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/api/problem.h"
#include "base/posix/unique_fd.h"

namespace annex::broker {

/// A file that a client wants to send in, as far as it was checked.
struct IncomingFile {
    UniqueFd file;
    std::string name; ///< one plain component
    std::uint64_t size_bytes = 0;
};

/// Looks at what the client attached: an ordinary file, open for reading and nothing else. A pipe, device, folder, socket or O_PATH
/// descriptor is refused ("file.not-regular"); the client opened it, so no link is ever followed here.
/// @param name  as the client called it; only its last component counts, and that is cleaned
api::Outcome<IncomingFile> inspectFile(UniqueFd file, std::string_view name);

} // namespace annex::broker
