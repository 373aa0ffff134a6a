// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/thread_pool.hpp>

#include "app/control/host_channel.h"
#include "app/control/host_control.h"
#include "app/broker/core/wakeup.h"
#include "base/posix/unique_fd.h"
#include "base/result.h"

namespace annex::broker {

/// How a program ended.
struct ProgramEnd {
    std::uint8_t status = 0;
    bool signalled = false;
    bool guestGone = false; ///< its workspace ended; status says 137
};

/// What a guest answered to `open`.
struct OpenedFile {
    std::string mimeType;  ///< the guest's own words
    std::string desktopId; ///< likewise
};

/// The broker's end of one guest's control channel: programs, files and what is relayed to its display. One loop. Made with std::make_shared;
/// a coroutine of it keeps it alive.
class GuestLink final : public std::enable_shared_from_this<GuestLink>, private control::HostListener {
public:
    using Deadline = Wakeup::Deadline;
    using OnEnd = std::function<void(ProgramEnd)>;

    struct Events {
        std::function<void()> gone;                                 ///< the channel ended: the guest is going
        std::function<void(const Error&)> hostile;                  ///< it broke the protocol
        std::function<void(const control::relay::FromGuest&)> display; ///< from annex-display
        std::function<void(control::DisplayCondition)> displayState;
        std::function<void(std::size_t)> programs;                  ///< how many run
    };

    /// @param stream  a duplicate of the guest's control stream
    GuestLink(asio::io_context& loop, asio::thread_pool& files, UniqueFd stream, Events events);
    ~GuestLink() override;

    /// Takes the channel over and waits for Ready.
    /// @errors TimedOut, Disconnected, Malformed (the guest broke the protocol)
    asio::awaitable<Result<void>> connect(Deadline deadline);
    bool isReady() const { return !m_closed && m_control.isReady(); }
    /// Ends every program's relay; nothing is called any more.
    void close();

    /// Starts a program and waits until the guest has loaded it.
    /// @param stdio  none, or three pipe or socket ends that are given away (in, out, error)
    /// @param onEnd  called once when it has ended, which may be before this answers; not when this fails
    /// @errors NotFound: the guest has no such program; Busy: too many; Disconnected; TimedOut; SystemFailed with the guest's errno
    asio::awaitable<Result<std::uint32_t>> spawn(control::Spawn what, std::vector<UniqueFd> stdio, OnEnd onEnd);
    Result<void> signal(std::uint32_t program, std::uint8_t number);
    Result<void> resize(std::uint32_t program, std::uint16_t rows, std::uint16_t columns);
    bool hasProgram(std::uint32_t program) const { return m_programs.contains(program); }
    std::size_t programCount() const { return m_programs.size() + m_earlier.size(); }

    /// Copies `size_bytes` of a regular file in. The file is read in another thread.
    /// @return where it lies inside the guest
    /// @errors Malformed: it became shorter meanwhile; NoSpace; Disconnected; SystemFailed with the guest's errno
    asio::awaitable<Result<std::string>> sendFile(UniqueFd file, std::uint64_t size_bytes, std::string name, control::FilePlace place);
    /// Opens a file that sendFile() brought in.
    /// @return the program's number with what the guest chose. Error::id: "file.executable", "file.no-program", "app.failed"
    asio::awaitable<Result<std::pair<std::uint32_t, OpenedFile>>> open(std::string path, OnEnd onEnd);

    /// Passes one relay frame to annex-display, waiting while the channel is full.
    asio::awaitable<Result<void>> toDisplay(ByteVector frame);

private:
    struct Streams;
    struct Program {
        std::shared_ptr<Streams> streams; ///< none: its standard streams are nothing
        OnEnd onEnd;
        bool answered = false;  ///< by the guest
        std::uint32_t error = 0;
        control::OpenProblem problem = control::OpenProblem::None;
        OpenedFile opened;
    };
    struct Transfer {
        bool done = false;
        bool abandoned = false; ///< nobody waits for it any more
        std::uint32_t error = 0;
        std::string path;
    };
    using Channel = control::HostChannel<asio::posix::stream_descriptor>;

    void onReady(const std::vector<std::uint32_t>& running) override;
    void onSpawned(std::uint32_t program, std::uint32_t error) override;
    void onOutput(std::uint32_t program, control::Stream stream, ByteSpan bytes) override;
    void onOutputEnd(std::uint32_t program, control::Stream stream) override;
    void onInputRoom(std::uint32_t program) override;
    void onExited(std::uint32_t program, std::uint8_t status, bool signalled) override;
    void onFileDone(std::uint32_t transfer, std::uint32_t error, const std::string& path) override;
    void onOpened(std::uint32_t program, control::OpenProblem problem, const std::string& mimeType, const std::string& desktopId) override;
    void onFromDisplay(const control::relay::FromGuest& message) override;
    void onDisplayState(control::DisplayCondition condition) override;
    void onPong(std::uint32_t) override {}
    void onWritable() override;
    void onOutgoing() override;
    void onProtocolError(const Error& error) override;

    std::uint32_t freeNumber();
    void programsChanged();
    void endAll();
    asio::awaitable<Result<void>> sendBytes(std::uint32_t transfer, const UniqueFd& file, std::uint64_t size_bytes);
    Unexpected goneError() const;
    asio::awaitable<Result<void>> waitForAnswer(std::shared_ptr<Program> program);

    asio::io_context& m_loop;
    asio::thread_pool& m_files;
    Events m_events;
    control::HostControl m_control;
    std::shared_ptr<Channel> m_channel;
    Wakeup m_changed;
    std::map<std::uint32_t, std::shared_ptr<Program>> m_programs;
    std::map<std::uint32_t, std::shared_ptr<Transfer>> m_transfers;
    std::set<std::uint32_t> m_earlier; ///< programs that an earlier broker started
    std::uint32_t m_nextNumber = 1;
    bool m_closed = false;
    std::optional<Error> m_hostile;
};

} // namespace annex::broker
