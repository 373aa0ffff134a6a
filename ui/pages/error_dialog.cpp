// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/error_dialog.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {
constexpr int kWidth = 520;
} // namespace

ErrorDialog::ErrorDialog(const ErrorView& view, QWidget* parent) : Dialog(parent), m_report(view.report)
{
    setWindowTitle(tr("Annex"));
    setAccessibleName(view.title);
    setAccessibleDescription(view.why);
    setMinimumWidth(kWidth);
    setMaximumWidth(kWidth * 3 / 2);

    auto* title = new Label(view.title, TypeRole::DialogTitle, &Tokens::text, this);
    title->wrapped();
    auto* why = new Label(view.why, TypeRole::Body, &Tokens::text, this);
    why->wrapped();
    auto* words = new QVBoxLayout;
    words->setSpacing(6);
    words->addWidget(title);
    words->addWidget(why);
    auto* head = new QHBoxLayout;
    head->setSpacing(16);
    head->addWidget(new IconLabel(QStringLiteral("error"), 32, &Tokens::danger, this), 0, Qt::AlignTop);
    head->addLayout(words, 1);

    m_details = new Card(this, &Tokens::window);
    auto* detailsLayout = new QVBoxLayout(m_details);
    detailsLayout->setContentsMargins(16, 12, 16, 12);
    auto* detailText = new Label(view.details, TypeRole::Caption, &Tokens::text2, m_details);
    detailText->wrapped();
    detailText->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    detailsLayout->addWidget(detailText);
    m_details->setVisible(false);

    auto* details = new Button(tr("Details"), Button::Kind::Link, this);
    details->setCheckable(true);
    connect(details, &Button::toggled, this, &ErrorDialog::showDetails);
    auto* copy = new Button(tr("Copy report"), Button::Kind::Plain, this);
    copy->setIconName(QStringLiteral("copy"));
    connect(copy, &Button::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_report); });
    auto* close = new Button(tr("Close"), Button::Kind::Plain, this);
    connect(close, &Button::clicked, this, &QDialog::reject);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(metric::kGap);
    foot->addWidget(details);
    foot->addSpacing(8);
    foot->addWidget(new Label(view.id, TypeRole::Caption, &Tokens::text2, this));
    foot->addStretch(1);
    foot->addWidget(copy);
    foot->addWidget(close);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 20);
    column->setSpacing(16);
    column->addLayout(head);
    if (!view.rows.isEmpty()) {
        auto* heading = new Label(tr("What you can do"), TypeRole::Strong, &Tokens::text, this);
        column->addWidget(heading);
        column->addWidget(makeRows(view.rows));
    }
    column->addWidget(m_details);
    column->addLayout(foot);
    if (!focusWidget())
        close->setFocus();
}

QWidget* ErrorDialog::makeRows(const QVector<ErrorRow>& rows)
{
    auto* card = new Card(this, &Tokens::window);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    bool best = true;
    for (const ErrorRow& row : rows) {
        if (column->count() > 0)
            column->addWidget(new Divider(card));
        auto* line = new QHBoxLayout;
        line->setContentsMargins(15, 12, 15, 12);
        line->setSpacing(16);
        auto* words = new QVBoxLayout;
        words->setSpacing(2);
        auto* title = new Label(row.title, row.button.isEmpty() ? TypeRole::Body : TypeRole::Strong, &Tokens::text, card);
        title->wrapped();
        words->addWidget(title);
        if (!row.explanation.isEmpty()) {
            auto* text = new Label(row.explanation, TypeRole::Body, &Tokens::text2, card);
            text->wrapped();
            words->addWidget(text);
        }
        line->addLayout(words, 1);
        if (!row.button.isEmpty()) {
            auto* button = new Button(row.button, best ? Button::Kind::Filled : Button::Kind::Plain, card);
            line->addWidget(button, 0, Qt::AlignVCenter);
            button->setAccessibleDescription(row.title);
            connect(button, &Button::clicked, this, [this, row] {
                if (row.action == ErrorAction::CopyReport) {
                    QGuiApplication::clipboard()->setText(m_report);
                    return;
                }
                Q_EMIT wanted(row.action, row.argument);
                accept();
            });
            if (best) {
                button->setDefault(true);
                button->setFocus();
            }
            best = false;
        }
        column->addLayout(line);
    }
    return card;
}

void ErrorDialog::showDetails(bool shown)
{
    m_details->setVisible(shown);
    adjustSize();
}

void ErrorDialog::showEvent(QShowEvent* event)
{
    QDialog::showEvent(event);
    QAccessibleEvent spoken(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&spoken);
}

} // namespace annex::ui
