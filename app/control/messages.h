// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

/// The control protocol: what the broker (host) and annex-init (guest, hostile) say to each other. Framing and Preamble as in base/wire.h.
/// `object` names a program or a transfer; the broker chooses the numbers.
///
/// Stdio flows by credit, so that a flood of one program starves nobody: each side may have kInitialCredit_bytes of a stream on the way
/// and more only as the receiver takes them (OutputCredit, InputCredit). After a takeover (Preamble) programs with stdio lose it, as when a
/// terminal line drops: their input ends, their output closes, a terminal hangs up. Programs without stdio go on and are named in Ready.
///
/// The host never lets the Preamble's 16 fixed bytes travel inside a message: a hostile *file* that carried them would otherwise make
/// the guest resynchronise in the middle of it. HostControl cuts a chunk in two where they occur.
namespace annex::control {

inline constexpr std::uint16_t kProtocolVersion = 1;

inline constexpr std::size_t kMaxArguments = 4'096;           // xargs stays under it
inline constexpr std::size_t kMaxArgument_bytes = 128 * 1024; // MAX_ARG_STRLEN of Linux
inline constexpr std::size_t kMaxCommand_bytes = 512 * 1024;  // a quarter of the kernel's default for all of argv and environ
inline constexpr std::size_t kMaxPath_bytes = 4'096;          // PATH_MAX
inline constexpr std::size_t kMaxFileName_bytes = 255;        // NAME_MAX
inline constexpr std::size_t kMaxChunk_bytes = 64 * 1024;     // one pipe buffer
inline constexpr std::size_t kMaxMimeType_bytes = 255;        // RFC 6838: 127 for type and 127 for subtype
inline constexpr std::uint16_t kMaxTerminalEdge = 4'096;     // cells; a full 8K screen of a 4-pixel font
inline constexpr std::uint8_t kMaxSignal = 64;                // SIGRTMAX of Linux
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
/// Without stdio it is taken for a program with windows and waits for the display (at most 10 s); with stdio it starts at once.
struct Spawn {
    static constexpr auto kType = MessageType::Spawn;
    std::vector<std::string> arguments; ///< argv, at least one
    std::vector<std::string> environment; ///< "NAME=value", added to the guest's own
    std::string workingFolder;            ///< empty: the home folder
    Stdio stdio = Stdio::None;
    std::uint16_t rows = 24, columns = 80; ///< 1 … kMaxTerminalEdge
    template <class V> void visit(V& v)
    {
        v.texts(arguments, kMaxArguments, kMaxArgument_bytes)
            .texts(environment, kMaxArguments, kMaxArgument_bytes)
            .text(workingFolder, kMaxPath_bytes)(stdio)(rows)(columns);
    }
};
struct Input {
    static constexpr auto kType = MessageType::Input;
    ByteVector bytes;
    template <class V> void visit(V& v) { v.bytes(bytes, kMaxChunk_bytes); }
};
struct InputEnd {
    static constexpr auto kType = MessageType::InputEnd;
    template <class V> void visit(V&) {}
};
/// A signal number of Linux for the program's process group.
struct Signal {
    static constexpr auto kType = MessageType::Signal;
    std::uint8_t number = 0;
    template <class V> void visit(V& v) { v(number); }
};
struct TerminalSize {
    static constexpr auto kType = MessageType::TerminalSize;
    std::uint16_t rows = 24, columns = 80;
    template <class V> void visit(V& v) { v(rows)(columns); }
};

enum class FilePlace : std::uint8_t { Inbox = 0, Programs = 1 }; ///< a document to open · a program to run
/// A file comes in. object: transfer number. `name` is one plain component (cleaned by the host); init finds a free name beside it.
struct FileBegin {
    static constexpr auto kType = MessageType::FileBegin;
    std::string name;
    std::uint64_t size_bytes = 0;
    FilePlace place = FilePlace::Inbox;
    template <class V> void visit(V& v) { v.text(name, kMaxFileName_bytes)(size_bytes)(place); }
};
struct FileData {
    static constexpr auto kType = MessageType::FileData;
    ByteVector bytes;
    template <class V> void visit(V& v) { v.bytes(bytes, kMaxChunk_bytes); }
};
struct FileEnd {
    static constexpr auto kType = MessageType::FileEnd;
    bool complete = true;
    template <class V> void visit(V& v) { v(complete); }
};
/// Opens a received file with the program that the guest's MIME data names. object: program number.
struct Open {
    static constexpr auto kType = MessageType::Open;
    std::string path;
    template <class V> void visit(V& v) { v.text(path, kMaxPath_bytes); }
};
/// Bytes for annex-display as they are (app/control/relay.h): one whole relay frame each.
struct ToDisplay {
    static constexpr auto kType = MessageType::ToDisplay;
    ByteVector bytes;
    template <class V> void visit(V& v) { v.bytes(bytes, kMaxRelay_bytes); }
};
struct Ping {
    static constexpr auto kType = MessageType::Ping;
    std::uint32_t serial = 0;
    template <class V> void visit(V& v) { v(serial); }
};
struct OutputCredit {
    static constexpr auto kType = MessageType::OutputCredit;
    Stream stream = Stream::Out;
    std::uint32_t bytes = 0;
    template <class V> void visit(V& v) { v(stream)(bytes); }
};
/// Programs get SIGTERM, after `grace_ms` SIGKILL; then init ends and with it the guest.
struct Shutdown {
    static constexpr auto kType = MessageType::Shutdown;
    std::uint32_t grace_ms = 0;
    template <class V> void visit(V& v) { v(grace_ms); }
};

// ---- guest → host

struct Ready {
    static constexpr auto kType = MessageType::Ready;
    std::uint16_t version = kProtocolVersion;
    std::vector<std::uint32_t> running; ///< program numbers still alive, after a broker restart; at most kMaxPrograms
    template <class V> void visit(V& v) { v(version).numbers(running, kMaxPrograms); }
};
/// Answers Spawn. error: 0, or an errno of Linux (ENOENT: no such program). Exited follows when it is 0.
struct Spawned {
    static constexpr auto kType = MessageType::Spawned;
    std::uint32_t error = 0;
    template <class V> void visit(V& v) { v(error); }
};
/// An empty piece ends that stream.
struct Output {
    static constexpr auto kType = MessageType::Output;
    Stream stream = Stream::Out;
    ByteVector bytes;
    template <class V> void visit(V& v) { v(stream).bytes(bytes, kMaxChunk_bytes); }
};
/// status: exit code 0 … 255, or 128 + signal; signalled tells which.
struct Exited {
    static constexpr auto kType = MessageType::Exited;
    std::uint8_t status = 0;
    bool signalled = false;
    template <class V> void visit(V& v) { v(status)(signalled); }
};
/// The file is whole (error 0; path inside the guest) or was not taken (errno).
struct FileDone {
    static constexpr auto kType = MessageType::FileDone;
    std::uint32_t error = 0;
    std::string path;
    template <class V> void visit(V& v) { v(error).text(path, kMaxPath_bytes); }
};
enum class OpenProblem : std::uint8_t { None = 0, NoProgramForType = 1, IsExecutable = 2, StartFailed = 3, NoSuchFile = 4 };
/// Answers Open (instead of Spawned). With problem None the program runs and Exited will follow.
struct Opened {
    static constexpr auto kType = MessageType::Opened;
    OpenProblem problem = OpenProblem::None;
    std::string mimeType;  ///< as the guest resolved it
    std::string desktopId; ///< program that was started
    template <class V> void visit(V& v) { v(problem).text(mimeType, kMaxMimeType_bytes).text(desktopId, kMaxFileName_bytes); }
};
/// One whole relay frame each.
struct FromDisplay {
    static constexpr auto kType = MessageType::FromDisplay;
    ByteVector bytes;
    template <class V> void visit(V& v) { v.bytes(bytes, kMaxRelay_bytes); }
};
enum class DisplayCondition : std::uint8_t { Starting = 0, Ready = 1, Crashed = 2, GivenUp = 3 };
struct DisplayState {
    static constexpr auto kType = MessageType::DisplayState;
    DisplayCondition condition = DisplayCondition::Starting;
    template <class V> void visit(V& v) { v(condition); }
};
struct Pong {
    static constexpr auto kType = MessageType::Pong;
    std::uint32_t serial = 0;
    template <class V> void visit(V& v) { v(serial); }
};
struct InputCredit {
    static constexpr auto kType = MessageType::InputCredit;
    std::uint32_t bytes = 0;
    template <class V> void visit(V& v) { v(bytes); }
};

} // namespace annex::control
