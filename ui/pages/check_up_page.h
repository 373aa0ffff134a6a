// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QElapsedTimer>
#include <QWidget>

#include "ui/services.h"

class QVBoxLayout;

namespace annex::ui {

class Button;
class Card;
class Desk;

/// What the doctor found, in plain words.
class CheckUpPage : public QWidget {
    Q_OBJECT
public:
    explicit CheckUpPage(Desk& desk, QWidget* parent = nullptr);
    void run();

Q_SIGNALS:
    void checked(const annex::ui::CheckUp& result);
    void aboutWanted();

protected:
    void resizeEvent(QResizeEvent*) override;

private:
    void show(const Outcome<CheckUp>& outcome);
    void fillFacts();
    void fillRows();
    void saveReport();

    Desk& m_desk;
    CheckUp m_result;
    QDateTime m_at;
    QElapsedTimer m_clock;
    qint64 m_took_ms = 0;
    QString m_problem;
    QWidget* m_facts;
    QVBoxLayout* m_column;
    Card* m_card = nullptr;
    Button* m_again;
    Button* m_save;
};

} // namespace annex::ui
