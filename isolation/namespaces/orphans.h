// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace annex::isolation {

/// Ends every bubblewrap of ours, and every first process of a guest, that no living keeper stands above: what is left when a keeper is
/// killed in the few milliseconds before bubblewrap has tied its life to it.
///
/// "Living" means that the keeper still has its memory: a keeper that is just ending loses that before its socket refuses connections.
/// @param proc  "/proc" except in tests
/// @return how many there were
int endOrphans(const std::filesystem::path& proc = "/proc");

} // namespace annex::isolation
