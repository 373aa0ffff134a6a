// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QCoreApplication>
#include <QVector>

#include "ui/services.h"

/// Settings rows made from what policy lists: one row per setting, none written by hand.
namespace annex::ui {

/// How a setting is changed. "Off-able" ones carry a switch; what "on" means is the box or number before it.
enum class Control { Switch, SwitchedChoice, Choice, Number, SwitchedNumber, Text, Colour, Pattern, Fixed };

struct ChoiceItem {
    QString value;
    QString name;
    bool operator==(const ChoiceItem&) const = default;
};

/// A unit that a number can be given in; `factor` in the setting's own unit (bytes, seconds, 1).
struct UnitItem {
    QString name;
    double factor = 1;
    bool operator==(const UnitItem&) const = default;
};

struct SettingRow {
    QString key;
    QString icon;
    QString name;
    QString sentence;
    Control control = Control::Fixed;
    bool on = false; ///< of the switch
    QVector<ChoiceItem> choices;
    int choice = -1;
    QVector<UnitItem> units;
    int unit = 0;
    double number = 0; ///< in units[unit]
    double minimum = 0;
    double maximum = 0; ///< both in the setting's own unit
    QString text;       ///< of Text and Fixed
    bool locked = false;
    QString lockTitle; ///< "Locked by Acme Ltd."
    QString lockWords; ///< the organisation's own sentence in quotes, may be empty
    QString note;      ///< another reason in the same place
    bool changed = false; ///< a person chose it
    QString accessible;
    bool operator==(const SettingRow&) const = default;
};

struct SettingCard {
    QString title;
    QVector<SettingRow> rows;
};

class SettingsPresenter {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::SettingsPresenter)

public:
    static SettingRow row(const Setting&);
    /// Cards in policy's order. @param search  empty: all. @param lockedOnly  [Show locked]
    static QVector<SettingCard> cards(const QVector<Setting>&, const QString& search, bool lockedOnly);
    static int lockedCount(const QVector<Setting>&);
    static int changedCount(const QVector<Setting>&);
    /// "Profile: Quarantine, 3 changes"; "Profile: Quarantine" when nothing was changed.
    static QString profileLine(const QString& profile, int changes);
    static QString showLocked(int count);
    static QString lockTitle(const QString& organisation);
    static QString notChanged(const Failure&);
    static QString nothingFound();
    static QString colourName(Colour);
    static QString patternName(Pattern);
    static QString valueWord(const Setting&, const QJsonValue&);

    /// The value to set when the switch is flipped. `lastOn` is what was on before, if known.
    static QJsonValue flipped(const Setting&, bool on, const std::optional<QJsonValue>& lastOn);
    /// The value to set for a number in a unit; whole, inside the limits.
    static QJsonValue numberValue(const SettingRow&, double number, int unit);
    /// True when the value means "off" for a setting that can be off.
    static bool isOff(const Setting&, const QJsonValue&);
};

} // namespace annex::ui
