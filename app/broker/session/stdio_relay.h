// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include "app/control/messages.h"
#include "base/bytes.h"
#include "base/posix/unique_fd.h"
#include "base/result.h"

namespace annex::broker {

/// What a relay asks of the channel to the guest.
class StdioSink {
public:
    virtual ~StdioSink() = default;
    /// @return how many bytes were taken; fewer: call inputRoom() when there is more room
    virtual std::size_t input(ByteSpan bytes) = 0;
    virtual void inputEnd() = 0;
    /// These bytes have left for the client's reader.
    virtual void outputTaken(control::Stream stream, std::size_t count) = 0;
    /// The client closed its reading end.
    virtual void readerGone(control::Stream stream) = 0;
};

/// Carries one program's standard streams between the client's pipes and the guest, as bytes. No host descriptor enters the guest.
/// The amount under way is bounded by the guest channel's credit in both directions.
class StdioRelay : public std::enable_shared_from_this<StdioRelay> {
public:
    /// Whether these are three ends that may be made non-blocking: pipes or sockets, not the client's own terminal or files.
    static Result<void> check(const std::vector<UniqueFd>& ends);

    /// @param ends  input, output, error
    StdioRelay(asio::io_context& loop, std::vector<UniqueFd> ends, StdioSink& sink);

    void start() { readInput(); }
    void inputRoom();
    void output(control::Stream stream, ByteSpan bytes);
    /// No more output on this stream: its pipe is closed once everything is written.
    void outputEnd(control::Stream stream);
    /// Writes what is left, then closes everything; the sink is not called any more.
    void finish();

private:
    struct Output {
        asio::posix::stream_descriptor pipe;
        control::Stream stream;
        ByteVector waiting;
        ByteVector writing;
        bool ended = false;
        bool broken = false;
        Output(asio::io_context& loop, control::Stream s) : pipe(loop), stream(s) {}
    };

    void readInput();
    void passInput();
    void endInput();
    Output& outputOf(control::Stream stream) { return stream == control::Stream::Out ? m_out : m_error; }
    void write(Output& output);
    void breakOff(Output& output);

    StdioSink* m_sink;
    asio::posix::stream_descriptor m_in;
    Output m_out, m_error;
    std::array<std::uint8_t, control::kMaxChunk_bytes> m_buffer;
    std::size_t m_start = 0, m_end = 0; ///< what of the buffer the guest has not taken yet
    bool m_reading = false;
};

} // namespace annex::broker
