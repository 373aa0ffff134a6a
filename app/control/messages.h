// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

/// The control protocol: what the broker (host) and annex-init (guest, hostile) say to each other. Framing and Preamble as in base/wire.h.
/// `object` names a program or a transfer; the broker chooses the numbers.
namespace annex::control {

inline constexpr std::uint16_t kProtocolVersion = 1;

inline constexpr std::size_t kMaxArguments = 4'096;           // xargs stays under it
inline constexpr std::size_t kMaxArgument_bytes = 128 * 1024; // MAX_ARG_STRLEN of Linux
inline constexpr std::size_t kMaxCommand_bytes = 512 * 1024;  // a quarter of the kernel's default for all of argv and environ
inline constexpr std::size_t kMaxPath_bytes = 4'096;          // PATH_MAX
inline constexpr std::size_t kMaxFileName_bytes = 255;        // NAME_MAX
inline constexpr std::size_t kMaxChunk_bytes = 64 * 1024;     // one pipe buffer
inline constexpr std::size_t kMaxReason_bytes = 512;          // a sentence for the log
inline constexpr std::size_t kMaxRelay_bytes = 64 * 1024;     // one relayed display message; clipboard text is sent in such pieces
inline constexpr std::size_t kMaxPrograms = 1'024;            // running programs that init tracks for the broker
inline constexpr std::uint32_t kInitialCredit_bytes = 256 * 1024; // unacknowledged stdio bytes, each direction and stream
inline constexpr std::size_t kMaxPayload_bytes = kMaxCommand_bytes + 4'096;

//   id  name            sender
#define ANNEX_CONTROL_MESSAGES(X)       \
    X(1, Ready, Guest)                  \
    X(2, Spawned, Guest)                \
    X(3, Output, Guest)                 \
    X(4, Exited, Guest)                 \
    X(5, FileDone, Guest)               \
    X(6, Opened, Guest)                 \
    X(7, FromDisplay, Guest)            \
    X(8, DisplayState, Guest)           \
    X(9, Pong, Guest)                   \
    X(10, InputCredit, Guest)           \
    X(64, Spawn, Host)                  \
    X(65, Input, Host)                  \
    X(66, InputEnd, Host)               \
    X(67, Signal, Host)                 \
    X(68, TerminalSize, Host)           \
    X(69, FileBegin, Host)              \
    X(70, FileData, Host)               \
    X(71, FileEnd, Host)                \
    X(72, Open, Host)                   \
    X(73, ToDisplay, Host)              \
    X(74, Ping, Host)                   \
    X(75, OutputCredit, Host)           \
    X(76, Shutdown, Host)

enum class MessageType : std::uint16_t {
#define ANNEX_ENUM(id, name, sender) name = id,
    ANNEX_CONTROL_MESSAGES(ANNEX_ENUM)
#undef ANNEX_ENUM
};
enum class Sender { Guest, Host };

std::string_view toString(MessageType type);

enum class Stdio : std::uint8_t { None = 0, Pipes = 1, Terminal = 2 };
enum class Stream : std::uint8_t { Out = 1, Error = 2 };

// ---- host → guest

/// Starts a program as the guest's user. object: program number. A name without '/' is looked up in the guest's PATH.
struct Spawn {
    static constexpr auto kType = MessageType::Spawn;
    std::vector<std::string> arguments; ///< argv, at least one
    std::vector<std::string> environment; ///< "NAME=value", added to the guest's own
    std::string workingFolder;            ///< empty: the home folder
    Stdio stdio = Stdio::None;
    std::uint16_t rows = 24, columns = 80;
};
struct Input { static constexpr auto kType = MessageType::Input; ByteVector bytes; };
struct InputEnd { static constexpr auto kType = MessageType::InputEnd; };
/// A signal number of Linux for the program's process group.
struct Signal { static constexpr auto kType = MessageType::Signal; std::uint8_t number = 0; };
struct TerminalSize { static constexpr auto kType = MessageType::TerminalSize; std::uint16_t rows = 24, columns = 80; };

enum class FilePlace : std::uint8_t { Inbox = 0, Programs = 1 }; ///< a document to open · a program to run
/// A file comes in. object: transfer number. `name` is one plain component (cleaned by the host); init finds a free name beside it.
struct FileBegin {
    static constexpr auto kType = MessageType::FileBegin;
    std::string name;
    std::uint64_t size_bytes = 0;
    FilePlace place = FilePlace::Inbox;
};
struct FileData { static constexpr auto kType = MessageType::FileData; ByteVector bytes; };
struct FileEnd { static constexpr auto kType = MessageType::FileEnd; bool complete = true; };
/// Opens a received file with the program that the guest's MIME data names. object: program number.
struct Open { static constexpr auto kType = MessageType::Open; std::string path; };
/// Bytes for annex-display as they are (app/control/relay.h). 
struct ToDisplay { static constexpr auto kType = MessageType::ToDisplay; ByteVector bytes; };
struct Ping { static constexpr auto kType = MessageType::Ping; std::uint32_t serial = 0; };
struct OutputCredit { static constexpr auto kType = MessageType::OutputCredit; Stream stream = Stream::Out; std::uint32_t bytes = 0; };
/// Programs get SIGTERM, after `grace_ms` SIGKILL; then init ends and with it the guest.
struct Shutdown { static constexpr auto kType = MessageType::Shutdown; std::uint32_t grace_ms = 0; };

// ---- guest → host

struct Ready {
    static constexpr auto kType = MessageType::Ready;
    std::uint16_t version = kProtocolVersion;
    std::vector<std::uint32_t> running; ///< program numbers still alive, after a broker restart; at most kMaxPrograms
};
/// Answers Spawn and Open. error: 0, or an errno of Linux (ENOENT: no such program).
struct Spawned { static constexpr auto kType = MessageType::Spawned; std::uint32_t error = 0; };
/// An empty piece ends that stream.
struct Output { static constexpr auto kType = MessageType::Output; Stream stream = Stream::Out; ByteVector bytes; };
/// status: exit code 0 … 255, or 128 + signal; signalled tells which.
struct Exited { static constexpr auto kType = MessageType::Exited; std::uint8_t status = 0; bool signalled = false; };
/// The file is whole (error 0; path inside the guest) or was not taken (errno).
struct FileDone { static constexpr auto kType = MessageType::FileDone; std::uint32_t error = 0; std::string path; };
enum class OpenProblem : std::uint8_t { None = 0, NoProgramForType = 1, IsExecutable = 2, StartFailed = 3, NoSuchFile = 4 };
struct Opened {
    static constexpr auto kType = MessageType::Opened;
    OpenProblem problem = OpenProblem::None;
    std::string mimeType;  ///< as the guest resolved it
    std::string desktopId; ///< program that was started
};
struct FromDisplay { static constexpr auto kType = MessageType::FromDisplay; ByteVector bytes; };
enum class DisplayCondition : std::uint8_t { Starting = 0, Ready = 1, Crashed = 2, GivenUp = 3 };
struct DisplayState { static constexpr auto kType = MessageType::DisplayState; DisplayCondition condition = DisplayCondition::Starting; };
struct Pong { static constexpr auto kType = MessageType::Pong; std::uint32_t serial = 0; };
struct InputCredit { static constexpr auto kType = MessageType::InputCredit; std::uint32_t bytes = 0; };

} // namespace annex::control
