// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/control/messages.h"
#include "app/control/relay.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/wire.h"

namespace annex::control {

/// What the host end hears from one guest. Every value was checked against the limits of messages.h before it comes here; texts are
/// bounded but still the guest's own words: log them as GuestText, show them only through sanitiseLine.
/// Called from within HostControl::receive(); a handler may call any method of the HostControl, but must not destroy it.
class HostListener {
public:
    virtual ~HostListener() = default;

    /// First event after takeOver(). `running`: programs that an earlier broker started and that still run (they have no stdio any more).
    virtual void onReady(const std::vector<std::uint32_t>& running) = 0;
    /// Answers spawn(). error: 0 or an errno of Linux. After an error the number is free and nothing more comes for it.
    virtual void onSpawned(std::uint32_t program, std::uint32_t error) = 0;
    /// Bytes of a program. Give them back with outputTaken() once they have left for their reader; unreturned bytes are bounded by
    /// kInitialCredit_bytes for each stream.
    virtual void onOutput(std::uint32_t program, Stream stream, ByteSpan bytes) = 0;
    /// That stream has ended. Comes before onExited, once for each stream that the program has (a terminal has only Out).
    virtual void onOutputEnd(std::uint32_t program, Stream stream) = 0;
    /// The guest took input: input() accepts more now.
    virtual void onInputRoom(std::uint32_t program) = 0;
    /// Last event of a program. status: exit code, or 128 + signal when signalled.
    virtual void onExited(std::uint32_t program, std::uint8_t status, bool signalled) = 0;
    /// Last event of a transfer. error 0: the file lies whole at `path` (absolute, inside the guest). Else an errno of Linux; comes before
    /// endFile() when the guest gives up early.
    virtual void onFileDone(std::uint32_t transfer, std::uint32_t error, const std::string& path) = 0;
    /// Answers open(). With problem None the program runs and onExited follows; otherwise the number is free.
    virtual void onOpened(std::uint32_t program, OpenProblem problem, const std::string& mimeType, const std::string& desktopId) = 0;
    virtual void onFromDisplay(const relay::FromGuest& message) = 0;
    virtual void onDisplayState(DisplayCondition condition) = 0;
    virtual void onPong(std::uint32_t serial) = 0;
    /// fileData() accepts more now.
    virtual void onWritable() = 0;
    /// There are bytes to send and there were none before: start writing outgoing() to the stream.
    virtual void onOutgoing() = 0;
    /// The guest broke the protocol. Nothing more comes from it: drop the connection, note it once in the audit trail, stop the guest.
    virtual void onProtocolError(const Error& error) = 0;
};

/// The host end of the control protocol for one guest: a state machine over bytes, without I/O, threads or clock of its own.
/// HostChannel (host_channel.h) joins it to a stream. The guest is hostile: each message is checked for syntax, for its limits, and for
/// whether it may come now (an answer without a question, output over its credit, a program nobody started). The first breach ends it.
///
/// The caller chooses program and transfer numbers; 0 is not a number. A number may be used again after its last event.
/// Methods that send return Errc::Busy where the state forbids it now, Malformed or TooLarge for arguments over a limit,
/// Disconnected after a protocol error.
class HostControl {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit HostControl(HostListener& listener);
    HostControl(const HostControl&) = delete;
    HostControl& operator=(const HostControl&) = delete;

    /// Takes the stream over: queues a Preamble with a fresh nonce and discards what comes until its echo; then the guest says Ready.
    /// Called once, first. The same for a fresh guest and for one that an earlier broker left.
    void takeOver();

    /// Bytes as read from the stream, at most some 64 KiB at a time.
    /// @errors Malformed, TooLarge: the guest broke the protocol (onProtocolError was called); Disconnected ever after
    Result<void> receive(ByteSpan bytes, TimePoint now);

    /// Bytes to write to the stream, in order. Valid until the next call of any other method. Bounded (kMaxQueued_bytes and one message).
    ByteSpan outgoing() const;
    /// The stream took this many of them.
    void sent(std::size_t count);

    bool isReady() const { return m_state == State::Ready; }
    bool isFailed() const { return m_state == State::Failed; }
    /// Programs that run or are being started.
    std::size_t programCount() const { return m_programs.size(); }

    /// @errors Busy: kMaxPrograms run, the number is taken, or not ready yet; Malformed: no argument, NUL inside, over a limit
    Result<void> spawn(std::uint32_t program, const Spawn& what);
    /// Sends as much as the program's credit allows now. @return how many bytes were accepted; the rest after onInputRoom()
    Result<std::size_t> input(std::uint32_t program, ByteSpan bytes);
    Result<void> inputEnd(std::uint32_t program);
    Result<void> signal(std::uint32_t program, std::uint8_t number);
    Result<void> resize(std::uint32_t program, std::uint16_t rows, std::uint16_t columns);
    /// Bytes of onOutput() that have reached their reader; lets the guest send as many more. For a program that has ended: does nothing.
    void outputTaken(std::uint32_t program, Stream stream, std::size_t count);

    /// @param name  one plain component (base/text.h cleanFileName)
    Result<void> beginFile(std::uint32_t transfer, std::string_view name, std::uint64_t size_bytes, FilePlace place);
    /// Sends a piece. @errors Busy: kMaxQueued_bytes wait to be written; try again at onWritable(). TooLarge: more than announced.
    /// Cancelled: the guest has given up this transfer.
    Result<void> fileData(std::uint32_t transfer, ByteSpan bytes);
    /// @param complete  false: throw away what came. onFileDone() follows in both cases.
    Result<void> endFile(std::uint32_t transfer, bool complete);

    /// @param path  as onFileDone() gave it
    Result<void> open(std::uint32_t program, std::string_view path);

    /// One whole relay frame (relay.h). @errors Busy: as fileData
    Result<void> toDisplay(ByteSpan frame);
    Result<void> ping(std::uint32_t serial);
    Result<void> shutdown(std::uint32_t grace_ms);

    /// Bytes that may wait for the stream before fileData() and toDisplay() say Busy: enough to keep a socket busy, little enough that a
    /// keystroke behind a file waits well under a frame.
    static constexpr std::size_t kMaxQueued_bytes = 256 * 1024;
    /// DisplayState messages believed in one minute: three crashes give up, each is two or three messages.
    static constexpr unsigned kMaxDisplayStates = 64;
    /// Relayed messages believed in one minute: a clipboard text of the largest size comes in 1,366 pieces, and a program that takes the
    /// selection in a loop makes some 100 in a second.
    static constexpr unsigned kMaxRelayed = 60'000;

private:
    enum class State { Idle, AwaitingEcho, AwaitingReady, Ready, Failed };
    struct OutputFlow {
        bool open = false;
        std::uint32_t unacknowledged_bytes = 0; ///< came and not yet given back as credit
        std::uint32_t taken_bytes = 0;          ///< taken by the reader, credit for them not yet sent
    };
    struct Program {
        enum class Phase { Starting, Opening, Running } phase = Phase::Starting;
        Stdio stdio = Stdio::None;
        OutputFlow out, error;
        std::uint32_t inputCredit_bytes = kInitialCredit_bytes;
        bool inputOpen = false;
    };
    /// Counts what came within the current minute.
    struct Rate {
        TimePoint since{};
        unsigned count = 0;
        bool isOver(unsigned maximum, TimePoint now);
    };
    struct Transfer {
        std::uint64_t remaining_bytes = 0;
        bool ended = false;    ///< endFile was sent
        bool complete = false; ///< and said that all came
    };

    Result<void> handle(const wire::FrameReader::Event& event);
    Result<void> handleFrame(const wire::Frame& frame);
    template <class Message> Result<void> dispatch(const wire::Frame& frame);
    Result<void> on(std::uint32_t object, Ready message);
    Result<void> on(std::uint32_t object, Spawned message);
    Result<void> on(std::uint32_t object, Output message);
    Result<void> on(std::uint32_t object, Exited message);
    Result<void> on(std::uint32_t object, FileDone message);
    Result<void> on(std::uint32_t object, Opened message);
    Result<void> on(std::uint32_t object, FromDisplay message);
    Result<void> on(std::uint32_t object, DisplayState message);
    Result<void> on(std::uint32_t object, Pong message);
    Result<void> on(std::uint32_t object, InputCredit message);

    Result<void> checkReady() const;
    Result<Program*> running(std::uint32_t program);
    void endStream(std::uint32_t program, Stream stream);
    template <class Message> void send(std::uint32_t object, const Message& message);
    template <class Message> void sendChunks(std::uint32_t object, ByteSpan bytes);
    std::size_t queued_bytes() const { return m_out.size() - m_outStart; }

    HostListener& m_listener;
    State m_state = State::Idle;
    wire::FrameReader m_reader;
    ByteVector m_out;
    std::size_t m_outStart = 0;
    bool m_writableWanted = false; ///< somebody was told Busy
    std::map<std::uint32_t, Program> m_programs;
    std::map<std::uint32_t, Transfer> m_transfers;
    std::multiset<std::uint32_t> m_pings; ///< sent and not answered
    TimePoint m_now{};
    Rate m_states, m_relayed;
};

} // namespace annex::control
