// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

/// Which system calls a guest's programs may make. Two filters, both always in force (the kernel takes the stricter answer):
///
/// 1. an allow-list: what is not named is answered ENOSYS, so that libc falls back to older calls (clone3 → clone); what is refused on purpose, EPERM
/// 2. arguments: calls of the list whose dangerous forms are refused (clone with new namespaces, terminal injection, foreign socket families …)
///
/// Only the processor's native ABI is served: each call of another (on x86-64: i386 by int 0x80, x32) is answered ENOSYS.
namespace annex::isolation {

/// Calls refused with EPERM whatever their arguments. A security test walks through them on each ABI.
const std::vector<std::string_view>& refusedSystemCalls();
const std::vector<std::string_view>& allowedSystemCalls();

/// The two programs as the kernel takes them (struct sock_filter), in the order in which bubblewrap shall load them.
/// @errors Internal: libseccomp refused a rule
Result<std::vector<ByteVector>> compileSystemCallFilters();

} // namespace annex::isolation
