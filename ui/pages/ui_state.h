// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QByteArray>
#include <QHash>
#include <QSettings>
#include <QString>
#include <QVector>

namespace annex::ui {

/// What the window remembers for itself: places, counts, what was dismissed. Nothing here decides anything about security, and a
/// missing or damaged file only means that it starts anew.
class UiState {
public:
    /// @param file  an .ini; empty: remembers nothing beyond this run
    explicit UiState(const QString& file);

    bool isDismissed(const QString& what) const;
    void dismiss(const QString& what);

    QHash<QString, int> uses() const; ///< openings per app id
    void countUse(const QString& app);

    QVector<int> starts_ms(const QString& engine) const; ///< of past starts, oldest first
    void rememberStart(const QString& engine, int took_ms);

    QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);
    bool appsByName() const;
    void setAppsByName(bool byName);

private:
    QVariant value(const QString& key) const;
    void setValue(const QString& key, const QVariant& value);

    std::unique_ptr<QSettings> m_file;
    QHash<QString, QVariant> m_memory;
};

} // namespace annex::ui
