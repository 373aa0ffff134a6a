// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/setting_row_widget.h"

#include <cmath>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>

#include "ui/theme/swatch.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {

constexpr int kBoxWidth = 150;
constexpr int kNumberWidth = 84;
constexpr int kLongestLabel = 24; // policy's own limit of a workspace label

QIcon colourIcon(const QString& value, double ratio)
{
    Identity sample;
    sample.name = QStringLiteral(" ");
    sample.colour = colourFromId(value).value_or(Colour::Amber);
    sample.pattern = patternOf(sample.colour);
    return QIcon(QPixmap::fromImage(swatchImage(sample, 18, ratio)));
}

} // namespace

SettingRowWidget::SettingRowWidget(const Setting& setting, QWidget* parent)
    : QWidget(parent), m_setting(setting), m_row(SettingsPresenter::row(setting)), m_name(new Label({}, TypeRole::Body, &Tokens::text, this)),
      m_sentence(new Label({}, TypeRole::Caption, &Tokens::text2, this)), m_lockLine(new QWidget(this)),
      m_lockTitle(new Label({}, TypeRole::Caption, &Tokens::text, m_lockLine)), m_lockWords(new Label({}, TypeRole::Caption, &Tokens::text, m_lockLine)),
      m_why(new Button(tr("Why?"), Button::Kind::Link, m_lockLine)), m_note(new Label({}, TypeRole::Caption, &Tokens::warn, this))
{
    if (!SettingsPresenter::isOff(setting, setting.value))
        m_lastOn = setting.value;
    build();
    refresh();
}

void SettingRowWidget::build()
{
    m_name->wrapped();
    m_sentence->wrapped();
    m_note->wrapped();
    m_lockTitle->strong();
    m_why->setFont(roleFont(TypeRole::Caption));
    auto* lock = new FlowLayout(6, 0, m_lockLine);
    lock->addWidget(new IconLabel(QStringLiteral("lock"), 16, &Tokens::text, m_lockLine));
    lock->addWidget(m_lockTitle);
    lock->addWidget(m_lockWords);
    lock->addWidget(m_why);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    m_lockLine->setSizePolicy(policy);

    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_name);
    words->addWidget(m_sentence);
    words->addWidget(m_lockLine);
    words->addWidget(m_note);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 10, 16, 10);
    row->setSpacing(metric::kGap);
    row->addWidget(new IconLabel(m_row.icon, metric::kIcon, &Tokens::text2, this), 0, Qt::AlignVCenter);
    row->addSpacing(8);
    row->addLayout(words, 1);
    row->addSpacing(8);
    setMinimumHeight(metric::kRow);
    buildControl();
    connect(m_why, &Button::clicked, this, [this] { Q_EMIT whyWanted(m_setting.key); });
    m_why->setObjectName(QStringLiteral("why-") + m_setting.key);
    if (m_switch)
        m_switch->setObjectName(QStringLiteral("switch-") + m_setting.key);
    setTabOrder(entrance(), m_why);
}

void SettingRowWidget::buildControl()
{
    auto* row = static_cast<QHBoxLayout*>(layout());
    const bool isChoice = m_row.control == Control::Choice || m_row.control == Control::SwitchedChoice || m_row.control == Control::Colour
                          || m_row.control == Control::Pattern;
    if (isChoice) {
        m_box = new QComboBox(this);
        m_box->setFixedWidth(kBoxWidth);
        for (const ChoiceItem& item : m_row.choices)
            m_box->addItem(m_row.control == Control::Colour ? colourIcon(item.value, devicePixelRatioF()) : QIcon(), item.name, item.value);
        row->addWidget(m_box, 0, Qt::AlignVCenter);
        connect(m_box, &QComboBox::activated, this, [this](int index) { Q_EMIT changeWanted(m_setting.key, m_box->itemData(index).toString()); });
    }
    if (m_row.control == Control::Number || m_row.control == Control::SwitchedNumber) {
        m_number = new QSpinBox(this);
        m_number->setButtonSymbols(QAbstractSpinBox::NoButtons);
        m_number->setFixedSize(kNumberWidth, metric::kControl);
        m_number->setKeyboardTracking(false);
        row->addWidget(m_number, 0, Qt::AlignVCenter);
        if (m_row.units.size() > 1)
            buildUnits();
        else if (!m_row.units.first().name.isEmpty())
            row->addWidget(new Label(m_row.units.first().name, TypeRole::Body, &Tokens::text2, this), 0, Qt::AlignVCenter);
        connect(m_number, &QSpinBox::valueChanged, this, &SettingRowWidget::wantNumber);
    }
    if (m_row.control == Control::Text) {
        m_edit = new QLineEdit(this);
        m_edit->setFixedWidth(kBoxWidth + 40);
        m_edit->setMaxLength(kLongestLabel);
        row->addWidget(m_edit, 0, Qt::AlignVCenter);
        connect(m_edit, &QLineEdit::editingFinished, this, [this] {
            if (m_edit->text() != m_row.text)
                Q_EMIT changeWanted(m_setting.key, m_edit->text());
        });
    }
    m_value = new Label({}, TypeRole::Body, &Tokens::text2, this);
    row->addWidget(m_value, 0, Qt::AlignVCenter);
    if (m_row.control == Control::Switch || m_row.control == Control::SwitchedChoice || m_row.control == Control::SwitchedNumber) {
        m_switch = new Switch(this);
        row->addWidget(m_switch, 0, Qt::AlignVCenter);
        connect(m_switch, &Switch::askedWhy, this, [this] { Q_EMIT whyWanted(m_setting.key); });
        connect(m_switch, &Switch::flipped, this, [this](bool on) {
            const std::optional<QJsonValue> last = m_lastOn.isUndefined() || m_lastOn.isNull() ? std::nullopt : std::optional(m_lastOn);
            Q_EMIT changeWanted(m_setting.key, SettingsPresenter::flipped(m_setting, on, last));
        });
    }
}

void SettingRowWidget::buildUnits()
{
    m_unit = new QComboBox(this);
    for (const UnitItem& unit : m_row.units)
        m_unit->addItem(unit.name);
    m_unit->setAccessibleName(tr("Unit of %1", "setting").arg(m_row.name));
    layout()->addWidget(m_unit);
    static_cast<QHBoxLayout*>(layout())->setAlignment(m_unit, Qt::AlignVCenter);
    connect(m_unit, &QComboBox::activated, this, [this] { wantNumber(); });
}

void SettingRowWidget::wantNumber()
{
    Q_EMIT changeWanted(m_setting.key, SettingsPresenter::numberValue(m_row, m_number->value(), m_unit ? m_unit->currentIndex() : 0));
}

void SettingRowWidget::setSetting(const Setting& setting)
{
    m_setting = setting;
    m_row = SettingsPresenter::row(setting);
    m_problem.clear();
    if (!SettingsPresenter::isOff(setting, setting.value))
        m_lastOn = setting.value;
    refresh();
}

void SettingRowWidget::springBack(const QString& sentence)
{
    m_problem = sentence;
    refresh();
}

void SettingRowWidget::setRestartNote(bool needed)
{
    m_restartNote = needed;
    refresh();
}

QWidget* SettingRowWidget::entrance() const
{
    if (m_box)
        return m_box;
    if (m_number)
        return m_number;
    if (m_edit)
        return m_edit;
    return m_switch ? static_cast<QWidget*>(m_switch) : m_why;
}

void SettingRowWidget::refresh()
{
    setAccessibleName(m_row.accessible);
    m_name->setText(m_row.name);
    m_sentence->setText(m_row.sentence);
    m_lockLine->setVisible(m_row.locked);
    m_lockTitle->setText(m_row.lockTitle);
    m_lockWords->setText(m_row.lockWords);
    m_lockWords->setVisible(!m_row.lockWords.isEmpty());
    m_why->setAccessibleName(tr("Why is %1 locked?", "setting").arg(m_row.name));
    const QString note = !m_problem.isEmpty() ? m_problem : !m_row.note.isEmpty() ? m_row.note : m_restartNote ? tr("From the next start.") : QString();
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    m_note->setColourRole(m_problem.isEmpty() ? (m_row.note.isEmpty() ? &Tokens::text2 : &Tokens::warn) : &Tokens::danger);

    // A locked value stays readable and its row reachable: the box goes, the word stays, the switch asks why.
    const bool offNow = m_switch && !m_row.on;
    if (m_switch) {
        m_switch->setOn(m_row.on);
        m_switch->setLocked(m_row.locked);
        m_switch->setAccessibleName(m_row.accessible);
    }
    if (m_box) {
        const QSignalBlocker quiet(m_box);
        m_box->setCurrentIndex(m_row.choice);
        m_box->setVisible(!m_row.locked && !offNow);
        m_box->setAccessibleName(m_switch ? tr("%1, kind", "setting").arg(m_row.name) : m_row.accessible);
    }
    if (m_number) {
        const QSignalBlocker quiet(m_number);
        const double factor = m_row.units.value(m_row.unit).factor;
        m_number->setRange(int(std::ceil(std::max(0.0, m_row.minimum / m_row.units.last().factor))), 1'000'000'000);
        m_number->setValue(int(std::lround(m_row.number)));
        m_number->setVisible(!m_row.locked && !offNow);
        m_number->setAccessibleName(m_row.accessible);
        m_number->setToolTip(m_row.maximum > 0 ? tr("%1 to %2", "smallest, largest").arg(SettingsPresenter::valueWord(m_setting, m_row.minimum), SettingsPresenter::valueWord(m_setting, m_row.maximum)) : QString());
        if (m_row.maximum > 0)
            m_number->setMaximum(int(std::min(1e9, std::floor(m_row.maximum / std::min(factor, m_row.units.first().factor)))));
    }
    if (m_unit) {
        const QSignalBlocker quiet(m_unit);
        m_unit->setCurrentIndex(m_row.unit);
        m_unit->setVisible(!m_row.locked && !offNow);
    }
    if (m_edit) {
        const QSignalBlocker quiet(m_edit);
        m_edit->setText(m_row.text);
        m_edit->setReadOnly(m_row.locked);
        m_edit->setAccessibleName(m_row.accessible);
    }
    m_value->setText(SettingsPresenter::valueWord(m_setting, m_setting.value));
    m_value->setVisible(m_row.control == Control::Fixed || (m_row.locked && !m_edit && (!m_switch || (m_row.on && m_row.control != Control::Switch))));
}

} // namespace annex::ui
