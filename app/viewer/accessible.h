// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace annex::viewer {

/// Gives each toplevel its names for assistive technology: the window, its four buttons, a message's button, and the content as one element.
/// On Linux the box keeps the viewer away from the accessibility bus; what the screen reader hears there comes from the window's title.
void installAccessibility();

} // namespace annex::viewer
