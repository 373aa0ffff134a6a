// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>
#include <QStyledItemDelegate>
#include <QVector>

#include "ui/presenters/workspace_presenter.h"

namespace annex::ui {

/// Workspaces as rows. Rows are updated in place, so that selection and focus survive a change of state.
class SidebarModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    void setRows(QVector<SidebarRow> rows);
    const SidebarRow& at(int row) const { return m_rows.at(row); }
    int rowOf(const QString& id) const; ///< -1: none

    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    QVariant data(const QModelIndex& index, int role) const override;

private:
    QVector<SidebarRow> m_rows;
};

/// Draws a row of the sidebar: swatch, name, state line with its sign, level badge at the end.
class SidebarDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void setNarrow(bool narrow) { m_narrow = narrow; }
    void paint(QPainter*, const QStyleOptionViewItem&, const QModelIndex&) const override;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override;

private:
    bool m_narrow = false;
};

/// The sign of a state, 10 px, each a shape of its own.
void paintStateSign(QPainter& painter, const QRectF& area, StateSign sign, const QColor& colour);

} // namespace annex::ui
