// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/guest_link.h"

#include <cerrno>
#include <csignal>
#include <utility>

#include "app/broker/core/off_loop.h"
#include "app/broker/session/stdio_relay.h"

namespace annex::broker {

namespace {

constexpr auto kAnswerTime = std::chrono::seconds(20); // init forks and execs in a few milliseconds; a bomb in the guest may make it slow

struct ReadPiece {
    ByteVector bytes;
    int error = 0;
};

ReadPiece readPiece(int file, std::uint64_t offset, std::size_t size)
{
    ReadPiece out;
    out.bytes.resize(size);
    const ssize_t got = ::pread(file, out.bytes.data(), size, static_cast<off_t>(offset));
    out.error = got < 0 ? errno : 0;
    out.bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return out;
}

Unexpected guestErrno(std::string what, std::uint32_t number)
{
    return failErrno(std::move(what), number <= 4095 ? static_cast<int>(number) : EIO); // MAX_ERRNO of Linux
}

// Joins one program's relay to the channel.
class ProgramSink final : public StdioSink {
public:
    ProgramSink(control::HostControl& control, std::uint32_t program) : m_control(control), m_program(program) {}
    std::size_t input(ByteSpan bytes) override { return m_control.input(m_program, bytes).value_or(bytes.size()); } // to a program that is gone: away
    void inputEnd() override { (void)m_control.inputEnd(m_program).has_value(); }
    void outputTaken(control::Stream stream, std::size_t count) override { m_control.outputTaken(m_program, stream, count); }
    // As if the pipe were inside: whoever writes without a reader is told by SIGPIPE.
    void readerGone(control::Stream) override { (void)m_control.signal(m_program, SIGPIPE).has_value(); }

private:
    control::HostControl& m_control;
    std::uint32_t m_program;
};

} // namespace

struct GuestLink::Streams {
    ProgramSink sink;
    std::shared_ptr<StdioRelay> relay;
    Streams(control::HostControl& control, std::uint32_t program) : sink(control, program) {}
    ~Streams()
    {
        if (relay)
            relay->finish();
    }
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;
};

GuestLink::GuestLink(asio::io_context& loop, asio::thread_pool& files, UniqueFd stream, Events events)
    : m_loop(loop), m_files(files), m_events(std::move(events)), m_control(*this), m_changed(loop)
{
    m_channel = std::make_shared<Channel>(asio::posix::stream_descriptor(loop, stream.release()), m_control, [this] {
        const auto self = weak_from_this().lock(); // the handler may drop the last owner
        m_closed = true;
        const auto told = m_events;
        endAll();
        if (m_hostile && told.hostile)
            told.hostile(*m_hostile);
        else if (!m_hostile && told.gone)
            told.gone();
    });
}

GuestLink::~GuestLink()
{
    close();
}

void GuestLink::close()
{
    m_events = {};
    m_closed = true;
    m_channel->close();
    endAll();
}

void GuestLink::endAll()
{
    auto programs = std::exchange(m_programs, {});
    m_earlier.clear();
    for (auto& [number, program] : programs) {
        program->streams.reset();
        const bool runs = program->answered && program->error == 0 && program->problem == control::OpenProblem::None;
        if (runs && program->onEnd)
            program->onEnd({128 + SIGKILL, true, true});
    }
    m_transfers.clear();
    m_changed.all();
}

Unexpected GuestLink::goneError() const
{
    return m_hostile ? fail(Errc::Malformed, "the guest broke the protocol") : fail(Errc::Disconnected, "the guest's channel ended");
}

asio::awaitable<Result<void>> GuestLink::connect(Deadline deadline)
{
    const auto self = shared_from_this();
    m_channel->start();
    m_control.takeOver();
    while (!m_closed && !m_control.isReady()) {
        if (std::chrono::steady_clock::now() >= deadline)
            co_return fail(Errc::TimedOut, "annex-init did not answer");
        co_await m_changed.wait(deadline);
    }
    if (m_closed)
        co_return goneError();
    co_return Result<void>();
}

// ---- programs

std::uint32_t GuestLink::freeNumber()
{
    while (m_nextNumber == 0 || m_programs.contains(m_nextNumber) || m_transfers.contains(m_nextNumber) || m_earlier.contains(m_nextNumber))
        ++m_nextNumber;
    return m_nextNumber++;
}

void GuestLink::programsChanged()
{
    if (m_events.programs)
        m_events.programs(programCount());
}

asio::awaitable<Result<void>> GuestLink::waitForAnswer(std::shared_ptr<Program> program)
{
    const auto deadline = std::chrono::steady_clock::now() + kAnswerTime;
    while (!m_closed && !program->answered) {
        if (std::chrono::steady_clock::now() >= deadline)
            co_return fail(Errc::TimedOut, "annex-init did not answer");
        co_await m_changed.wait(deadline);
    }
    if (!program->answered)
        co_return goneError();
    co_return Result<void>();
}

asio::awaitable<Result<std::uint32_t>> GuestLink::spawn(control::Spawn what, std::vector<UniqueFd> stdio, OnEnd onEnd)
{
    const auto self = shared_from_this();
    if (m_closed)
        co_return goneError();
    const std::uint32_t number = freeNumber();
    auto program = std::make_shared<Program>();
    program->onEnd = std::move(onEnd);
    if (!stdio.empty()) {
        program->streams = std::make_shared<Streams>(m_control, number);
        program->streams->relay = std::make_shared<StdioRelay>(m_loop, std::move(stdio), program->streams->sink);
    }
    if (auto sent = m_control.spawn(number, what); !sent)
        co_return while_("start a program", std::move(sent));
    m_programs.emplace(number, program);
    programsChanged();
    if (auto answered = co_await waitForAnswer(program); !answered)
        co_return while_("start a program", std::move(answered));
    if (program->error != 0)
        co_return guestErrno("start a program", program->error);
    co_return number;
}

asio::awaitable<Result<std::pair<std::uint32_t, OpenedFile>>> GuestLink::open(std::string path, OnEnd onEnd)
{
    const auto self = shared_from_this();
    if (m_closed)
        co_return goneError();
    const std::uint32_t number = freeNumber();
    auto program = std::make_shared<Program>();
    program->onEnd = std::move(onEnd);
    if (auto sent = m_control.open(number, path); !sent)
        co_return while_("open a file", std::move(sent));
    m_programs.emplace(number, program);
    programsChanged();
    if (auto answered = co_await waitForAnswer(program); !answered)
        co_return while_("open a file", std::move(answered));
    if (program->problem != control::OpenProblem::None) {
        Error error{Errc::NotFound, "the guest did not open the file", {}, {}};
        error.id = program->problem == control::OpenProblem::IsExecutable        ? "file.executable"
                   : program->problem == control::OpenProblem::NoProgramForType ? "file.no-program"
                                                                                : "app.failed";
        error.context = program->opened.mimeType; // the type, for the sentence
        co_return Unexpected(std::move(error));
    }
    co_return std::pair(number, program->opened);
}

Result<void> GuestLink::signal(std::uint32_t program, std::uint8_t number)
{
    return m_programs.contains(program) ? m_control.signal(program, number) : Result<void>(fail(Errc::NotFound, "no such program"));
}

Result<void> GuestLink::resize(std::uint32_t program, std::uint16_t rows, std::uint16_t columns)
{
    return m_programs.contains(program) ? m_control.resize(program, rows, columns) : Result<void>(fail(Errc::NotFound, "no such program"));
}

// ---- files

asio::awaitable<Result<void>> GuestLink::sendBytes(std::uint32_t transfer, const UniqueFd& file, std::uint64_t size_bytes)
{
    const auto state = m_transfers.at(transfer);
    std::uint64_t offset = 0;
    while (offset < size_bytes) {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(size_bytes - offset, control::kMaxChunk_bytes));
        const int descriptor = file.get();
        auto read = [descriptor, offset, size] { return readPiece(descriptor, offset, size); };
        const ReadPiece piece = co_await offLoop<ReadPiece>(m_files, read);
        if (piece.error != 0)
            co_return failErrno("read the file", piece.error);
        if (piece.bytes.empty())
            co_return fail(Errc::Malformed, "the file became shorter");
        while (true) {
            if (m_closed)
                co_return goneError();
            if (state->done)
                co_return Result<void>(); // the guest gave up early; its reason is in the transfer
            auto sent = m_control.fileData(transfer, piece.bytes);
            if (sent)
                break;
            if (sent.error().code != Errc::Busy)
                co_return while_("send a file", std::move(sent));
            co_await m_changed.wait();
        }
        offset += piece.bytes.size();
    }
    co_return Result<void>();
}

asio::awaitable<Result<std::string>> GuestLink::sendFile(UniqueFd file, std::uint64_t size_bytes, std::string name, control::FilePlace place)
{
    const auto self = shared_from_this();
    if (m_closed)
        co_return goneError();
    const std::uint32_t number = freeNumber();
    if (auto begun = m_control.beginFile(number, name, size_bytes, place); !begun)
        co_return while_("send a file", std::move(begun));
    const auto transfer = std::make_shared<Transfer>();
    m_transfers.emplace(number, transfer);

    // Cancelled in the middle: the guest must throw the half file away.
    struct Abandon {
        GuestLink& link;
        Transfer& transfer;
        std::uint32_t number;
        bool armed = true;
        ~Abandon()
        {
            transfer.abandoned = true;
            if (armed && !link.m_closed)
                (void)link.m_control.endFile(number, false).has_value();
        }
    } abandon{*this, *transfer, number};
    auto sent = co_await sendBytes(number, file, size_bytes);
    abandon.armed = false;
    if (!m_closed && !transfer->done)
        if (auto ended = m_control.endFile(number, sent.has_value()); !ended)
            co_return while_("send a file", std::move(ended));
    while (!m_closed && !transfer->done)
        co_await m_changed.wait();
    m_transfers.erase(number);
    if (!sent)
        co_return Unexpected(std::move(sent.error()));
    if (!transfer->done)
        co_return goneError();
    if (transfer->error != 0)
        co_return guestErrno("the guest did not take the file", transfer->error);
    co_return transfer->path;
}

// ---- display

asio::awaitable<Result<void>> GuestLink::toDisplay(ByteVector frame)
{
    const auto self = shared_from_this();
    while (!m_closed) {
        auto sent = m_control.toDisplay(frame);
        if (sent || sent.error().code != Errc::Busy)
            co_return sent;
        co_await m_changed.wait();
    }
    co_return goneError();
}

// ---- what the guest says

void GuestLink::onReady(const std::vector<std::uint32_t>& running)
{
    m_earlier.insert(running.begin(), running.end());
    programsChanged();
    m_changed.all();
}

void GuestLink::onSpawned(std::uint32_t number, std::uint32_t error)
{
    const auto found = m_programs.find(number);
    if (found == m_programs.end())
        return;
    const auto program = found->second;
    program->answered = true;
    program->error = error;
    if (error != 0) {
        m_programs.erase(found);
        program->streams.reset();
        programsChanged();
    } else if (program->streams) {
        program->streams->relay->start();
    }
    m_changed.all();
}

void GuestLink::onOutput(std::uint32_t number, control::Stream stream, ByteSpan bytes)
{
    const auto found = m_programs.find(number);
    if (found != m_programs.end() && found->second->streams)
        found->second->streams->relay->output(stream, bytes);
    else
        m_control.outputTaken(number, stream, bytes.size());
}

void GuestLink::onOutputEnd(std::uint32_t number, control::Stream stream)
{
    if (const auto found = m_programs.find(number); found != m_programs.end() && found->second->streams)
        found->second->streams->relay->outputEnd(stream);
}

void GuestLink::onInputRoom(std::uint32_t number)
{
    if (const auto found = m_programs.find(number); found != m_programs.end() && found->second->streams)
        found->second->streams->relay->inputRoom();
}

void GuestLink::onExited(std::uint32_t number, std::uint8_t status, bool signalled)
{
    m_earlier.erase(number);
    if (auto node = m_programs.extract(number)) {
        const auto program = node.mapped();
        program->streams.reset();
        if (program->onEnd)
            program->onEnd({status, signalled, false});
    }
    programsChanged();
}

void GuestLink::onFileDone(std::uint32_t number, std::uint32_t error, const std::string& path)
{
    if (const auto found = m_transfers.find(number); found != m_transfers.end()) {
        found->second->done = true;
        found->second->error = error;
        found->second->path = path;
        if (found->second->abandoned)
            m_transfers.erase(found);
    }
    m_changed.all();
}

void GuestLink::onOpened(std::uint32_t number, control::OpenProblem problem, const std::string& mimeType, const std::string& desktopId)
{
    const auto found = m_programs.find(number);
    if (found == m_programs.end())
        return;
    const auto program = found->second;
    program->answered = true;
    program->problem = problem;
    program->opened = {mimeType, desktopId};
    if (problem != control::OpenProblem::None) {
        m_programs.erase(found);
        programsChanged();
    }
    m_changed.all();
}

void GuestLink::onFromDisplay(const control::relay::FromGuest& message)
{
    if (m_events.display)
        m_events.display(message);
}

void GuestLink::onDisplayState(control::DisplayCondition condition)
{
    if (m_events.displayState)
        m_events.displayState(condition);
}

void GuestLink::onWritable()
{
    m_changed.all();
}

void GuestLink::onOutgoing()
{
    m_channel->wake();
}

void GuestLink::onProtocolError(const Error& error)
{
    m_hostile = error;
}

} // namespace annex::broker
