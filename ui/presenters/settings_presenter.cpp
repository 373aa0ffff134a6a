// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/settings_presenter.h"

#include <algorithm>
#include <cmath>

#include <QLocale>

#include "ui/presenters/words.h"

namespace annex::ui {

namespace {

using namespace Qt::StringLiterals;

bool isNumeric(const Setting& setting)
{
    return setting.type == "bytes"_L1 || setting.type == "duration"_L1 || setting.type == "percent"_L1 || setting.type == "integer"_L1;
}

QVector<UnitItem> unitsOf(const Setting& setting)
{
    if (setting.type == "bytes"_L1)
        return {{SettingsPresenter::tr("KB"), 1024.0}, {SettingsPresenter::tr("MB"), 1024.0 * 1024}, {SettingsPresenter::tr("GB"), 1024.0 * 1024 * 1024}};
    if (setting.type == "duration"_L1)
        return {{SettingsPresenter::tr("seconds"), 1}, {SettingsPresenter::tr("minutes"), 60}, {SettingsPresenter::tr("hours"), 3600}};
    if (setting.type == "percent"_L1)
        return {{SettingsPresenter::tr("%", "percent sign behind a number"), 1}};
    return {{setting.unit, 1}};
}

/// The largest unit in which the number is whole, so that 1536 MB is not shown as 1.5.
int fittingUnit(const QVector<UnitItem>& units, double value)
{
    for (int at = int(units.size()) - 1; at > 0; --at) {
        const double number = value / units[at].factor;
        if (number >= 1 && std::abs(number - std::round(number)) < 1e-9)
            return at;
    }
    return 0;
}

QString iconFallback(const QString& key)
{
    if (key.startsWith("clipboard.to"_L1))
        return u"copy-in"_s;
    if (key.startsWith("clipboard.from"_L1))
        return u"copy-out"_s;
    if (key.startsWith("clipboard."_L1))
        return u"clipboard"_s;
    if (key.startsWith("files."_L1))
        return u"file-in"_s;
    if (key.startsWith("memory."_L1))
        return u"memory"_s;
    if (key.startsWith("processor."_L1))
        return u"processor"_s;
    if (key.startsWith("storage."_L1))
        return u"disk"_s;
    if (key.startsWith("audit."_L1))
        return u"activity"_s;
    if (key.startsWith("open."_L1))
        return u"file"_s;
    return u"settings"_s;
}

QString capitalised(const QString& word)
{
    QString text = word;
    text.replace(u'-', u' ').replace(u'_', u' ');
    return text.isEmpty() ? text : text.left(1).toUpper() + text.mid(1);
}

QString offWord(const Setting& setting)
{
    if (!setting.none.isEmpty())
        return setting.none;
    return setting.values.contains(u"off"_s) ? u"off"_s : QString();
}

bool canBeOff(const Setting& setting)
{
    return setting.type == "switch"_L1 || !offWord(setting).isEmpty();
}

QVector<ChoiceItem> choicesOf(const Setting& setting)
{
    QVector<ChoiceItem> choices;
    for (const QString& value : setting.values)
        if (value != offWord(setting))
            choices.push_back({value, SettingsPresenter::valueWord(setting, value)});
    return choices;
}

int indexOf(const QVector<ChoiceItem>& choices, const QString& value)
{
    const auto found = std::find_if(choices.begin(), choices.end(), [&](const ChoiceItem& item) { return item.value == value; });
    return found == choices.end() ? -1 : int(found - choices.begin());
}

void fillChoice(const Setting& setting, SettingRow& row)
{
    row.choices = choicesOf(setting);
    row.choice = indexOf(row.choices, setting.value.toString());
    if (setting.type == "colour"_L1)
        row.control = Control::Colour;
    else if (setting.type == "pattern"_L1)
        row.control = Control::Pattern;
    else if (canBeOff(setting))
        row.control = row.choices.size() > 1 ? Control::SwitchedChoice : Control::Switch;
    else
        row.control = row.choices.size() > 1 ? Control::Choice : Control::Fixed;
}

void fillNumber(const Setting& setting, SettingRow& row)
{
    row.units = unitsOf(setting);
    const double value = setting.value.isDouble() ? setting.value.toDouble()
                         : setting.defaultValue.isDouble() ? setting.defaultValue.toDouble() : setting.minimum.value_or(0);
    row.unit = fittingUnit(row.units, value);
    row.number = value / row.units[row.unit].factor;
    row.minimum = setting.minimum.value_or(0);
    row.maximum = setting.maximum.value_or(std::max(value, row.minimum));
    row.control = canBeOff(setting) ? Control::SwitchedNumber : Control::Number;
}

QString accessibleOf(const Setting& setting, const SettingRow& row)
{
    QStringList parts{row.name, SettingsPresenter::valueWord(setting, setting.value).toLower()};
    if (!row.locked)
        return parts.join(u", "_s);
    QString locked = setting.organisation.isEmpty() ? SettingsPresenter::tr("locked by your organisation", "spoken")
                                                    : SettingsPresenter::tr("locked by %1", "spoken").arg(setting.organisation);
    if (!setting.reason.isEmpty())
        locked = SettingsPresenter::tr("%1: %2", "spoken: who locked it, why").arg(locked, setting.reason);
    parts << locked;
    return parts.join(u", "_s);
}

} // namespace

bool SettingsPresenter::isOff(const Setting& setting, const QJsonValue& value)
{
    if (setting.type == "switch"_L1)
        return !value.toBool();
    return canBeOff(setting) && value.isString() && value.toString() == offWord(setting);
}

QString SettingsPresenter::colourName(Colour colour)
{
    switch (colour) {
    case Colour::Amber: return tr("Amber");
    case Colour::Teal: return tr("Teal");
    case Colour::Violet: return tr("Violet");
    case Colour::Blue: return tr("Blue");
    case Colour::Rose: return tr("Rose");
    case Colour::Green: return tr("Green");
    case Colour::Copper: return tr("Copper");
    case Colour::Graphite: break;
    }
    return tr("Graphite");
}

QString SettingsPresenter::patternName(Pattern pattern)
{
    switch (pattern) {
    case Pattern::Dots: return tr("Dots");
    case Pattern::RisingStripes: return tr("Rising stripes");
    case Pattern::UprightBars: return tr("Upright bars");
    case Pattern::LevelBars: return tr("Level bars");
    case Pattern::PlusSigns: return tr("Plus signs");
    case Pattern::Chevrons: return tr("Chevrons");
    case Pattern::Checks: return tr("Checks");
    case Pattern::FallingStripes: break;
    }
    return tr("Falling stripes");
}

QString SettingsPresenter::valueWord(const Setting& setting, const QJsonValue& value)
{
    if (value.isBool())
        return value.toBool() ? tr("On") : tr("Off");
    if (value.isString()) {
        const QString text = value.toString();
        if (setting.type == "text"_L1)
            return text.isEmpty() ? tr("None") : Words::quoted(text);
        if (const auto colour = colourFromId(text); colour && setting.type == "colour"_L1)
            return colourName(*colour);
        if (const auto pattern = patternFromId(text); pattern && setting.type == "pattern"_L1)
            return patternName(*pattern);
        if (text == "process"_L1 || text == "emulated"_L1 || text == "hypervisor"_L1)
            return wordOf(*levelFromId(text));
        if (text == "off"_L1)
            return tr("Off");
        if (text == "auto"_L1)
            return tr("Strongest available");
        return capitalised(text);
    }
    if (!value.isDouble())
        return tr("None");
    if (setting.type == "bytes"_L1)
        return Words::bytes(qint64(value.toDouble()));
    if (setting.type == "duration"_L1)
        return Words::duration(qint64(value.toDouble()));
    const QString figure = QLocale().toString(qint64(value.toDouble()));
    if (setting.type == "percent"_L1)
        return tr("%1 %", "a number of percent").arg(figure);
    return setting.unit.isEmpty() ? figure : tr("%1 %2", "number, unit").arg(figure, setting.unit);
}

SettingRow SettingsPresenter::row(const Setting& setting)
{
    SettingRow row;
    row.key = setting.key;
    row.icon = setting.icon.isEmpty() ? iconFallback(setting.key) : setting.icon;
    row.name = setting.title;
    row.sentence = setting.sentence;
    row.on = canBeOff(setting) && !isOff(setting, setting.value);
    row.changed = setting.source == SettingSource::User;
    row.text = setting.type == "text"_L1 ? setting.value.toString() : valueWord(setting, setting.value);
    if (setting.type == "switch"_L1)
        row.control = Control::Switch;
    else if (setting.type == "text"_L1)
        row.control = Control::Text;
    else if (isNumeric(setting))
        fillNumber(setting, row);
    else
        fillChoice(setting, row);
    row.locked = setting.locked;
    if (setting.locked) {
        row.lockTitle = lockTitle(setting.organisation);
        row.lockWords = setting.reason.isEmpty() ? QString() : Words::quoted(setting.reason);
    }
    if (!setting.held)
        row.note = tr("Not held: this computer cannot keep this limit. Check-up says why.");
    row.accessible = accessibleOf(setting, row);
    return row;
}

QVector<SettingCard> SettingsPresenter::cards(const QVector<Setting>& settings, const QString& search, bool lockedOnly)
{
    const QString wanted = search.trimmed();
    QVector<SettingCard> cards;
    for (const Setting& setting : settings) {
        const bool found = wanted.isEmpty() || setting.title.contains(wanted, Qt::CaseInsensitive)
                           || setting.sentence.contains(wanted, Qt::CaseInsensitive) || setting.key.contains(wanted, Qt::CaseInsensitive);
        if (!found || (lockedOnly && !setting.locked))
            continue;
        const auto card = std::find_if(cards.begin(), cards.end(), [&](const SettingCard& other) { return other.title == setting.group; });
        if (card == cards.end())
            cards.push_back({setting.group, {row(setting)}});
        else
            card->rows.push_back(row(setting));
    }
    return cards;
}

int SettingsPresenter::lockedCount(const QVector<Setting>& settings)
{
    return int(std::count_if(settings.begin(), settings.end(), [](const Setting& setting) { return setting.locked; }));
}

int SettingsPresenter::changedCount(const QVector<Setting>& settings)
{
    return int(std::count_if(settings.begin(), settings.end(), [](const Setting& setting) { return setting.source == SettingSource::User; }));
}

QString SettingsPresenter::profileLine(const QString& profile, int changes)
{
    const QString name = capitalised(profile);
    if (changes == 0)
        return tr("Profile: %1").arg(name);
    if (changes == 1)
        return tr("Profile: %1, 1 change").arg(name);
    return tr("Profile: %1, %n changes", nullptr, changes).arg(name);
}

QString SettingsPresenter::showLocked(int count)
{
    return tr("Show locked · %1").arg(count);
}

QString SettingsPresenter::lockTitle(const QString& organisation)
{
    return organisation.isEmpty() ? tr("Locked by your organisation.") : tr("Locked by %1.").arg(organisation);
}

QString SettingsPresenter::notChanged(const Failure& failure)
{
    return tr("Not changed: %1").arg(failure.why.isEmpty() ? failure.title : failure.why);
}

QString SettingsPresenter::nothingFound()
{
    return tr("No setting matches.");
}

QJsonValue SettingsPresenter::flipped(const Setting& setting, bool on, const std::optional<QJsonValue>& lastOn)
{
    if (setting.type == "switch"_L1)
        return on;
    if (!on)
        return offWord(setting);
    if (lastOn && !isOff(setting, *lastOn))
        return *lastOn;
    if (!isOff(setting, setting.defaultValue))
        return setting.defaultValue;
    if (isNumeric(setting))
        return setting.minimum.value_or(1);
    const QVector<ChoiceItem> choices = choicesOf(setting);
    return choices.isEmpty() ? QJsonValue() : QJsonValue(choices.first().value);
}

QJsonValue SettingsPresenter::numberValue(const SettingRow& row, double number, int unit)
{
    const double factor = unit >= 0 && unit < row.units.size() ? row.units[unit].factor : 1;
    return std::round(std::clamp(number * factor, row.minimum, std::max(row.minimum, row.maximum)));
}

} // namespace annex::ui
