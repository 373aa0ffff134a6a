// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/sidebar_model.h"

#include <algorithm>

#include <QApplication>
#include <QPainter>
#include <QPainterPath>

#include "ui/theme/level.h"
#include "ui/theme/swatch.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

void SidebarModel::setRows(QVector<SidebarRow> rows)
{
    const bool sameIds = rows.size() == m_rows.size()
                         && std::equal(rows.begin(), rows.end(), m_rows.begin(), [](const auto& a, const auto& b) { return a.id == b.id; });
    if (!sameIds) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    for (int at = 0; at < rows.size(); ++at) {
        if (rows[at] == m_rows[at])
            continue;
        m_rows[at] = rows[at];
        Q_EMIT dataChanged(index(at), index(at));
    }
}

int SidebarModel::rowOf(const QString& id) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const SidebarRow& row) { return row.id == id; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

QVariant SidebarModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const SidebarRow& row = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole: return row.identity.name;
    case Qt::AccessibleTextRole: return row.accessible;
    case Qt::AccessibleDescriptionRole: return row.stateLine;
    case Qt::ToolTipRole: return row.accessible;
    default: return {};
    }
}

void paintStateSign(QPainter& painter, const QRectF& area, StateSign sign, const QColor& colour)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const QRectF inner = area.adjusted(0.5, 0.5, -0.5, -0.5);
    switch (sign) {
    case StateSign::Disc: painter.drawEllipse(inner); break;
    case StateSign::Ring:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, 1.5));
        painter.drawEllipse(inner.adjusted(0.5, 0.5, -0.5, -0.5));
        break;
    case StateSign::Bars:
        painter.drawRect(QRectF(area.left() + 1, area.top() + 0.5, 3, area.height() - 1));
        painter.drawRect(QRectF(area.right() - 4, area.top() + 0.5, 3, area.height() - 1));
        break;
    case StateSign::HollowSquare:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, 1.5));
        painter.drawRoundedRect(inner.adjusted(0.5, 0.5, -0.5, -0.5), 1.5, 1.5);
        break;
    case StateSign::Triangle: {
        QPainterPath path;
        path.moveTo(area.center().x(), area.top());
        path.lineTo(area.right(), area.bottom());
        path.lineTo(area.left(), area.bottom());
        path.closeSubpath();
        painter.drawPath(path);
        break;
    }
    }
    painter.restore();
}

void SidebarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* model = qobject_cast<const SidebarModel*>(index.model());
    const SidebarRow& row = model->at(index.row());
    const Tokens& t = look();
    const bool contrast = annexStyle().theme() == Theme::HighContrast;
    const bool selected = option.state & QStyle::State_Selected;
    const bool mirrored = option.direction == Qt::RightToLeft;
    painter->save();
    painter->setLayoutDirection(option.direction);
    const QRectF area = QRectF(option.rect).adjusted(0, 2, 0, -2);
    const auto place = [&](double x, double y, double width, double height) {
        const double left = mirrored ? area.right() - x - width : area.left() + x;
        return QRectF(left, area.top() + y, width, height);
    };

    if (selected)
        paint::box(*painter, area, metric::kCardRadius, t.selected, contrast ? t.ink : QColor(), 2);
    else if (option.state & QStyle::State_MouseOver)
        paint::box(*painter, area, metric::kCardRadius, t.hover, QColor());
    if (selected)
        paint::box(*painter, place(0, area.height() / 2 - 12, 3, 24), 1.5, t.ink, QColor());

    const double indent = m_narrow ? (area.width() - 32) / 2 : row.child ? 26 : 10;
    const double middle = area.height() / 2;
    const QRectF swatch = place(indent, middle - 16, 32, 32);
    paintSwatch(*painter, swatch.topLeft(), row.identity, 32, painter->device()->devicePixelRatioF());
    if (contrast)
        paint::box(*painter, swatch.adjusted(-1, -1, 1, 1), 9, QColor(), t.borderStrong, 1.5);
    if (!m_narrow) {
        const double text = indent + 32 + 12;
        const double room = area.width() - text - 36;
        const int lead = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignAbsolute | Qt::AlignVCenter;
        painter->setFont(roleFont(TypeRole::Strong));
        const double nameHeight = painter->fontMetrics().height();
        const double captionHeight = QFontMetricsF(roleFont(TypeRole::Caption)).height();
        const double top = middle - (nameHeight + captionHeight + 2) / 2;
        paint::text(*painter, place(text, top, room, nameHeight), lead, row.identity.name, t.text);
        painter->setFont(roleFont(TypeRole::Caption));
        const QColor sign = row.failed ? t.danger : row.live ? t.ok : t.text2;
        paintStateSign(*painter, place(text, top + nameHeight + 2 + captionHeight / 2 - 4.5, 9, 9), row.sign, sign);
        paint::text(*painter, place(text + 15, top + nameHeight + 2, room - 15, captionHeight), lead, row.stateLine, row.failed ? t.danger : t.text2);
        paintLevelBadge(*painter, place(area.width() - 12 - 18, middle - 9, 18, 18), row.identity.level, t.text2);
    }
    if (option.state & QStyle::State_HasFocus && option.widget && option.widget->window()->testAttribute(Qt::WA_KeyboardFocusChange))
        paint::box(*painter, area.adjusted(1, 1, -1, -1), metric::kCardRadius, QColor(), t.ink, 2);
    painter->restore();
}

QSize SidebarDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    const int lines = QFontMetrics(roleFont(TypeRole::Strong)).height() + QFontMetrics(roleFont(TypeRole::Caption)).height();
    return {option.rect.width(), std::max(metric::kListRow + 4, lines + 20)};
}

} // namespace annex::ui
