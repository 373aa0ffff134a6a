// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace annex::test {

/// An honest window that says on standard output what happens to it, one line each:
///   configure W H STATES · key CODE 0|1 · enter KEYS · leave · modifiers DEPRESSED LOCKED GROUP · repeat RATE DELAY · pointer-enter · pointer-leave ·
///   motion X Y · button CODE 0|1 · axis AXIS VALUE · axis-stop AXIS · axis-source SOURCE · axis-discrete AXIS N · frame (wl_pointer) · popup-configure X Y W H ·
///   popup-done · frame-callback · close · output W H SCALE · decoration MODE · released
/// and obeys lines on standard input:
///   colour AARRGGBB · damage X Y W H AARRGGBB · resize W H · subsurface X Y W H AARRGGBB · move-subsurface X Y · drop-subsurface · title TEXT ·
///   minimise · maximise · fullscreen · callback (asks for a frame callback without drawing) · animate N · scale N · unmap · map · cursor none|AARRGGBB ·
///   copy TEXT · paste · shadow N (geometry inset) · hang (stops answering)
/// Options: --size WxH --title T --app-id A --colour C --popup (a left click opens one) --grab --opaque --min WxH --max WxH
int runScene(const std::vector<std::string>& arguments);

/// Programs that mean harm, by name; see hostile.cpp.
int runHostile(const std::vector<std::string>& arguments);

} // namespace annex::test
