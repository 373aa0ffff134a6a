// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>
#include <QCheckBox>
#include <QDialog>
#include <QPushButton>
#include <QTabBar>

class QVariantAnimation;

namespace annex::ui {

/// A dialog on the `raised` role.
class Dialog : public QDialog {
    Q_OBJECT
public:
    using QDialog::QDialog;

protected:
    void paintEvent(QPaintEvent*) override;
};

/// A button whose icon is one of ours, tinted by the theme at the moment of painting.
class Button : public QPushButton {
    Q_OBJECT
public:
    enum class Kind {
        Plain,  ///< outlined
        Filled, ///< the best action; a dialog's default button looks the same
        Flat,   ///< no ground until hovered: "Most used ▾", close marks
        Link,   ///< underlined words
        Chip,   ///< round, checkable
        Row,    ///< a line of the sidebar: icon, words, note at the end
    };
    explicit Button(const QString& text, Kind kind = Kind::Plain, QWidget* parent = nullptr);
    Button(const QString& iconName, const QString& accessibleName, QWidget* parent); ///< icon only, flat

    Kind kind() const { return m_kind; }
    void setKind(Kind kind);
    QString iconName() const { return m_icon; }
    void setIconName(const QString& name);
    /// Of Kind::Row: a word at the end with its own small sign ("All good").
    void setNote(const QString& text, const QString& icon, const QColor& (*colour)());
    QString note() const { return m_note; }
    QString noteIcon() const { return m_noteIcon; }
    QColor noteColour() const;
    /// True draws a chevron after the words.
    void setOpensMenu(bool opens);
    bool opensMenu() const { return m_opensMenu; }
    bool isIconOnly() const { return text().isEmpty(); }
    /// Of Kind::Row in the narrow sidebar.
    void setCollapsed(bool collapsed);
    bool isCollapsed() const { return m_collapsed; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent*) override;

private:
    Kind m_kind;
    QString m_icon;
    QString m_note;
    QString m_noteIcon;
    const QColor& (*m_noteColour)() = nullptr;
    bool m_opensMenu = false;
    bool m_collapsed = false;
};

/// On or off, with its word before it. A locked switch keeps its place in the tab order; a press on it asks why instead of doing nothing.
class Switch : public QCheckBox {
    Q_OBJECT
public:
    explicit Switch(QWidget* parent = nullptr);

    void setLocked(bool locked);
    bool isLocked() const { return m_locked; }
    double position() const { return m_position; }
    /// Without animation and without a signal: what the broker says.
    void setOn(bool on);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void flipped(bool on);
    void askedWhy();

protected:
    void nextCheckState() override;
    void checkStateSet() override;
    bool hitButton(const QPoint&) const override;

private:
    void slide();

    bool m_locked = false;
    double m_position = 0;
    QVariantAnimation* m_animation;
};

/// Tabs as words with an ink line under the chosen one.
class PageTabs : public QTabBar {
    Q_OBJECT
public:
    explicit PageTabs(QWidget* parent = nullptr);

protected:
    QSize tabSizeHint(int index) const override;
    QSize minimumTabSizeHint(int index) const override { return tabSizeHint(index); }
    void paintEvent(QPaintEvent*) override;
};

} // namespace annex::ui
