// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/frame_link_codec.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace annex::viewer::frame_link {

namespace {

using namespace Qt::StringLiterals;

constexpr int kMaxName_characters = 64, kMaxReason_characters = 160;
constexpr qsizetype kMaxMenuItems = 32;

/// Host text that is shown in one line.
QString line(const QJsonValue& value, int maximum)
{
    QString clean;
    for (QChar c : value.toString().left(maximum))
        if (c.isPrint() || c.isSurrogate())
            clean += c;
    return clean;
}

Appearance readAppearance(const QJsonObject& o)
{
    Appearance a;
    a.identity.name = line(o["name"_L1], kMaxName_characters);
    a.identity.label = line(o["label"_L1], kMaxName_characters);
    a.identity.colour = ui::colourFromId(o["colour"_L1].toString()).value_or(ui::Colour::Amber);
    a.identity.pattern = ui::patternFromId(o["pattern"_L1].toString()).value_or(ui::patternOf(a.identity.colour));
    a.identity.level = ui::levelFromId(o["level"_L1].toString()).value_or(ui::Level::Process); // the weakest: never shown stronger than known
    a.identity.disposable = o["persistence"_L1].toString() != "kept"_L1;
    a.identity.number = o["number"_L1].toInt(1);
    a.theme = ui::themeFromName(o["theme"_L1].toString());
    a.strongerFrames = o["stronger_frames"_L1].toBool();
    a.reduceMotion = o["reduce_motion"_L1].toBool();
    return a;
}

MenuState readMenu(const QJsonObject& o)
{
    MenuState state;
    const QJsonArray items = o["items"_L1].toArray();
    for (qsizetype i = 0; i < std::min(items.size(), kMaxMenuItems); ++i) {
        const QJsonObject item = items[i].toObject();
        const QString id = item["id"_L1].toString();
        if (isMenuItem(id))
            state.items.insert(id, {item["enabled"_L1].toBool(true), item["locked"_L1].toBool(), line(item["reason"_L1], kMaxReason_characters)});
    }
    return state;
}

QByteArray encode(const QJsonObject& object) { return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n'; }

} // namespace

bool isMenuItem(const QString& id)
{
    for (std::string_view known : kMenuItems)
        if (id == QLatin1StringView(known.data(), static_cast<qsizetype>(known.size())))
            return true;
    return false;
}

std::optional<Down> decode(const QByteArray& bytes)
{
    if (bytes.size() > static_cast<qsizetype>(kMaxLine_bytes))
        return std::nullopt;
    const QJsonObject o = QJsonDocument::fromJson(bytes).object();
    const QString kind = o["m"_L1].toString();
    // toDouble, not toInt: serials are 32 bits unsigned.
    const auto number = [&o](QLatin1StringView key) {
        const double value = o[key].toDouble();
        return value >= 0 && value <= 4294967295.0 ? static_cast<std::uint32_t>(value) : 0;
    };
    if (kind == "appearance"_L1)
        return readAppearance(o);
    if (kind == "strip"_L1)
        return Strip{o["id"_L1].toString(), o["arguments"_L1].toObject().toVariantMap(), number("window"_L1)};
    if (kind == "menu_state"_L1)
        return readMenu(o);
    if (kind == "offer_ready"_L1)
        return OfferReady{number("serial"_L1)};
    if (kind == "activate"_L1)
        return Activate{number("window"_L1)};
    if (kind == "close"_L1)
        return CloseWindow{number("window"_L1)};
    if (kind == "paused"_L1)
        return Paused{o["paused"_L1].toBool()};
    if (kind == "expect_window"_L1)
        return ExpectWindow{};
    if (kind == "display_restarted"_L1)
        return DisplayRestarted{};
    return std::nullopt;
}

QByteArray hello(const BoxReport& box)
{
    return encode({{"m"_L1, "hello"_L1}, {"version"_L1, 1}, {"box"_L1, QJsonObject{{"landlock"_L1, box.landlock}, {"seccomp"_L1, box.seccomp}}}});
}

QByteArray gesture(bool paste, std::uint32_t window, std::uint32_t serial)
{
    return encode({{"m"_L1, "gesture"_L1}, {"kind"_L1, paste ? "paste"_L1 : "copy"_L1}, {"window"_L1, qint64(window)}, {"serial"_L1, qint64(serial)}});
}

QByteArray menu(const QString& item, std::uint32_t window)
{
    return encode({{"m"_L1, "menu"_L1}, {"item"_L1, item}, {"window"_L1, qint64(window)}});
}

QByteArray protocolError(const QString& reason) { return encode({{"m"_L1, "protocol_error"_L1}, {"reason"_L1, reason.left(400)}}); }
QByteArray firstFrame(std::uint32_t window) { return encode({{"m"_L1, "first_frame"_L1}, {"window"_L1, qint64(window)}}); }
QByteArray hostFirst() { return encode({{"m"_L1, "host_first"_L1}}); }

QByteArray windows(const std::vector<WindowLine>& list)
{
    QByteArray all;
    QJsonArray part;
    qsizetype size = 0;
    const auto emitPart = [&](bool more) {
        QJsonObject o{{"m"_L1, "windows"_L1}, {"list"_L1, part}};
        if (more)
            o.insert("more"_L1, true);
        all += encode(o);
        part = {};
        size = 0;
    };
    for (const WindowLine& w : list) {
        const QJsonObject o{{"id"_L1, qint64(w.id)}, {"title"_L1, w.title}, {"app"_L1, w.app}, {"minimised"_L1, w.minimised}, {"active"_L1, w.active}};
        const qsizetype bytes = QJsonDocument(o).toJson(QJsonDocument::Compact).size() + 1;
        if (size + bytes > static_cast<qsizetype>(kMaxLine_bytes) - 64)
            emitPart(true);
        part.append(o);
        size += bytes;
    }
    emitPart(false);
    return all;
}

} // namespace annex::viewer::frame_link
