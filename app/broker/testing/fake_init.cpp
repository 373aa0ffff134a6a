// SPDX-License-Identifier: Apache-2.0
#include "app/broker/testing/fake_init.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <sys/socket.h>

#include <asio/buffer.hpp>

#include "app/control/codec.h"
#include "base/posix/unique_fd.h"

namespace annex::broker::testing {

namespace {

namespace relay = control::relay;

std::string toText(ByteSpan bytes)
{
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

} // namespace

FakeInit::FakeInit(asio::io_context& loop, isolation::FakeGuestEnd guest) : m_guest(std::move(guest)), m_stream(loop), m_reader(control::kMaxPayload_bytes)
{
    m_reader.watchForPreamble();
    if (auto own = duplicate(static_cast<int>(m_guest.control())))
        m_stream.assign(own->release());
}

void FakeInit::start()
{
    read();
}

void FakeInit::read()
{
    m_stream.async_read_some(asio::buffer(m_in), [self = shared_from_this()](asio::error_code error, std::size_t count) {
        if (error || count == 0)
            return;
        self->m_reader.feed(ByteSpan(self->m_in).first(count));
        self->drain();
        self->read();
    });
}

void FakeInit::drain()
{
    while (true) {
        auto event = m_reader.next();
        if (!event || !*event)
            return;
        if ((*event)->preamble)
            onPreamble(*(*event)->preamble);
        else if ((*event)->frame)
            onFrame(*(*event)->frame);
    }
}

void FakeInit::onPreamble(const wire::Preamble::Nonce& nonce)
{
    if (!answers)
        return;
    m_out.clear();
    const auto echo = wire::Preamble::encode(nonce);
    m_out.assign(echo.begin(), echo.end());
    control::Ready ready;
    for (const auto& [number, what] : programs)
        ready.running.push_back(number);
    send(0, ready);
    send(0, control::DisplayState{control::DisplayCondition::Ready});
}

template <class Message> void FakeInit::send(std::uint32_t object, const Message& message)
{
    if (!answers)
        return;
    control::append(m_out, object, message);
    flush();
}

void FakeInit::sendRaw(ByteSpan bytes)
{
    m_out.insert(m_out.end(), bytes.begin(), bytes.end());
    flush();
}

void FakeInit::hangUp()
{
    ::shutdown(m_stream.native_handle(), SHUT_RDWR);
}

void FakeInit::flush()
{
    if (!m_writing.empty() || m_out.empty())
        return;
    m_writing.swap(m_out);
    m_stream.async_write_some(asio::buffer(m_writing), [self = shared_from_this()](asio::error_code error, std::size_t count) {
        if (error)
            return;
        self->m_out.insert(self->m_out.begin(), self->m_writing.begin() + static_cast<std::ptrdiff_t>(count), self->m_writing.end());
        self->m_writing.clear();
        self->flush();
    });
}

void FakeInit::onFrame(const wire::Frame& frame)
{
    const auto type = static_cast<control::MessageType>(frame.header.type);
    const auto object = frame.header.object;
    switch (type) {
    case control::MessageType::Spawn:
        if (auto what = control::decodeTrusted<control::Spawn>(frame.payload))
            onSpawn(object, std::move(*what));
        break;
    case control::MessageType::Input: {
        auto input = control::decodeTrusted<control::Input>(frame.payload);
        if (input && programs.contains(object)) {
            send(object, control::InputCredit{static_cast<std::uint32_t>(input->bytes.size())});
            write(object, toText(input->bytes));
        }
        break;
    }
    case control::MessageType::InputEnd: endProgram(object, 0, false); break;
    case control::MessageType::OutputCredit:
        if (auto credit = control::decodeTrusted<control::OutputCredit>(frame.payload); credit && credit->stream == control::Stream::Out && m_outputs.contains(object)) {
            m_outputs[object].credit_bytes += credit->bytes;
            passOutput(object);
        }
        break;
    case control::MessageType::Signal:
        if (auto signal = control::decodeTrusted<control::Signal>(frame.payload))
            onSignal(object, signal->number);
        break;
    case control::MessageType::FileBegin:
    case control::MessageType::FileData:
    case control::MessageType::FileEnd: onFile(frame); break;
    case control::MessageType::Open:
        if (auto open = control::decodeTrusted<control::Open>(frame.payload))
            onOpen(object, open->path);
        break;
    case control::MessageType::ToDisplay:
        if (auto bytes = control::decodeTrusted<control::ToDisplay>(frame.payload))
            onRelay(bytes->bytes);
        break;
    case control::MessageType::Ping:
        if (auto ping = control::decodeTrusted<control::Ping>(frame.payload))
            send(0, control::Pong{ping->serial});
        break;
    case control::MessageType::Shutdown: m_guest.exit("asked to"); break;
    default: break;
    }
}

// ---- programs

void FakeInit::onSpawn(std::uint32_t program, control::Spawn what)
{
    const std::string name = what.arguments.front();
    if (name == "missing")
        return send(program, control::Spawned{ENOENT});
    started.push_back(what);
    programs[program] = what;
    send(program, control::Spawned{0});
    if (name == "true")
        endProgram(program, 0, false);
    else if (name == "false")
        endProgram(program, 1, false);
    else if (name == "exit" && what.arguments.size() > 1)
        endProgram(program, static_cast<std::uint8_t>(std::stoi(what.arguments[1])), false);
}

void FakeInit::write(std::uint32_t program, std::string_view text)
{
    if (!programs.contains(program) || programs[program].stdio == control::Stdio::None)
        return;
    m_outputs[program].waiting += text;
    passOutput(program);
}

void FakeInit::passOutput(std::uint32_t program)
{
    Output& output = m_outputs[program];
    while (!output.waiting.empty() && output.credit_bytes > 0) {
        const auto size = std::min({output.waiting.size(), output.credit_bytes, control::kMaxChunk_bytes});
        send(program, control::Output{control::Stream::Out, ByteVector(output.waiting.begin(), output.waiting.begin() + static_cast<std::ptrdiff_t>(size))});
        output.waiting.erase(0, size);
        output.credit_bytes -= size;
    }
    if (output.waiting.empty() && output.end)
        finishProgram(program, *output.end);
}

void FakeInit::endProgram(std::uint32_t program, std::uint8_t status, bool signalled)
{
    if (!programs.contains(program))
        return;
    const control::Exited exited{status, signalled};
    const auto output = m_outputs.find(program);
    if (output == m_outputs.end() || output->second.waiting.empty() || signalled)
        return finishProgram(program, exited);
    output->second.end = exited;
}

void FakeInit::finishProgram(std::uint32_t program, control::Exited exited)
{
    const auto node = programs.extract(program);
    m_outputs.erase(program);
    if (!node)
        return;
    if (node.mapped().stdio != control::Stdio::None)
        send(program, control::Output{control::Stream::Out, {}});
    if (node.mapped().stdio == control::Stdio::Pipes)
        send(program, control::Output{control::Stream::Error, {}});
    send(program, exited);
}

void FakeInit::onSignal(std::uint32_t program, std::uint8_t number)
{
    endProgram(program, static_cast<std::uint8_t>(128 + number), true);
}

// ---- files

void FakeInit::onFile(const wire::Frame& frame)
{
    const auto number = frame.header.object;
    if (auto begin = control::decodeTrusted<control::FileBegin>(frame.payload); begin && frame.header.type == static_cast<std::uint16_t>(control::MessageType::FileBegin)) {
        m_transfers[number] = {files.size(), false};
        files.push_back({begin->name, begin->place, {}, false});
        return;
    }
    const auto transfer = m_transfers.find(number);
    if (transfer == m_transfers.end())
        return;
    File& file = files[transfer->second.file];
    if (frame.header.type == static_cast<std::uint16_t>(control::MessageType::FileData)) {
        if (auto data = control::decodeTrusted<control::FileData>(frame.payload))
            file.content += toText(data->bytes);
        if (file.content.size() > fileErrorAfter_bytes && !std::exchange(transfer->second.failed, true))
            send(number, control::FileDone{ENOSPC, {}});
        return;
    }
    const auto end = control::decodeTrusted<control::FileEnd>(frame.payload);
    file.complete = end && end->complete;
    if (!transfer->second.failed)
        send(number, file.complete ? control::FileDone{0, "/home/user/" + file.name} : control::FileDone{ECANCELED, {}});
    m_transfers.erase(transfer);
}

void FakeInit::onOpen(std::uint32_t program, const std::string& path)
{
    if (path.ends_with(".sh"))
        return send(program, control::Opened{control::OpenProblem::IsExecutable, "application/x-shellscript", {}});
    if (path.ends_with(".xyz"))
        return send(program, control::Opened{control::OpenProblem::NoProgramForType, "application/x-unknown", {}});
    programs[program] = {};
    programs[program].arguments = {"viewer", path};
    started.push_back(programs[program]);
    send(program, control::Opened{control::OpenProblem::None, "application/pdf", "org.gnome.Evince.desktop"});
}

// ---- display

void FakeInit::sendRelay(relay::Type type, std::uint32_t object, ByteSpan payload)
{
    ByteVector frame;
    wire::appendFrame(frame, static_cast<std::uint16_t>(type), 0, object, payload);
    send(0, control::FromDisplay{std::move(frame)});
}

void FakeInit::takeSelection(std::uint32_t number, bool hasText)
{
    const std::uint8_t flag = hasText ? 1 : 0;
    sendRelay(relay::Type::SelectionChanged, number, ByteSpan(&flag, 1));
}

void FakeInit::onRelay(ByteSpan bytes)
{
    wire::Reader header(bytes.first(wire::kHeader_bytes));
    const auto type = static_cast<relay::Type>(header.u16());
    header.u16();
    const auto object = header.u32();
    const auto payload = bytes.subspan(wire::kHeader_bytes);
    if (type == relay::Type::OfferBegin)
        m_incomingOffer.clear();
    else if (type == relay::Type::OfferPiece)
        m_incomingOffer += toText(payload);
    else if (type == relay::Type::OfferWithdraw)
        offered.clear();
    else if (type == relay::Type::OfferEnd) {
        offered = m_incomingOffer;
        ++offers;
        if (readsOffers)
            sendRelay(relay::Type::OfferSet, object, {});
    } else if (type == relay::Type::SelectionRead) {
        if (!selection.empty())
            sendRelay(relay::Type::SelectionPiece, object, asBytes(selection));
        const std::uint8_t whole = 0;
        sendRelay(relay::Type::SelectionEnd, object, ByteSpan(&whole, 1));
    }
}

void playInit(asio::io_context& loop, isolation::FakeWorld& world, std::function<void(std::shared_ptr<FakeInit>)> onStarted)
{
    world.onStarted = [&loop, onStarted = std::move(onStarted)](isolation::FakeGuestEnd guest) {
        auto init = std::make_shared<FakeInit>(loop, std::move(guest));
        if (onStarted)
            onStarted(init);
        init->start();
    };
}

} // namespace annex::broker::testing
