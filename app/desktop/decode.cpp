// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/decode.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace annex::desktop {

namespace {

using namespace Qt::StringLiterals;

QStringList texts(const QJsonValue& value)
{
    QStringList list;
    for (const QJsonValue element : value.toArray())
        list << element.toString();
    return list;
}

template <class T>
QVector<T> all(const QJsonValue& value, T (*decode)(const QJsonObject&))
{
    QVector<T> list;
    for (const QJsonValue element : value.toArray())
        list.push_back(decode(element.toObject()));
    return list;
}

std::optional<double> number(const QJsonValue& value)
{
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

ui::WorkspaceState stateOf(const QString& name)
{
    constexpr std::pair<QLatin1StringView, ui::WorkspaceState> kStates[] = {
        {"stopped"_L1, ui::WorkspaceState::Stopped},   {"starting"_L1, ui::WorkspaceState::Starting}, {"running"_L1, ui::WorkspaceState::Running},
        {"pausing"_L1, ui::WorkspaceState::Pausing},   {"paused"_L1, ui::WorkspaceState::Paused},     {"resuming"_L1, ui::WorkspaceState::Resuming},
        {"stopping"_L1, ui::WorkspaceState::Stopping}, {"failed"_L1, ui::WorkspaceState::Failed},
    };
    for (const auto& [word, state] : kStates)
        if (name == word)
            return state;
    return ui::WorkspaceState::Stopped;
}

ui::SettingSource sourceOf(const QString& name)
{
    if (name == "managed"_L1)
        return ui::SettingSource::Managed;
    if (name == "user"_L1)
        return ui::SettingSource::User;
    return name == "profile"_L1 ? ui::SettingSource::Profile : ui::SettingSource::Default;
}

ui::CheckState checkOf(const QString& name)
{
    if (name == "broken"_L1)
        return ui::CheckState::Broken;
    return name == "look"_L1 ? ui::CheckState::Look : ui::CheckState::Fine;
}

/// The API names a card by a stable id; its title is for people.
QString groupTitle(const QString& group)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("annex::desktop::Groups", text); };
    if (group == "border"_L1)
        return tr("Across the border");
    if (group == "machine"_L1)
        return tr("Machine");
    if (group == "life"_L1)
        return tr("Life");
    if (group == "look"_L1)
        return tr("Look");
    if (group == "trail"_L1)
        return tr("Activity trail");
    return group;
}

ui::OpenWindow decodeWindow(const QJsonObject& json)
{
    ui::OpenWindow window;
    const QJsonValue id = json["id"_L1];
    window.id = id.isString() ? id.toString() : QString::number(id.toInteger());
    window.title = json["title"_L1].toString();
    window.app = json["app"_L1].toString();
    window.minimised = json["minimised"_L1].toBool();
    window.active = json["active"_L1].toBool();
    return window;
}

ui::Rule decodeRule(const QJsonObject& json)
{
    return {json["source"_L1].toString(), json["origin"_L1].toString(), json["organisation"_L1].toString(), json["reason"_L1].toString(), json["value"_L1]};
}

ui::Check decodeCheck(const QJsonObject& json)
{
    return {json["id"_L1].toString(), json["title"_L1].toString(), json["finding"_L1].toString(), json["cure"_L1].toString(),
            checkOf(json["state"_L1].toString())};
}

ui::StoreBackup decodeBackup(const QJsonObject& json)
{
    return {json["path"_L1].toString(), QDateTime::fromSecsSinceEpoch(json["time"_L1].toInteger())};
}

ui::EngineInfo decodeEngine(const QJsonObject& json)
{
    return {json["name"_L1].toString(), ui::levelFromId(json["level"_L1].toString()).value_or(ui::Level::Process), json["available"_L1].toBool(),
            json["reason"_L1].toString()};
}

} // namespace

ui::Failure decodeFailure(const QJsonObject& json)
{
    return {json["id"_L1].toString(), json["title"_L1].toString(), json["why"_L1].toString(), texts(json["do"_L1]), json["detail"_L1].toString()};
}

ui::Workspace decodeWorkspace(const QJsonObject& json)
{
    ui::Workspace w;
    w.id = json["id"_L1].toString();
    w.name = json["name"_L1].toString();
    w.number = json["number"_L1].toInt(1);
    w.profile = json["profile"_L1].toString();
    w.state = stateOf(json["state"_L1].toString());
    w.level = ui::levelFromId(json["level"_L1].toString()).value_or(ui::Level::Process);
    w.engine = json["engine"_L1].toString();
    w.disposable = json["persistence"_L1].toString(u"disposable"_s) == "disposable"_L1;
    w.colour = ui::colourFromId(json["colour"_L1].toString()).value_or(ui::Colour::Amber);
    w.pattern = ui::patternFromId(json["pattern"_L1].toString()).value_or(ui::patternOf(w.colour));
    w.label = json["label"_L1].toString();
    w.fresh = json["fresh"_L1].toBool();
    w.windows = json["windows"_L1].toInt();
    if (json["started_at"_L1].isDouble())
        w.startedAt = QDateTime::fromSecsSinceEpoch(json["started_at"_L1].toInteger());
    w.unlimited = texts(json["unlimited"_L1]);
    w.canPause = json["can_pause"_L1].toBool();
    w.viewerAttached = json["viewer"_L1].toString() == "attached"_L1;
    if (json["memory_bytes"_L1].isDouble())
        w.memory_bytes = json["memory_bytes"_L1].toInteger();
    if (json["error"_L1].isObject())
        w.error = decodeFailure(json["error"_L1].toObject());
    w.openWindows = all(json["open_windows"_L1], decodeWindow);
    return w;
}

ui::AppEntry decodeApp(const QJsonObject& json)
{
    return {json["id"_L1].toString(), json["name"_L1].toString(), json["comment"_L1].toString(), json["icon"_L1].toString(), texts(json["exec"_L1]),
            texts(json["keywords"_L1])};
}

ui::Setting decodeSetting(const QJsonObject& json)
{
    ui::Setting s;
    s.key = json["key"_L1].toString();
    s.type = json["type"_L1].toString();
    s.values = texts(json["values"_L1]);
    s.value = json["value"_L1];
    s.defaultValue = json["default"_L1];
    s.source = sourceOf(json["source"_L1].toString());
    s.locked = json["locked"_L1].toBool();
    s.organisation = json["organisation"_L1].toString();
    s.reason = json["reason"_L1].toString();
    s.held = json["held"_L1].toBool(true);
    s.title = json["title"_L1].toString();
    s.sentence = json["sentence"_L1].toString();
    s.group = groupTitle(json["group"_L1].toString());
    s.icon = json["icon"_L1].toString();
    s.none = json["none"_L1].toString();
    s.restart = json["restart"_L1].toBool();
    s.minimum = number(json["minimum"_L1]);
    s.maximum = number(json["maximum"_L1]);
    s.unit = s.type == "integer"_L1 ? QString() : json["unit"_L1].toString();
    return s;
}

ui::Explanation decodeExplanation(const QJsonObject& json)
{
    ui::Explanation e;
    e.decision = json["decision"_L1].toString();
    e.value = json["value"_L1];
    e.rule = decodeRule(json["rule"_L1].toObject());
    if (json["next"_L1].isObject())
        e.next = decodeRule(json["next"_L1].toObject());
    e.text = json["text"_L1].toString();
    return e;
}

ui::PolicyState decodePolicyState(const QJsonObject& json)
{
    return {json["managed"_L1].toBool(), json["organisation"_L1].toString(), texts(json["files"_L1]), texts(json["problems"_L1]),
            json["store"_L1].toString() == "set-aside"_L1, json["set_aside_path"_L1].toString(), all(json["backups"_L1], decodeBackup)};
}

ui::AuditRecord decodeRecord(const QJsonObject& json)
{
    ui::AuditRecord r;
    r.seq = json["seq"_L1].toInteger();
    r.time = QDateTime::fromSecsSinceEpoch(json["time"_L1].toInteger());
    r.workspace = json["workspace"_L1].toString();
    r.subject = json["subject"_L1].toString();
    r.action = json["action"_L1].toString();
    const QString outcome = json["outcome"_L1].toString();
    r.outcome = outcome == "allowed"_L1 ? ui::AuditOutcome::Allowed : outcome == "refused"_L1 ? ui::AuditOutcome::Refused : ui::AuditOutcome::Noted;
    r.sentence = json["sentence"_L1].toString();
    r.key = json["key"_L1].toString();
    r.rule = json["rule"_L1].toString();
    r.detail = json["detail"_L1].toString();
    return r;
}

ui::TrailState decodeTrail(const QJsonObject& json)
{
    ui::TrailState t;
    t.whole = json["whole"_L1].toBool(true);
    t.upTo = json["up_to"_L1].toInteger();
    if (json["broken_at"_L1].isDouble())
        t.brokenAt = json["broken_at"_L1].toInteger();
    t.anchored = json["anchored"_L1].toString();
    if (json["anchor_seq"_L1].isDouble())
        t.anchorSeq = json["anchor_seq"_L1].toInteger();
    t.text = json["text"_L1].toString();
    return t;
}

ui::CheckUp decodeCheckUp(const QJsonObject& json)
{
    return {checkOf(json["verdict"_L1].toString()), all(json["checks"_L1], decodeCheck)};
}

ui::VersionInfo decodeVersion(const QJsonObject& json)
{
    return {json["product"_L1].toString(), json["protocol"_L1].toInt(1), all(json["engines"_L1], decodeEngine)};
}

std::optional<ui::Stage> decodeStage(const QString& name)
{
    if (name == "prepare"_L1)
        return ui::Stage::Prepare;
    if (name == "start"_L1)
        return ui::Stage::Start;
    if (name == "connect"_L1)
        return ui::Stage::Connect;
    return std::nullopt;
}

} // namespace annex::desktop
