// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/app_icons.h"

#include <QFileInfo>
#include <QIcon>
#include <QPainter>
#include <QPixmapCache>

#include "ui/widgets/annex_style.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

namespace {

QPixmap load(const QString& icon, int edge, double ratio)
{
    const QString key = QStringLiteral("annex-app/%1/%2/%3").arg(icon).arg(edge).arg(ratio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    const QIcon found = QFileInfo(icon).isAbsolute() ? QIcon(icon) : QIcon::fromTheme(icon);
    if (!found.isNull())
        pixmap = found.pixmap(QSize(edge, edge), ratio);
    QPixmapCache::insert(key, pixmap); // also the answer "none", which is as slow to find
    return pixmap;
}

} // namespace

void paintAppIcon(QPainter& painter, const QRectF& area, const QString& icon, const QString& name)
{
    const int edge = int(area.width());
    const QPixmap pixmap = icon.isEmpty() ? QPixmap() : load(icon, edge, painter.device()->devicePixelRatioF());
    if (!pixmap.isNull()) {
        const QSizeF size = pixmap.deviceIndependentSize();
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        // An icon that the theme has only in a smaller size is centred, not blown up.
        QRectF target(QPointF(0, 0), size.boundedTo(area.size()));
        target.moveCenter(area.center());
        painter.drawPixmap(target, pixmap, QRectF(pixmap.rect()));
        return;
    }
    const Tokens& t = look();
    paint::box(painter, area, edge / 5.0, t.hover, t.borderStrong);
    QFont font = roleFont(TypeRole::Strong);
    font.setPixelSize(std::max(9, edge * 2 / 5));
    painter.setFont(font);
    paint::text(painter, area, Qt::AlignCenter, name.trimmed().left(1).toUpper(), t.text2, Qt::ElideNone);
}

} // namespace annex::ui
