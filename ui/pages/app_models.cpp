// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/app_models.h"

#include <QMouseEvent>
#include <QPainter>

#include "ui/pages/app_icons.h"
#include "ui/theme/icons.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

namespace {

/// Replaces rows, keeping the view's place when only their content changed.
template <class Model, class Row, class Same, class Reset>
void update(Model& model, QVector<Row>& rows, QVector<Row> fresh, Same same, Reset reset)
{
    const bool sameShape = rows.size() == fresh.size() && std::equal(rows.begin(), rows.end(), fresh.begin(), same);
    if (!sameShape) {
        reset(std::move(fresh));
        return;
    }
    for (int at = 0; at < rows.size(); ++at) {
        if (rows[at] == fresh[at])
            continue;
        rows[at] = fresh[at];
        Q_EMIT model.dataChanged(model.index(at), model.index(at));
    }
}

bool keyboard(const QStyleOptionViewItem& option)
{
    return option.state & QStyle::State_HasFocus && option.widget && option.widget->window()->testAttribute(Qt::WA_KeyboardFocusChange);
}

} // namespace

void AppGridModel::setTiles(QVector<AppTile> tiles)
{
    update(*this, m_tiles, std::move(tiles), [](const AppTile& a, const AppTile& b) { return a.id == b.id; },
           [this](QVector<AppTile> fresh) {
               beginResetModel();
               m_tiles = std::move(fresh);
               endResetModel();
           });
}

QVariant AppGridModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_tiles.size())
        return {};
    const AppTile& tile = m_tiles[index.row()];
    switch (role) {
    case Qt::DisplayRole: return tile.name;
    case Qt::ToolTipRole: return tile.comment.isEmpty() ? tile.name : tile.name + QLatin1Char('\n') + tile.comment;
    case Qt::AccessibleTextRole: return tile.accessible;
    case Qt::AccessibleDescriptionRole: return tile.comment;
    default: return {};
    }
}

void AppTileDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* model = qobject_cast<const AppGridModel*>(index.model());
    const AppTile& tile = model->tiles().at(index.row());
    const Tokens& t = look();
    painter->save();
    const QRectF area = QRectF(option.rect).adjusted(3, 3, -3, -3);
    const bool selected = option.state & QStyle::State_Selected && option.state & QStyle::State_HasFocus;
    if (selected)
        paint::box(*painter, area, metric::kCardRadius, t.surface, t.ink, 2);
    else if (option.state & QStyle::State_MouseOver)
        paint::box(*painter, area, metric::kCardRadius, t.hover, QColor());
    const QRectF icon(area.center().x() - 24, area.top() + 13, 48, 48);
    paintAppIcon(*painter, icon, tile.icon, tile.name);
    if (tile.running) {
        // A ring of the ground around the dot keeps it apart from whatever the icon's corner holds.
        const bool mirrored = option.direction == Qt::RightToLeft;
        const QPointF corner = mirrored ? icon.topLeft() + QPointF(1, 1) : icon.topRight() + QPointF(-1, 1);
        paint::box(*painter, QRectF(corner - QPointF(6, 6), QSizeF(12, 12)), 6, selected ? t.surface : t.window, QColor());
        paint::box(*painter, QRectF(corner - QPointF(4.5, 4.5), QSizeF(9, 9)), 4.5, t.ok, QColor());
    }
    painter->setFont(roleFont(TypeRole::Body));
    const QRectF name(area.left(), icon.bottom() + 6, area.width(), area.bottom() - icon.bottom() - 12);
    paint::text(*painter, name, Qt::AlignCenter, tile.name, t.text, Qt::ElideMiddle);
    painter->restore();
}

void OpenNowModel::setCards(QVector<OpenCard> cards)
{
    update(*this, m_cards, std::move(cards), [](const OpenCard& a, const OpenCard& b) { return a.window == b.window; },
           [this](QVector<OpenCard> fresh) {
               beginResetModel();
               m_cards = std::move(fresh);
               endResetModel();
           });
}

QVariant OpenNowModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_cards.size())
        return {};
    const OpenCard& card = m_cards[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: return card.title;
    case Qt::AccessibleTextRole: return card.accessible;
    case Qt::AccessibleDescriptionRole: return card.program;
    default: return {};
    }
}

QRect OpenCardDelegate::cardRect(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const int column = index.row() % m_columns;
    const int before = column == 0 ? 0 : metric::kGap / 2;
    const int after = column == m_columns - 1 ? -m_rest : metric::kGap / 2;
    const bool mirrored = option.direction == Qt::RightToLeft;
    return option.rect.adjusted(mirrored ? after : before, 0, mirrored ? -before : -after, -metric::kGap);
}

QRect OpenCardDelegate::closeRect(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QRect area = cardRect(option, index);
    return QStyle::visualRect(option.direction, area, QRect(area.right() - 40, area.center().y() - 16, 32, 32));
}

void OpenCardDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* model = qobject_cast<const OpenNowModel*>(index.model());
    const OpenCard& card = model->cards().at(index.row());
    const Tokens& t = look();
    painter->save();
    painter->setLayoutDirection(option.direction);
    const bool mirrored = option.direction == Qt::RightToLeft;
    const QRectF area(cardRect(option, index));
    const bool hover = option.state & QStyle::State_MouseOver;
    const bool focused = keyboard(option);
    paint::box(*painter, area, metric::kCardRadius, hover ? t.hover : t.surface, focused ? t.ink : t.border, focused ? 2 : 1);
    const auto place = [&](double x, double y, double width, double height) {
        return QRectF(mirrored ? area.right() - x - width : area.left() + x, area.top() + y, width, height);
    };
    paintAppIcon(*painter, place(12, area.height() / 2 - 16, 32, 32), card.icon, card.program);
    const int lead = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignAbsolute | Qt::AlignVCenter;
    painter->setFont(roleFont(TypeRole::Caption));
    double end = 14;
    if (hover || focused) {
        const QRectF close = closeRect(option, index);
        paintIcon(*painter, close.adjusted(8, 8, -8, -8), QStringLiteral("close"), t.text2);
        end = 44;
    } else if (!card.state.isEmpty()) {
        const double width = painter->fontMetrics().horizontalAdvance(card.state) + 2;
        paint::text(*painter, place(area.width() - 14 - width, 0, width, area.height()), lead, card.state, t.text2, Qt::ElideNone);
        end = 14 + width + 8;
    }
    const double captionHeight = painter->fontMetrics().height();
    const double room = std::max(0.0, area.width() - 56 - end);
    const double bodyHeight = QFontMetricsF(roleFont(TypeRole::Body)).height();
    const double top = (area.height() - bodyHeight - captionHeight - 1) / 2;
    paint::text(*painter, place(56, top + bodyHeight + 1, room, captionHeight), lead, card.program, t.text2);
    painter->setFont(roleFont(TypeRole::Body));
    // The title is the guest's: its own direction must not move what stands around it.
    const QString isolated = QChar(0x2068) + card.title + QChar(0x2069);
    paint::text(*painter, place(56, top, room, bodyHeight), lead, isolated, t.text);
    painter->restore();
}

bool OpenCardDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    if (event->type() == QEvent::MouseButtonRelease && closeRect(option, index).contains(static_cast<QMouseEvent*>(event)->position().toPoint())) {
        Q_EMIT closeWanted(index);
        return true;
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

} // namespace annex::ui
