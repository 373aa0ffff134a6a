// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/presenters/error_presenter.h"
#include "ui/widgets/controls.h"

namespace annex::ui {

/// What failed · why · what you can do. Details with the id behind a disclosure.
class ErrorDialog : public Dialog {
    Q_OBJECT
public:
    explicit ErrorDialog(const ErrorView& view, QWidget* parent = nullptr);
    void showDetails(bool shown);

Q_SIGNALS:
    void wanted(annex::ui::ErrorAction action, const QString& argument);

protected:
    void showEvent(QShowEvent*) override;

private:
    QWidget* makeRows(const QVector<ErrorRow>& rows);

    QString m_report;
    QWidget* m_details = nullptr;
};

} // namespace annex::ui
