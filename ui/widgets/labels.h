// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QWidget>

#include "ui/theme/identity.h"
#include "ui/theme/tokens.h"
#include "ui/theme/type.h"

/// Words, icons and swatches that follow the theme while it changes.
namespace annex::ui {

/// Which role of the theme colours something; resolved at the moment of painting.
using ColourRole = QColor Tokens::*;

/// Plain text in a type role and a colour role. Never rich text: some of it is a guest's.
class Label : public QLabel {
    Q_OBJECT
public:
    explicit Label(const QString& text = {}, TypeRole role = TypeRole::Body, ColourRole colour = &Tokens::text, QWidget* parent = nullptr);

    void setColourRole(ColourRole colour);
    /// Wraps; the height follows the width.
    Label* wrapped();
    /// Heavier, in its role's size.
    Label* strong(bool on = true);

protected:
    void changeEvent(QEvent*) override;

private:
    void dress();

    TypeRole m_role;
    ColourRole m_colour;
    bool m_strong = false;
    bool m_dressing = false;
};

/// One line, elided; the whole text is in the tooltip when it does not fit.
class ElidedLabel : public QWidget {
    Q_OBJECT
public:
    explicit ElidedLabel(const QString& text = {}, TypeRole role = TypeRole::Body, ColourRole colour = &Tokens::text, QWidget* parent = nullptr);
    void setText(const QString& text);
    QString text() const { return m_text; }
    void setElide(Qt::TextElideMode mode) { m_elide = mode; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    void noteTip();

    QString m_text;
    TypeRole m_role;
    ColourRole m_colour;
    Qt::TextElideMode m_elide = Qt::ElideRight;
};

/// One of our icons, tinted.
class IconLabel : public QWidget {
    Q_OBJECT
public:
    explicit IconLabel(const QString& name, int edge = 20, ColourRole colour = &Tokens::text2, QWidget* parent = nullptr);
    void setIcon(const QString& name, ColourRole colour);
    QSize sizeHint() const override { return {m_edge, m_edge}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QString m_name;
    int m_edge;
    ColourRole m_colour;
};

class SwatchLabel : public QWidget {
    Q_OBJECT
public:
    explicit SwatchLabel(int edge, QWidget* parent = nullptr);
    void setIdentity(const Identity& identity);
    QSize sizeHint() const override { return {m_edge, m_edge}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    Identity m_identity;
    int m_edge;
};

/// Icon + word(s), side by side: a fact of the header.
class FactLabel : public QWidget {
    Q_OBJECT
public:
    FactLabel(const QString& icon, const QString& text, const QString& explanation, ColourRole iconColour = &Tokens::text2, QWidget* parent = nullptr);
};

/// White card with rounded corners; `rows` lays its children without gaps.
class Card : public QWidget {
    Q_OBJECT
public:
    explicit Card(QWidget* parent = nullptr, ColourRole ground = &Tokens::surface);
    /// A dashed line instead of the plain one.
    void setDashed(bool dashed);

protected:
    void paintEvent(QPaintEvent*) override;

private:
    ColourRole m_ground;
    bool m_dashed = false;
};

/// A 1 px line in the `border` role.
class Divider : public QWidget {
    Q_OBJECT
public:
    explicit Divider(QWidget* parent = nullptr);
    QSize sizeHint() const override { return {1, 1}; }

protected:
    void paintEvent(QPaintEvent*) override;
};

} // namespace annex::ui
