// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// Attacks on the border of a workspace. Each says on stdout, a line a finding, what it got; it never judges: the test outside does.
namespace annex::hostile {

using Words = std::vector<std::string>;
using Attack = int (*)(const Words& arguments);

// reach.cpp: what lies outside
int findFile(const Words&);        ///< NAME PATH: the file by name in all folders, by its path in the host, and through /proc/N/root
int findProcess(const Words&);     ///< MARK: in all command lines and environments, and whether a signal reaches PID
int signalProcess(const Words&);   ///< PID: SIGKILL
int showEnvironment(const Words&); ///< of itself and of every process that shows its own
int connectPath(const Words&);     ///< PATH of a socket in the host
int connectAbstract(const Words&); ///< NAME
int connectTcp(const Words&);      ///< PORT, on each loopback address
int readKernelLog(const Words&);
int makeShared(const Words&);      ///< KEY TEXT: System V memory; held until stdin ends
int readShared(const Words&);      ///< KEY
int listenAbstract(const Words&);  ///< NAME; held until stdin ends

// escape.cpp: what could be bent
int injectInput(const Words&);        ///< TIOCSTI and TIOCLINUX on each terminal it can open
int listDescriptors(const Words&);    ///< its own, and those of every process that shows them
int overwritePrograms(const Words&);  ///< PATH…: by every way that is left when the path itself is read-only
int makeUserNamespace(const Words&);  ///< held until stdin ends where it worked

// system_calls.cpp
int makeCalls(const Words&); ///< stdin: lines "ABI NUMBER"; each made in a child of its own

// bombs.cpp: all bounded
int forkBomb(const Words&);    ///< MOST; held until stdin ends
int memoryBomb(const Words&);  ///< MOST_MiB; held until stdin ends
int diskBomb(const Words&);    ///< FOLDER MOST_MiB
int inodeBomb(const Words&);   ///< FOLDER MOST
int crashBomb(const Words&);   ///< PROGRAM TIMES: kills it whenever it is there

int hold(const Words&); ///< until stdin ends

/// Says the line and flushes, so that the test hears it while the attack goes on.
void say(const std::string& line);
/// "NAME: got" or "NAME: refused by NUMBER (errno)".
void sayOutcome(const std::string& name, bool got); ///< with errno as it is
void waitForEnd(); ///< until stdin ends

} // namespace annex::hostile
