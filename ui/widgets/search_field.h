// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLineEdit>
#include <QWidget>

namespace annex::ui {

/// A line to type in, with a magnifying glass before it and the chord that leads here behind it.
class SearchField : public QWidget {
    Q_OBJECT
public:
    /// @param chord  "Ctrl+K", shown as keys; empty: none
    SearchField(const QString& placeholder, const QString& accessibleName, const QString& chord, QWidget* parent = nullptr);

    QLineEdit* edit() const { return m_edit; }
    QString text() const { return m_edit->text(); }
    void clear() { m_edit->clear(); }
    QSize sizeHint() const override;

Q_SIGNALS:
    void downPressed();
    void textEdited(const QString& text);
    void accepted(bool fresh); ///< Enter, or Shift+Enter

protected:
    void paintEvent(QPaintEvent*) override;
    bool eventFilter(QObject*, QEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    int keysWidth() const;
    void placeEdit();

    QLineEdit* m_edit;
    QStringList m_keys;
};

} // namespace annex::ui
