// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <sys/types.h>

/// Which process the active window of the person's desktop belongs to.
namespace annex::desktop {

/// The process whose window is active. The X server itself names the client's process (X-Resource extension, from the socket's own
/// credentials); only a server without that extension leaves us with the window's word (_NET_WM_PID). Nothing where there is no X11 host,
/// no window manager that tells, or no active window.
///
/// What remains (docs/security.md): on X11 a taken-over client may change the root window's _NET_ACTIVE_WINDOW; therefore the window that
/// really has the keyboard is asked as well, and both have to belong to one process.
std::optional<pid_t> activeWindowProcess();

} // namespace annex::desktop
