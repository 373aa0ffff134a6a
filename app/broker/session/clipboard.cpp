// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/clipboard.h"

#include <algorithm>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/text.h"

namespace annex::broker {

namespace {

using std::chrono::steady_clock;
namespace keys = policy::keys;
namespace relay = control::relay;

constexpr std::chrono::milliseconds kOfferTime{2'000};    // the display sets a selection at once; later the chord has gone in anyway
constexpr std::chrono::milliseconds kSelectionTime{8'000};// the display itself gives a silent program 5 s

policy::Subject viewer()
{
    policy::Subject out;
    out.kind = policy::Subject::Kind::Viewer;
    return out;
}

} // namespace

std::uint64_t characterCount(std::string_view utf8)
{
    return static_cast<std::uint64_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Clipboard::Clipboard(asio::io_context& loop, ClipboardPorts ports)
    : m_loop(loop), m_ports(std::make_shared<ClipboardPorts>(std::move(ports))), m_changed(loop), m_expiry(loop)
{
}

void Clipboard::close()
{
    m_ports.reset();
    m_expiry.cancel();
    displayGone();
}

void Clipboard::displayGone()
{
    m_reading.reset();
    m_gate.closeCopy();
    m_changed.all();
}

void Clipboard::note(std::string_view action, std::string sentence)
{
    auto noted = m_ports->policy.note(policy::NoteKind::Always, viewer(), m_ports->workspace, action, std::move(sentence));
    if (!noted)
        log("broker").warn("no audit record: {}", noted.error().describe());
    m_ports->recorded();
}

void Clipboard::onGesture(const frame::Gesture& gesture)
{
    if (!m_ports)
        return;
    const auto verdict = m_gate.gesture(gesture.serial, steady_clock::now());
    if (verdict != CrossingGate::Verdict::Accepted)
        return note("clipboard.gesture", verdict == CrossingGate::Verdict::Replayed ? "A gesture was repeated and not counted" : "Too many gestures, not counted");
    if (gesture.kind == frame::Gesture::Kind::Paste)
        return paste(gesture.window, gesture.serial);
    m_copyWindow = gesture.window;
    m_gate.openCopy(steady_clock::now());
}

void Clipboard::onMenuPaste(std::uint32_t window)
{
    if (m_ports)
        paste(window, std::nullopt);
}

void Clipboard::onMenuCopy(std::uint32_t window)
{
    if (!m_ports)
        return;
    m_copyWindow = window;
    if (const auto selection = m_gate.selection())
        return readSelection(*selection);
    m_ports->strip("copy-empty", nlohmann::json::object(), window);
}

// ---- in

void Clipboard::paste(std::uint32_t window, std::optional<std::uint32_t> serial)
{
    if (std::exchange(m_pasting, true)) { // the one before has not come to its end; its answer is this one's too
        if (serial)
            m_ports->offerReady(*serial);
        return;
    }
    auto work = doPaste(window, serial);
    asio::co_spawn(m_loop, std::move(work), [self = shared_from_this(), serial](std::exception_ptr) {
        self->m_pasting = false;
        if (serial && self->m_ports) // whatever came of it, the person's key goes in now
            self->m_ports->offerReady(*serial);
    });
}

bool Clipboard::decide(const policy::Action& action, std::string_view way, std::uint64_t bytes, std::uint32_t window)
{
    auto decision = m_ports->policy.decideAndRecord(viewer(), action, m_ports->workspace);
    m_ports->recorded();
    if (!decision) {
        log("broker").warn("{} not decided: {}", way, decision.error().describe());
        m_ports->strip(std::string(way) + "-unavailable", nlohmann::json::object(), window);
        return false;
    }
    if (decision->allowed)
        return true;
    const auto limit = m_ports->policy.value(keys::kClipboardMaximumBytes, m_ports->workspace).count;
    const std::string base(way);
    if (decision->rule.key == keys::kClipboardMaximumBytes.name)
        m_ports->strip(base + "-too-large", {{"bytes", bytes}, {"limit", limit}}, window);
    else if (decision->rule.locked)
        m_ports->strip(base + "-locked", {{"organisation", decision->rule.organisation}}, window);
    else
        m_ports->strip(base + "-off", nlohmann::json::object(), window);
    return false;
}

asio::awaitable<void> Clipboard::doPaste(std::uint32_t window, std::optional<std::uint32_t>)
{
    const auto self = shared_from_this();
    const auto ports = m_ports;
    if (ports->policy.value(keys::kClipboardToWorkspace, ports->workspace) == "off") { // then nobody even looks at the host's clipboard
        decide(policy::action::ClipboardPaste{}, "paste", 0, window);
        co_return;
    }
    const auto limit = ports->policy.value(keys::kClipboardMaximumBytes, ports->workspace).count;
    auto host = co_await ports->hostText(limit);
    if (!m_ports)
        co_return;
    if (!host) {
        note("clipboard.paste", "Nothing was pasted in: there is no desktop whose clipboard could be read");
        ports->strip("paste-unavailable", nlohmann::json::object(), window);
        co_return;
    }
    if (!host->focused) {
        note("clipboard.paste", "Nothing was pasted in: the window in front was not this workspace's");
        ports->strip("paste-unfocused", nlohmann::json::object(), window);
        co_return;
    }
    if (host->text.empty() && !host->tooLarge_bytes) {
        ports->strip("paste-empty", nlohmann::json::object(), window);
        co_return;
    }
    const std::uint64_t bytes = host->tooLarge_bytes.value_or(host->text.size());
    const std::uint64_t characters = characterCount(host->text);
    if (!decide(policy::action::ClipboardPaste{bytes, characters}, "paste", bytes, window))
        co_return;
    auto set = co_await offer(std::move(host->text));
    if (!m_ports)
        co_return;
    if (set)
        ports->strip("pasted", {{"n", characters}}, window);
    else
        log("broker").warn("paste: {}", set.error().describe());
}

asio::awaitable<Result<void>> Clipboard::offer(std::string text)
{
    const auto ports = m_ports;
    const std::uint32_t number = m_nextOffer++;
    if (auto sent = co_await ports->toDisplay(relay::offerBegin(number)); !sent)
        co_return sent;
    for (std::size_t at = 0; at < text.size(); at += relay::kMaxPiece_bytes)
        if (auto sent = co_await ports->toDisplay(relay::offerPiece(number, std::string_view(text).substr(at, relay::kMaxPiece_bytes))); !sent)
            co_return sent;
    if (auto sent = co_await ports->toDisplay(relay::offerEnd(number)); !sent)
        co_return sent;
    armExpiry(number);
    const auto deadline = steady_clock::now() + kOfferTime;
    while (m_ports && m_offerSet != number && steady_clock::now() < deadline)
        co_await m_changed.wait(deadline);
    co_return m_offerSet == number ? Result<void>() : Result<void>(fail(Errc::TimedOut, "the display did not take the offer"));
}

void Clipboard::armExpiry(std::uint32_t number)
{
    const auto expire = m_ports->policy.value(keys::kClipboardExpire, m_ports->workspace);
    m_expiry.cancel();
    if (!expire)
        return;
    m_expiry.expires_after(*expire);
    m_expiry.async_wait([weak = weak_from_this(), number](asio::error_code error) {
        const auto self = weak.lock();
        if (error || !self || !self->m_ports)
            return;
        auto work = self->m_ports->toDisplay(relay::offerWithdraw(number));
        asio::co_spawn(self->m_loop, std::move(work), [](std::exception_ptr, Result<void>) {});
    });
}

// ---- out

void Clipboard::onDisplay(const relay::FromGuest& message)
{
    if (!m_ports)
        return;
    if (const auto* set = std::get_if<relay::OfferSet>(&message)) {
        m_offerSet = set->number;
    } else if (const auto* selection = std::get_if<relay::SelectionChanged>(&message)) {
        if (m_gate.selectionChanged(selection->number, selection->hasText, steady_clock::now()))
            readSelection(selection->number);
    } else if (const auto* piece = std::get_if<relay::SelectionPiece>(&message)) {
        if (m_reading && m_reading->number == piece->number && !m_reading->outcome) {
            m_reading->text.append(reinterpret_cast<const char*>(piece->bytes.data()), piece->bytes.size());
            if (m_reading->text.size() > m_reading->limit_bytes) // it was told the limit: it lies
                m_reading->outcome = relay::SelectionOutcome::TooLarge;
        }
    } else if (const auto* end = std::get_if<relay::SelectionEnd>(&message)) {
        if (m_reading && m_reading->number == end->number && !m_reading->outcome)
            m_reading->outcome = end->outcome;
    }
    m_changed.all();
}

void Clipboard::readSelection(std::uint32_t number)
{
    if (m_reading) // one at a time; the person will copy again
        return;
    auto work = doCopy(number, m_copyWindow);
    asio::co_spawn(m_loop, std::move(work), [self = shared_from_this()](std::exception_ptr) { self->m_reading.reset(); });
}

asio::awaitable<std::optional<Clipboard::Reading>> Clipboard::fetch(std::uint32_t number, std::uint64_t limit_bytes)
{
    const auto reading = std::make_shared<Reading>();
    reading->number = number;
    reading->limit_bytes = limit_bytes;
    m_reading = reading;
    auto asked = co_await m_ports->toDisplay(relay::selectionRead(number, static_cast<std::uint32_t>(std::min<std::uint64_t>(limit_bytes, relay::kMaxText_bytes))));
    const auto deadline = steady_clock::now() + kSelectionTime;
    while (asked && m_ports && m_reading == reading && !reading->outcome && steady_clock::now() < deadline)
        co_await m_changed.wait(deadline);
    if (m_reading == reading)
        m_reading.reset();
    if (!asked || !m_ports || !reading->outcome)
        co_return std::nullopt;
    co_return std::move(*reading);
}

asio::awaitable<void> Clipboard::doCopy(std::uint32_t number, std::uint32_t window)
{
    const auto self = shared_from_this();
    const auto ports = m_ports;
    if (ports->policy.value(keys::kClipboardFromWorkspace, ports->workspace) == "off") {
        decide(policy::action::ClipboardCopy{}, "copy", 0, window);
        co_return;
    }
    const auto limit = ports->policy.value(keys::kClipboardMaximumBytes, ports->workspace).count;
    auto reading = co_await fetch(number, limit);
    if (!m_ports)
        co_return;
    const bool whole = reading && *reading->outcome == relay::SelectionOutcome::Whole && isValidUtf8(reading->text) && !reading->text.empty();
    const bool tooLarge = reading && *reading->outcome == relay::SelectionOutcome::TooLarge;
    if (!whole && !tooLarge) {
        ports->strip(reading ? "copy-empty" : "copy-unavailable", nlohmann::json::object(), window);
        co_return;
    }
    const std::uint64_t bytes = tooLarge ? limit + 1 : reading->text.size();
    const std::uint64_t characters = tooLarge ? 0 : characterCount(reading->text);
    if (!decide(policy::action::ClipboardCopy{bytes, characters}, "copy", bytes, window))
        co_return;
    const bool set = co_await ports->setHostText(std::move(reading->text), ports->policy.value(keys::kClipboardExpire, ports->workspace));
    if (m_ports)
        ports->strip(set ? "copied" : "copy-unavailable", set ? nlohmann::json{{"n", characters}} : nlohmann::json::object(), window);
}

} // namespace annex::broker
