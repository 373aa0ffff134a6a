// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include <QVector>
#include <QWidget>

namespace annex::ui {

class Button;
class IconLabel;
class Label;

/// A standing fact. The gravest of those present is shown; closing one hides it for this run.
struct Notice {
    enum class Weight { Info, Warning, Danger }; ///< in rising order
    QString id;
    Weight weight = Weight::Info;
    QString text;
    QString button = {}; ///< empty: none
    std::function<void()> act = {};
    std::function<void()> closed = {}; ///< told when the person closes it
    bool closable = true;
};

/// The notices of a page by priority: a value, no widget.
class Notices {
public:
    void set(Notice notice);
    void clear(const QString& id);
    void close(const QString& id); ///< the person does not want to see it again now
    std::optional<Notice> top() const;

private:
    QVector<Notice> m_notices;
    QStringList m_closed;
};

/// One notice under the tabs: sign, one sentence, one button, ×.
class InfoBar : public QWidget {
    Q_OBJECT
public:
    explicit InfoBar(QWidget* parent = nullptr);
    void show(Notice notice);
    void clear(const QString& id);

protected:
    void paintEvent(QPaintEvent*) override;

private:
    void refresh();

    Notices m_notices;
    std::optional<Notice> m_shown;
    IconLabel* m_icon;
    Label* m_text;
    Button* m_button;
    Button* m_close;
};

} // namespace annex::ui
