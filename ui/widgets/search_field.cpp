// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/search_field.h"

#include <QKeyEvent>
#include <QPainter>

#include "ui/theme/icons.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

namespace {
constexpr int kBefore = 40; // room of the magnifying glass
constexpr int kLongest = 4096; // PATH_MAX: nothing longer can be opened
} // namespace

SearchField::SearchField(const QString& placeholder, const QString& accessibleName, const QString& chord, QWidget* parent)
    : QWidget(parent), m_edit(new QLineEdit(this)), m_keys(chord.split(QLatin1Char('+'), Qt::SkipEmptyParts))
{
    m_edit->setFrame(false);
    m_edit->setPlaceholderText(placeholder);
    m_edit->setAccessibleName(accessibleName);
    m_edit->setMaxLength(kLongest);
    m_edit->installEventFilter(this);
    setFocusProxy(m_edit);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCursor(Qt::IBeamCursor);
    connect(m_edit, &QLineEdit::textChanged, this, &SearchField::textEdited);
    connect(m_edit, &QLineEdit::textChanged, this, [this] { placeEdit(); });
}

QSize SearchField::sizeHint() const
{
    return {320, std::max(metric::kSearchField, QFontMetrics(font()).height() + 14)};
}

int SearchField::keysWidth() const
{
    if (!m_edit->text().isEmpty())
        return 0;
    const QFontMetrics metrics(roleFont(TypeRole::Caption));
    int width = 0;
    for (const QString& key : m_keys)
        width += metrics.horizontalAdvance(key) + 12 + 4;
    return width ? width + 6 : 0;
}

void SearchField::placeEdit()
{
    const QRect area = rect().adjusted(kBefore, 2, -10 - keysWidth(), -2);
    m_edit->setGeometry(QStyle::visualRect(layoutDirection(), rect(), area));
    update();
}

void SearchField::resizeEvent(QResizeEvent*)
{
    placeEdit();
}

void SearchField::mousePressEvent(QMouseEvent*)
{
    m_edit->setFocus(Qt::MouseFocusReason);
}

void SearchField::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Tokens& t = look();
    const bool focused = m_edit->hasFocus();
    paint::box(painter, rect(), metric::kControlRadius, t.surface, focused ? t.ink : t.borderStrong, focused ? 2 : 1);
    const QRect glass = QStyle::visualRect(layoutDirection(), rect(), QRect(12, height() / 2 - 9, 18, 18));
    paintIcon(painter, glass, QStringLiteral("search"), t.text2);
    if (keysWidth() == 0)
        return;
    painter.setFont(roleFont(TypeRole::Caption));
    int at = width() - 10 - keysWidth() + 6;
    for (const QString& key : m_keys) {
        const int wide = painter.fontMetrics().horizontalAdvance(key) + 12;
        const QRect cap = QStyle::visualRect(layoutDirection(), rect(), QRect(at, height() / 2 - 10, wide, 20));
        paint::box(painter, cap, 4, t.window, t.border);
        paint::text(painter, cap, Qt::AlignCenter, key, t.text2, Qt::ElideNone);
        at += wide + 4;
    }
}

bool SearchField::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Down) {
            Q_EMIT downPressed();
            return true;
        }
        if (key->key() == Qt::Key_Escape && !m_edit->text().isEmpty()) {
            m_edit->clear();
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            Q_EMIT accepted(key->modifiers() & Qt::ShiftModifier);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace annex::ui
