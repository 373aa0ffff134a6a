// SPDX-License-Identifier: Apache-2.0
#include "ui/frame/frame_painter.h"

#include <QFont>
#include <QFontMetrics>
#include <QPainter>
#include <QPainterPath>

#include <cmath>

#include "ui/frame/pill.h"
#include "ui/theme/icons.h"
#include "ui/theme/level.h"
#include "ui/theme/pattern.h"

namespace annex::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr int kGlyph = 16, kNameCharacters = 24, kTitleCharacters = 80;

StripTint tintOf(const FrameState& state)
{
    const ColourSet& set = colours(state.identity.colour);
    if (state.focused)
        return {set.onFrame, set.frame};
    return state.theme == Theme::Light ? set.unfocusedLight : set.unfocusedDark;
}

QColor withAlpha(QColor colour, double alpha)
{
    colour.setAlphaF(static_cast<float>(alpha));
    return colour;
}

/// Guest text keeps its own direction inside isolates, so that it cannot turn round what stands beside it.
QString isolated(const QString& text) { return QChar(0x2068) + text + QChar(0x2069); }

void paintText(QPainter& p, const QRect& box, const QString& text, const QFont& font, const QColor& colour, bool mirrored)
{
    if (box.isEmpty() || text.isEmpty())
        return;
    p.setFont(font);
    p.setPen(colour);
    // Elided before it is isolated: otherwise the closing isolate could be cut off with the end.
    const QString shown = p.fontMetrics().elidedText(text, Qt::ElideRight, box.width());
    p.save();
    p.setClipRect(box, Qt::IntersectClip);
    p.drawText(box, (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter | Qt::TextSingleLine | Qt::AlignAbsolute, isolated(shown));
    p.restore();
}

void paintSignature(QPainter& p, const FrameGeometry& g, const FrameState& state)
{
    const ColourSet& set = colours(state.identity.colour);
    p.fillRect(g.signature, set.frame);
    paintPattern(p, g.signature, state.identity.pattern, set.onFrame, g.metrics.ratio);
    QPainterPath plate;
    plate.addRoundedRect(g.plate, 5 * g.metrics.ratio, 5 * g.metrics.ratio);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillPath(plate, plateGround());
    paintLevelBadge(p, g.badge, state.identity.level, plateGlyph());
    p.setRenderHint(QPainter::Antialiasing, false);
}

void paintButton(QPainter& p, const FrameGeometry& g, const FrameState& state, FramePart part, const QString& glyph, const QColor& colour)
{
    const QRect box = g.of(part);
    if (box.isEmpty())
        return;
    if (state.pressed == part)
        p.fillRect(box, withAlpha(colour, 0.24));
    else if (state.hovered == part)
        p.fillRect(box, withAlpha(colour, 0.14));
    const int edge = static_cast<int>(std::lround(kGlyph * g.metrics.ratio));
    const QRect glyphBox(box.x() + (box.width() - edge) / 2, box.y() + (box.height() - edge) / 2, edge, edge);
    paintIcon(p, glyphBox, glyph, colour);
}

void paintMessage(QPainter& p, const FrameGeometry& g, const FrameState& state, const StripTint& tint)
{
    paintText(p, g.message, state.message->text, stripFont(g.metrics.ratio, false), tint.text, state.rightToLeft);
    if (g.messageButton.isEmpty())
        return;
    p.setRenderHint(QPainter::Antialiasing);
    const double half = g.metrics.inner / 2.0, radius = 6 * g.metrics.ratio;
    QPainterPath shape;
    shape.addRoundedRect(QRectF(g.messageButton).adjusted(half, half, -half, -half), radius, radius);
    if (state.pressed == FramePart::MessageButton)
        p.fillPath(shape, withAlpha(tint.text, 0.24));
    else if (state.hovered == FramePart::MessageButton)
        p.fillPath(shape, withAlpha(tint.text, 0.14));
    p.strokePath(shape, QPen(tint.text, g.metrics.inner));
    p.setRenderHint(QPainter::Antialiasing, false);
    p.setFont(stripFont(g.metrics.ratio, true));
    p.setPen(tint.text);
    const int padding = static_cast<int>(std::lround(4 * g.metrics.ratio));
    p.drawText(g.messageButton, Qt::AlignCenter | Qt::TextSingleLine,
               p.fontMetrics().elidedText(state.message->button, Qt::ElideRight, g.messageButton.width() - padding));
}

void paintStrip(QPainter& p, const FrameGeometry& g, const FrameState& state)
{
    const StripTint tint = tintOf(state);
    const double ratio = g.metrics.ratio;
    p.fillRect(g.strip, tint.ground);
    paintSignature(p, g, state);
    paintText(p, g.name, state.identity.name.left(kNameCharacters), stripFont(ratio, true), tint.text, state.rightToLeft);
    paintText(p, g.level, wordOf(state.identity.level), stripFont(ratio, false), tint.text, state.rightToLeft);
    if (!g.divider.isEmpty())
        p.fillRect(g.divider, withAlpha(tint.text, 0.5));
    if (state.message && !g.message.isNull())
        paintMessage(p, g, state, tint);
    else
        paintText(p, g.title, state.title.left(kTitleCharacters), stripFont(ratio, false), tint.text, state.rightToLeft);
    paintButton(p, g, state, FramePart::Menu, u"more"_s, tint.text);
    paintButton(p, g, state, FramePart::Minimise, u"minimise"_s, tint.text);
    paintButton(p, g, state, FramePart::Maximise, state.placement == Placement::Maximised ? u"restore"_s : u"maximise"_s, tint.text);
    paintButton(p, g, state, FramePart::Close, u"close"_s, tint.text);
}

/// What the strip's picture depends on; the pill and the window's height do not count.
FrameState stripPartOf(FrameState state)
{
    state.pill = {};
    return state;
}

/// Four bars of `width` around the inside of `box`.
void paintOutline(QPainter& p, const QRect& box, int width, const QColor& colour)
{
    p.fillRect(QRect(box.left(), box.top(), box.width(), width), colour);
    p.fillRect(QRect(box.left(), box.bottom() - width + 1, box.width(), width), colour);
    p.fillRect(QRect(box.left(), box.top() + width, width, box.height() - 2 * width), colour);
    p.fillRect(QRect(box.right() - width + 1, box.top() + width, width, box.height() - 2 * width), colour);
}

} // namespace

QColor contentGround(const FrameState& state)
{
    const ColourSet& set = colours(state.identity.colour);
    return state.theme == Theme::Light ? set.unfocusedLight.ground : set.unfocusedDark.ground;
}

void FramePainter::paintBorder(QPainter& p, const FrameGeometry& g, const FrameState& state)
{
    const ColourSet& set = colours(state.identity.colour);
    const FrameMetrics& m = g.metrics;
    const QRect inside = g.whole.marginsRemoved(QMargins(m.key, m.key, m.key, m.key));
    p.save();
    p.setClipRegion(QRegion(g.whole) - g.content, Qt::IntersectClip); // the caller may have a clip of its own
    p.fillRect(g.whole, keyLine());
    if (m.topRadius > 0) {
        QPainterPath shape; // two radii: the top corners are rounder than the foot's
        const double top = m.topRadius - m.key, foot = m.footRadius - m.key;
        const QRectF r(inside);
        shape.moveTo(r.left() + top, r.top());
        shape.lineTo(r.right() - top, r.top());
        shape.arcTo(r.right() - 2 * top, r.top(), 2 * top, 2 * top, 90, -90);
        shape.lineTo(r.right(), r.bottom() - foot);
        shape.arcTo(r.right() - 2 * foot, r.bottom() - 2 * foot, 2 * foot, 2 * foot, 0, -90);
        shape.lineTo(r.left() + foot, r.bottom());
        shape.arcTo(r.left(), r.bottom() - 2 * foot, 2 * foot, 2 * foot, 270, -90);
        shape.lineTo(r.left(), r.top() + top);
        shape.arcTo(r.left(), r.top(), 2 * top, 2 * top, 180, -90);
        p.setRenderHint(QPainter::Antialiasing);
        p.fillPath(shape, set.frame);
        p.setRenderHint(QPainter::Antialiasing, false);
    } else {
        p.fillRect(inside, set.frame);
    }
    if (state.isStronger()) {
        p.setClipRegion(QRegion(inside) - g.content, Qt::IntersectClip);
        paintPattern(p, inside, state.identity.pattern, set.onFrame, m.ratio);
    }
    paintOutline(p, g.content.marginsAdded(QMargins(m.inner, m.inner, m.inner, m.inner)), m.inner, set.onFrame);
    p.restore();
}

const QImage& FramePainter::strip(const FrameGeometry& g, const FrameState& state)
{
    const FrameState wanted = stripPartOf(state);
    if (m_strip.size() == g.strip.size() && m_stripRatio == g.metrics.ratio && m_stripState == wanted)
        return m_strip;
    m_strip = QImage(g.strip.size(), QImage::Format_RGB32);
    m_stripState = wanted;
    m_stripRatio = g.metrics.ratio;
    QPainter p(&m_strip);
    p.translate(-g.strip.topLeft());
    paintStrip(p, g, state);
    return m_strip;
}

void FramePainter::paint(QPainter& p, const FrameGeometry& g, const FrameState& state)
{
    paintBorder(p, g, state);
    if (!g.strip.isEmpty()) {
        p.save();
        // The strip's rounded upper corners follow the border's, and its last row is the inner line over the content's width.
        QPainterPath shape;
        const double radius = std::max(0, g.metrics.topRadius - g.metrics.key);
        shape.addRoundedRect(QRectF(g.strip).adjusted(0, 0, 0, 2 * radius), radius, radius);
        QPainterPath box;
        box.addRect(g.strip);
        const QRect innerRow(g.content.left() - g.metrics.inner, g.content.top() - g.metrics.inner,
                             g.content.width() + 2 * g.metrics.inner, g.metrics.inner);
        const QImage& image = strip(g, state);
        if (radius > 0) {
            // A brush instead of a clip: clip paths are not antialiased.
            QBrush brush(image);
            p.setRenderHint(QPainter::Antialiasing);
            p.setBrushOrigin(g.strip.topLeft());
            p.fillPath(shape.intersected(box), brush);
            p.setRenderHint(QPainter::Antialiasing, false);
        } else {
            p.drawImage(g.strip.topLeft(), image);
        }
        p.fillRect(innerRow, colours(state.identity.colour).onFrame);
        p.restore();
    }
    if (!g.pill.isEmpty())
        paintPill(p, g, state);
}

} // namespace annex::ui
