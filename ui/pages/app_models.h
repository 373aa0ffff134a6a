// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>
#include <QStyledItemDelegate>

#include "ui/presenters/apps_presenter.h"

namespace annex::ui {

class AppGridModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setTiles(QVector<AppTile> tiles);
    const QVector<AppTile>& tiles() const { return m_tiles; }
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(m_tiles.size()); }
    QVariant data(const QModelIndex&, int role) const override;

private:
    QVector<AppTile> m_tiles;
};

/// A tile: icon 48, name in one line, a dot while it runs.
class AppTileDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter*, const QStyleOptionViewItem&, const QModelIndex&) const override;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return m_cell; }
    void setCell(const QSize& cell) { m_cell = cell; }

private:
    QSize m_cell{134, 108};
};

class OpenNowModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setCards(QVector<OpenCard> cards);
    const QVector<OpenCard>& cards() const { return m_cards; }
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(m_cards.size()); }
    QVariant data(const QModelIndex&, int role) const override;

private:
    QVector<OpenCard> m_cards;
};

/// A card of a window that is open: icon, title, program, state; × while hovered or focused.
class OpenCardDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter*, const QStyleOptionViewItem&, const QModelIndex&) const override;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return m_cell; }
    /// @param rest  px that the cells leave at the end of a line; the last card takes them
    void setCell(const QSize& cell, int columns, int rest)
    {
        m_cell = cell;
        m_columns = columns;
        m_rest = rest;
    }
    bool editorEvent(QEvent*, QAbstractItemModel*, const QStyleOptionViewItem&, const QModelIndex&) override;

Q_SIGNALS:
    void closeWanted(const QModelIndex& index);

private:
    /// The card inside its cell: gaps between cards and below, none at the list's edges.
    QRect cardRect(const QStyleOptionViewItem&, const QModelIndex&) const;
    QRect closeRect(const QStyleOptionViewItem&, const QModelIndex&) const;

    QSize m_cell{400, 64};
    int m_columns = 2;
    int m_rest = 0;
};

} // namespace annex::ui
