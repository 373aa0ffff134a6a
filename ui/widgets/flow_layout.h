// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLayout>
#include <QVector>

namespace annex::ui {

/// Places items in reading order and breaks lines like text; mirrors in right-to-left.
class FlowLayout : public QLayout {
    Q_OBJECT
public:
    explicit FlowLayout(int gap, int lineGap, QWidget* parent = nullptr);
    ~FlowLayout() override;

    void addItem(QLayoutItem*) override;
    int count() const override { return int(m_items.size()); }
    QLayoutItem* itemAt(int index) const override { return m_items.value(index); }
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return place(QRect(0, 0, width, 0), false); }
    void setGeometry(const QRect&) override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;

private:
    int place(const QRect& area, bool really) const;

    QVector<QLayoutItem*> m_items;
    int m_gap;
    int m_lineGap;
};

} // namespace annex::ui
