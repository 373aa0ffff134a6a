// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/activity_list.h"

#include <algorithm>

#include <QPainter>

#include "ui/presenters/words.h"
#include "ui/theme/icons.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

void ActivityModel::setRows(QVector<ActivityRow> rows)
{
    if (rows == m_rows)
        return;
    // Records only ever come at the front (new ones) or the end (older ones); the view keeps its place by selection.
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int ActivityModel::rowOf(qint64 seq) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const ActivityRow& row) { return !row.isDay && row.seq == seq; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

QVariant ActivityModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const ActivityRow& row = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole: return row.isDay ? row.day : row.sentence;
    case Qt::ToolTipRole: return row.isDay ? QVariant() : row.sentence;
    case Qt::AccessibleTextRole: return row.accessible;
    case Qt::AccessibleDescriptionRole: return row.who;
    default: return {};
    }
}

Qt::ItemFlags ActivityModel::flags(const QModelIndex& index) const
{
    if (index.isValid() && m_rows.value(index.row()).isDay)
        return Qt::NoItemFlags | Qt::ItemNeverHasChildren;
    return QAbstractListModel::flags(index);
}

void ActivityDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* model = qobject_cast<const ActivityModel*>(index.model());
    const ActivityRow& row = model->at(index.row());
    const Tokens& t = look();
    const bool mirrored = option.direction == Qt::RightToLeft;
    const bool contrast = annexStyle().theme() == Theme::HighContrast;
    painter->save();
    painter->setLayoutDirection(option.direction);
    const QRectF area(option.rect);
    const auto place = [&](double x, double y, double width, double height) {
        return QRectF(mirrored ? area.right() - x - width : area.left() + x, area.top() + y, width, height);
    };
    const int lead = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignAbsolute | Qt::AlignVCenter;
    if (row.isDay) {
        QFont font = roleFont(TypeRole::Caption);
        font.setWeight(QFont::DemiBold);
        painter->setFont(font);
        paint::text(*painter, place(16, 0, area.width() - 32, area.height()), lead, row.day, t.text2);
        painter->restore();
        return;
    }
    const bool selected = option.state & QStyle::State_Selected;
    if (selected) {
        painter->fillRect(area, t.selected);
        paint::box(*painter, place(0, 10, 3, area.height() - 20), 1.5, t.ink, QColor());
        if (contrast)
            paint::box(*painter, area.adjusted(1, 1, -1, -1), 4, QColor(), t.ink, 2);
    } else if (option.state & QStyle::State_MouseOver) {
        painter->fillRect(area, t.hover);
    }
    const double middle = area.height() / 2;
    painter->setFont(roleFont(TypeRole::Caption));
    const double timeWidth = painter->fontMetrics().horizontalAdvance(QStringLiteral("00:00 WW")) * 0.8;
    paint::text(*painter, place(16, 0, timeWidth, area.height()), lead, row.time, t.text2, Qt::ElideNone);
    paintIcon(*painter, place(16 + timeWidth + 4, middle - 10, 20, 20), row.icon, t.text2, mirrored);

    painter->setFont(roleFont(TypeRole::Body));
    const QString word = Words::outcome(row.outcome);
    const double wordWidth = painter->fontMetrics().horizontalAdvance(word) + 4;
    const double outcomeRoom = std::max<double>(wordWidth, painter->fontMetrics().horizontalAdvance(Words::outcome(AuditOutcome::Allowed)) + 4) + 24 + 20;
    const QColor sign = row.outcome == AuditOutcome::Refused ? t.danger : row.outcome == AuditOutcome::Allowed ? t.ok : t.text2;
    const double outcomeAt = area.width() - outcomeRoom;
    paintIcon(*painter, place(outcomeAt, middle - 9, 18, 18), Words::outcomeIcon(row.outcome), sign);
    paint::text(*painter, place(outcomeAt + 24, 0, wordWidth, area.height()), lead, word, t.text, Qt::ElideNone);

    const double text = 16 + timeWidth + 4 + 20 + 14;
    const double room = std::max(20.0, outcomeAt - text - 8);
    const double bodyHeight = painter->fontMetrics().height();
    const double captionHeight = QFontMetricsF(roleFont(TypeRole::Caption)).height();
    const double top = middle - (bodyHeight + captionHeight + 1) / 2;
    paint::text(*painter, place(text, top, room, bodyHeight), lead, row.sentence, t.text);
    painter->setFont(roleFont(TypeRole::Caption));
    paint::text(*painter, place(text, top + bodyHeight + 1, room, captionHeight), lead, row.who, t.text2);
    if (option.state & QStyle::State_HasFocus && option.widget && option.widget->window()->testAttribute(Qt::WA_KeyboardFocusChange))
        paint::box(*painter, area.adjusted(1, 1, -1, -1), 4, QColor(), t.ink, 2);
    painter->restore();
}

QSize ActivityDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* model = qobject_cast<const ActivityModel*>(index.model());
    const int lines = QFontMetrics(roleFont(TypeRole::Body)).height() + QFontMetrics(roleFont(TypeRole::Caption)).height();
    Q_UNUSED(option)
    return {1, model && model->at(index.row()).isDay ? std::max(36, lines) : std::max(metric::kCompactRow, lines + 12)};
}

} // namespace annex::ui
