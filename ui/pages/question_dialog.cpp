// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/question_dialog.h"

#include <QAccessible>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QPushButton>

#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {
constexpr int kWidth = 448;
} // namespace

QuestionDialog::QuestionDialog(const Question& question, const Identity& identity, QWidget* parent) : Dialog(parent)
{
    setWindowTitle(tr("Annex"));
    setAccessibleName(question.title);
    setAccessibleDescription(question.text);
    auto* swatch = new SwatchLabel(48, this);
    swatch->setIdentity(identity);
    auto* title = new Label(question.title, TypeRole::DialogTitle, &Tokens::text, this);
    title->wrapped();
    auto* text = new Label(question.text, TypeRole::Body, &Tokens::text2, this);
    text->wrapped();
    auto* words = new QVBoxLayout;
    words->setSpacing(6);
    words->addWidget(title);
    words->addWidget(text);
    auto* head = new QHBoxLayout;
    head->setSpacing(16);
    head->addWidget(swatch, 0, Qt::AlignTop);
    head->addLayout(words, 1);

    auto* buttons = new QDialogButtonBox(this);
    auto* keep = new Button(question.keep, Button::Kind::Filled, this);
    auto* confirm = new Button(question.confirm, Button::Kind::Plain, this);
    buttons->addButton(keep, QDialogButtonBox::RejectRole);
    buttons->addButton(confirm, QDialogButtonBox::AcceptRole);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    keep->setDefault(true);
    keep->setFocus();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 20);
    column->setSpacing(20);
    column->addLayout(head);
    column->addWidget(buttons);
    setMinimumWidth(kWidth);
    setMaximumWidth(kWidth * 3 / 2);
}

QuestionDialog* QuestionDialog::ask(const Question& question, const Identity& identity, QWidget* parent, QObject* context,
                                    std::function<void()> confirmed)
{
    auto* dialog = new QuestionDialog(question, identity, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, context, std::move(confirmed));
    if (parent)
        dialog->open();
    else
        dialog->show();
    QAccessibleEvent spoken(dialog, QAccessible::Alert);
    QAccessible::updateAccessibility(&spoken);
    return dialog;
}

} // namespace annex::ui
