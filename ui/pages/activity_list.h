// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>
#include <QStyledItemDelegate>

#include "ui/presenters/activity_presenter.h"

namespace annex::ui {

class ActivityModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setRows(QVector<ActivityRow> rows);
    const ActivityRow& at(int row) const { return m_rows.at(row); }
    int rowOf(qint64 seq) const; ///< -1: not loaded
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    QVariant data(const QModelIndex&, int role) const override;
    Qt::ItemFlags flags(const QModelIndex&) const override;

private:
    QVector<ActivityRow> m_rows;
};

/// Time, icon, sentence over who, outcome as sign and word; a heading before each day.
class ActivityDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter*, const QStyleOptionViewItem&, const QModelIndex&) const override;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override;
};

} // namespace annex::ui
