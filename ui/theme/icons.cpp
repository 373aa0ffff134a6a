// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/icons.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include <cmath>
#include <memory>

// At file scope: the resource lies in a static library, and the linker drops what nothing names.
static void initialiseIcons()
{
    Q_INIT_RESOURCE(annex_icons);
}

namespace annex::ui {

namespace {

constexpr const char* kFolder = ":/annex/icons";

QByteArray source(const QString& name)
{
    static const bool initialised = (initialiseIcons(), true);
    Q_UNUSED(initialised)
    QFile file(QStringLiteral("%1/%2.svg").arg(QLatin1String(kFolder), name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// One renderer for each (name, colour): a strip repaints its four buttons often, and parsing costs more than drawing.
QSvgRenderer* renderer(const QString& name, const QColor& colour)
{
    static QHash<QString, std::shared_ptr<QSvgRenderer>> cache;
    const QString key = name + colour.name(QColor::HexRgb);
    auto found = cache.find(key);
    if (found == cache.end()) {
        QByteArray svg = source(name);
        svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
        found = cache.insert(key, svg.isEmpty() ? nullptr : std::make_shared<QSvgRenderer>(svg));
    }
    return found->get();
}

class TintedEngine : public QIconEngine {
public:
    TintedEngine(QString name, QColor colour, QColor disabled)
        : m_name(std::move(name)), m_colour(colour), m_disabled(disabled) {}

    void paint(QPainter* painter, const QRect& area, QIcon::Mode mode, QIcon::State) override
    {
        paintIcon(*painter, area, m_name, mode == QIcon::Disabled && m_disabled.isValid() ? m_disabled : m_colour);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap result(size);
        result.fill(Qt::transparent);
        QPainter painter(&result);
        paint(&painter, result.rect(), mode, state);
        return result;
    }
    QIconEngine* clone() const override { return new TintedEngine(*this); }

private:
    QString m_name;
    QColor m_colour, m_disabled;
};

} // namespace

bool hasIcon(const QString& name) { return !source(name).isEmpty(); }

QStringList iconNames()
{
    initialiseIcons();
    QStringList names = QDir(QLatin1String(kFolder)).entryList({QStringLiteral("*.svg")}, QDir::Files, QDir::Name);
    for (QString& name : names)
        name.chop(4);
    return names;
}

void paintIcon(QPainter& painter, const QRectF& area, const QString& name, const QColor& colour, bool mirrored)
{
    QSvgRenderer* svg = renderer(name, colour);
    if (!svg)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (mirrored) {
        painter.translate(area.center().x() * 2, 0);
        painter.scale(-1, 1);
    }
    svg->render(&painter, area);
    painter.restore();
}

QPixmap iconPixmap(const QString& name, int edge, const QColor& colour, double ratio)
{
    const int device = static_cast<int>(std::lround(edge * ratio));
    QPixmap result(device, device);
    result.fill(Qt::transparent);
    {
        QPainter painter(&result);
        paintIcon(painter, result.rect(), name, colour);
    }
    result.setDevicePixelRatio(ratio);
    return result;
}

QIcon icon(const QString& name, const QColor& colour, const QColor& disabled)
{
    return QIcon(new TintedEngine(name, colour, disabled));
}

} // namespace annex::ui
