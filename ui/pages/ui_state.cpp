// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/ui_state.h"

#include "ui/presenters/start_presenter.h"

namespace annex::ui {

namespace {
using namespace Qt::StringLiterals;
constexpr qsizetype kMostApps = 500; // a person's own habits; the file stays small
} // namespace

UiState::UiState(const QString& file)
{
    if (!file.isEmpty())
        m_file = std::make_unique<QSettings>(file, QSettings::IniFormat);
}

QVariant UiState::value(const QString& key) const
{
    return m_file ? m_file->value(key) : m_memory.value(key);
}

void UiState::setValue(const QString& key, const QVariant& value)
{
    if (m_file)
        m_file->setValue(key, value);
    else
        m_memory.insert(key, value);
}

bool UiState::isDismissed(const QString& what) const
{
    return value(u"dismissed/"_s + what).toBool();
}

void UiState::dismiss(const QString& what)
{
    setValue(u"dismissed/"_s + what, true);
}

QHash<QString, int> UiState::uses() const
{
    QHash<QString, int> uses;
    const QVariantMap stored = value(u"uses"_s).toMap();
    for (auto entry = stored.begin(); entry != stored.end(); ++entry)
        uses.insert(entry.key(), entry.value().toInt());
    return uses;
}

void UiState::countUse(const QString& app)
{
    QVariantMap stored = value(u"uses"_s).toMap();
    if (stored.size() >= kMostApps && !stored.contains(app))
        return;
    stored[app] = stored.value(app).toInt() + 1;
    setValue(u"uses"_s, stored);
}

QVector<int> UiState::starts_ms(const QString& engine) const
{
    QVector<int> starts;
    for (const QVariant& start : value(u"starts/"_s + engine).toList())
        starts.push_back(start.toInt());
    return starts;
}

void UiState::rememberStart(const QString& engine, int took_ms)
{
    QVariantList list;
    for (const int start : StartPresenter::remember(starts_ms(engine), took_ms))
        list.push_back(start);
    setValue(u"starts/"_s + engine, list);
}

QByteArray UiState::geometry() const
{
    return value(u"window/geometry"_s).toByteArray();
}

void UiState::setGeometry(const QByteArray& geometry)
{
    setValue(u"window/geometry"_s, geometry);
}

bool UiState::appsByName() const
{
    return value(u"apps/byName"_s).toBool();
}

void UiState::setAppsByName(bool byName)
{
    setValue(u"apps/byName"_s, byName);
}

} // namespace annex::ui
