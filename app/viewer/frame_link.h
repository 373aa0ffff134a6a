// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The frame link: one more socket that a viewer inherits, to the broker. A closed list of messages, one JSON object a line, at most 16 KiB each.
/// Both sides treat it as untrusted: a taken-over viewer can say only what this list allows.
///
/// Up (viewer → broker):
///   {"m":"hello","version":1,"box":{"landlock":B,"seccomp":B}}     what the viewer's own box could do here (doctor says what is missing)
///   {"m":"gesture","kind":"paste"|"copy","window":N,"serial":N}   the person pressed a paste or copy chord, or chose it in the frame menu
///   {"m":"menu","item":"ITEM","window":N}                         an item of the frame menu, by its stable id (below)
///   {"m":"windows","list":[{"id":N,"title":"…","app":"…","minimised":B,"active":B}]}   for the Apps page; at most 512, titles sanitised and cut to 80
///   {"m":"protocol_error","reason":"…"}                           the guest broke the window protocol; the viewer has dropped the stream and ends
///   {"m":"first_frame","window":N}                                a window stands on the screen (start progress closes)
///   {"m":"host_first"}                                            Ctrl+Alt+Home: full screen was left, `annex` shows its main window
///
/// Down (broker → viewer):
///   {"m":"appearance","name":"Untrusted","colour":"amber","pattern":"dots","label":"","level":"process","persistence":"disposable","number":1,
///    "theme":"light"|"dark"|"high-contrast","stronger_frames":B,"reduce_motion":B}
///   {"m":"strip","id":"pasted"|"copy-locked"|…,"arguments":{"n":214},"window":N}   the viewer has the sentence for each id (ui/frame/strip_messages.cpp
///    lists ids and arguments: n, bytes, limit, organisation, name); window 0: the one that has focus, else all
///   {"m":"menu_state","items":[{"id":"paste","enabled":B,"locked":B,"reason":"…"}]}   items not named are not shown. enabled: an action can be used, a
///    "-toggle" is on. A locked item can be chosen: the viewer shows its reason, nothing goes up. reason: a clause, as in "locked by Acme Ltd"
///   {"m":"offer_ready","serial":N}                                 the paste chord may be sent in now
///   {"m":"activate","window":N}                                    bring a window to the front (the person asked in annex); 0: all of them
///   {"m":"close","window":N}
///   {"m":"paused","paused":B}
///   {"m":"expect_window"}                                          the person just opened something here: the next new window may take the focus
///   {"m":"display_restarted"}                                      annex-display was started again: send a new Preamble
namespace annex::viewer::frame_link {

inline constexpr std::size_t kMaxLine_bytes = 16 * 1024; // 512 windows are sent in several "windows" lines ("more":true on all but the last)

/// Items of the frame menu that the viewer sends up; the others (Close, Full screen) it does itself.
inline constexpr std::string_view kMenuItems[] = {"paste", "copy-out", "send-file-in", "copy-in-toggle", "copy-out-toggle",
                                                  "what-is-this", "settings", "stop-workspace"};

} // namespace annex::viewer::frame_link
