// SPDX-License-Identifier: Apache-2.0
#include "ui/frame/strip_messages.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <array>

namespace annex::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr int kMaxName_characters = 60;
constexpr qint64 kMaxNumber = 1ll << 40; // counts of characters and bytes; beyond this the number itself is a lie

QString tr(const char* text, int n = -1) { return QCoreApplication::translate("Strip", text, nullptr, n); }

/// A name for one line: host-made, but it passed the frame link, which a taken-over viewer or broker restart may garble.
QString nameIn(const QVariantMap& arguments, const QString& key)
{
    QString clean;
    for (QChar c : arguments.value(key).toString().left(kMaxName_characters)) {
        const auto category = c.category();
        if (category != QChar::Other_Control && category != QChar::Other_Format && category != QChar::Separator_Line
            && category != QChar::Separator_Paragraph)
            clean += c;
    }
    return clean;
}

qint64 numberIn(const QVariantMap& arguments, const QString& key)
{
    return std::clamp<qint64>(arguments.value(key).toLongLong(), 0, kMaxNumber);
}

QString sizeIn(const QVariantMap& arguments, const QString& key)
{
    return QLocale().formattedDataSize(numberIn(arguments, key), 0, QLocale::DataSizeTraditionalFormat);
}

int countIn(const QVariantMap& arguments)
{
    return static_cast<int>(std::min<qint64>(numberIn(arguments, u"n"_s), std::numeric_limits<int>::max()));
}

StripMessage locked(const QString& withName, const QString& without, const QVariantMap& arguments)
{
    const QString organisation = nameIn(arguments, u"organisation"_s);
    return {StripMessageId::Locked, {organisation.isEmpty() ? without : withName.arg(organisation), tr("Why?")}, StripAction::OpenSettings, false};
}

StripMessage off(const char* text) { return {StripMessageId::Off, {tr(text), tr("Settings")}, StripAction::OpenSettings, false}; }
StripMessage crossed(const QString& text) { return {StripMessageId::Crossed, {text, {}}, StripAction::None, false}; }
StripMessage plain(StripMessageId id, const QString& text) { return {id, {text, {}}, StripAction::None, false}; }

/// English plural forms without a catalogue: "%n characters" reads "1 characters" otherwise.
QString characters(int n, const char* one, const char* many) { return n == 1 ? tr(one) : tr(many, n).replace(u"%n"_s, QLocale().toString(n)); }

using Maker = StripMessage (*)(const QVariantMap&);
struct Row {
    QLatin1StringView id;
    Maker make;
};

const std::array kRows{
    Row{"copy-locked"_L1, [](const QVariantMap& a) { return locked(tr("Copy out is locked by %1"), tr("Copy out is locked by your organisation"), a); }},
    Row{"paste-locked"_L1, [](const QVariantMap& a) { return locked(tr("Copy in is locked by %1"), tr("Copy in is locked by your organisation"), a); }},
    Row{"files-locked"_L1, [](const QVariantMap& a) { return locked(tr("Files in are locked by %1"), tr("Files in are locked by your organisation"), a); }},
    Row{"copy-off"_L1, [](const QVariantMap&) { return off("Copy out is off here"); }},
    Row{"paste-off"_L1, [](const QVariantMap&) { return off("Copy in is off here"); }},
    Row{"files-off"_L1, [](const QVariantMap&) { return off("Files in are off here"); }},
    Row{"pasted"_L1, [](const QVariantMap& a) { return crossed(characters(countIn(a), "Pasted 1 character", "Pasted %n characters")); }},
    Row{"copied"_L1, [](const QVariantMap& a) { return crossed(characters(countIn(a), "Copied out 1 character", "Copied out %n characters")); }},
    Row{"file-sent"_L1, [](const QVariantMap& a) { return crossed(tr("Sent in: %1").arg(nameIn(a, u"name"_s))); }},
    Row{"file-copy"_L1, [](const QVariantMap&) { return crossed(tr("A copy. The original stays untouched.")); }},
    Row{"paste-too-large"_L1, [](const QVariantMap& a) {
            return plain(StripMessageId::TooLarge, tr("Too large to paste: %1, limit %2").arg(sizeIn(a, u"bytes"_s), sizeIn(a, u"limit"_s)));
        }},
    Row{"copy-too-large"_L1, [](const QVariantMap& a) {
            return plain(StripMessageId::TooLarge, tr("Too large to copy out: %1, limit %2").arg(sizeIn(a, u"bytes"_s), sizeIn(a, u"limit"_s)));
        }},
    Row{"file-too-large"_L1, [](const QVariantMap& a) {
            return plain(StripMessageId::TooLarge, tr("Too large to send in: %1, limit %2").arg(sizeIn(a, u"bytes"_s), sizeIn(a, u"limit"_s)));
        }},
    Row{"paste-empty"_L1, [](const QVariantMap&) { return plain(StripMessageId::TooLarge, tr("Nothing to paste: your clipboard holds no text")); }},
    Row{"paste-unfocused"_L1, [](const QVariantMap&) { return plain(StripMessageId::TooLarge, tr("Not pasted: this window was not in front")); }},
    Row{"paste-unavailable"_L1, [](const QVariantMap&) { return plain(StripMessageId::TooLarge, tr("Not pasted: Annex could not read your clipboard")); }},
    Row{"copy-empty"_L1, [](const QVariantMap&) { return plain(StripMessageId::TooLarge, tr("Nothing to copy out: no text was copied here")); }},
    Row{"copy-unavailable"_L1, [](const QVariantMap&) { return plain(StripMessageId::TooLarge, tr("Not copied out: Annex could not reach your clipboard")); }},
    Row{"file-failed"_L1, [](const QVariantMap&) { return plain(StripMessageId::TooLarge, tr("The file could not be sent in")); }},
};

} // namespace

std::optional<StripMessage> stripMessageFor(const QString& id, const QVariantMap& arguments)
{
    const auto row = std::find_if(kRows.begin(), kRows.end(), [&id](const Row& r) { return id == r.id; });
    if (row == kRows.end())
        return std::nullopt;
    return row->make(arguments);
}

QStringList stripMessageIds()
{
    QStringList ids;
    for (const Row& row : kRows)
        ids += row.id;
    return ids;
}

StripMessage wantsFullScreenMessage()
{
    return {StripMessageId::WantsFullScreen, {tr("Wants the full screen"), tr("Show it")}, StripAction::ShowFullScreen, false};
}

StripMessage notRespondingMessage()
{
    return {StripMessageId::NotResponding, {tr("Not responding"), tr("Force stop")}, StripAction::ForceStop, true};
}

StripMessage doesNotStopMessage()
{
    return {StripMessageId::DoesNotStop, {tr("It does not stop"), tr("Stop workspace")}, StripAction::StopWorkspace, true};
}

StripMessage refusedMessage(int reason)
{
    // Numbers of display::RefusedReason; the guest sends no words.
    static const std::array<const char*, 4> sentences{"No memory left for this window's picture", "Too many windows are open here",
                                                      "A window was too large to show", "A program broke the rules and was ended"};
    const auto index = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(0, reason)), 0, sentences.size() - 1);
    return {StripMessageId::Refused, {tr(sentences[index]), {}}, StripAction::None, false};
}

StripMessage pausedMessage() { return {StripMessageId::Paused, {tr("Paused"), {}}, StripAction::None, true}; }

StripMessage lockedItemMessage(const QString& itemText, const QString& reason)
{
    return {StripMessageId::Locked, {tr("%1: %2").arg(itemText, reason), tr("Why?")}, StripAction::OpenSettings, false};
}

void StripMessages::post(StripMessage message, Time now)
{
    std::erase_if(m_entries, [&message](const Entry& e) { return e.message.id == message.id; });
    if (m_entries.size() >= kMaxWaiting)
        m_entries.pop_back(); // the least grave
    m_entries.push_back({std::move(message), now + kShown});
    sort();
}

void StripMessages::withdraw(StripMessageId id)
{
    std::erase_if(m_entries, [id](const Entry& e) { return e.message.id == id; });
}

void StripMessages::hold(bool held, Time now)
{
    if (held == m_held)
        return;
    m_held = held;
    if (!held && !m_entries.empty())
        m_entries.front().until = now + kShown;
}

const StripMessage* StripMessages::current() const { return m_entries.empty() ? nullptr : &m_entries.front().message; }

std::optional<StripMessages::Time> StripMessages::nextChange() const
{
    std::optional<Time> next;
    for (const Entry& e : m_entries) {
        const bool shown = &e == &m_entries.front();
        if (e.message.standing || (shown && m_held))
            continue;
        next = next ? std::min(*next, e.until) : e.until;
    }
    return next;
}

bool StripMessages::expire(Time now)
{
    const std::optional<StripMessage> before = current() ? std::optional(*current()) : std::nullopt;
    const StripMessageId front = before ? before->id : StripMessageId::Crossed;
    std::erase_if(m_entries, [&](const Entry& e) {
        const bool held = m_held && before && e.message.id == front;
        return !e.message.standing && !held && e.until <= now;
    });
    const std::optional<StripMessage> after = current() ? std::optional(*current()) : std::nullopt;
    return before != after;
}

void StripMessages::sort()
{
    std::stable_sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) { return a.message.id < b.message.id; });
}

} // namespace annex::ui
