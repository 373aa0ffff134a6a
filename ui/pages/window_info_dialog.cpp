// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/window_info_dialog.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {
constexpr int kWidth = 440;
} // namespace

WindowInfoDialog::WindowInfoDialog(const WindowFacts& facts, QWidget* parent) : Dialog(parent)
{
    setWindowTitle(tr("What is this window?"));
    setMinimumWidth(kWidth);
    setAccessibleName(AboutPresenter::windowTitle(facts));
    auto* swatch = new SwatchLabel(48, this);
    swatch->setIdentity(identityOf(facts.workspace));
    auto* words = new QVBoxLayout;
    words->setSpacing(6);
    auto* title = new Label(AboutPresenter::windowTitle(facts), TypeRole::DialogTitle, &Tokens::text, this);
    title->wrapped();
    words->addWidget(title);
    for (const QString& line : AboutPresenter::windowLines(facts)) {
        auto* label = new Label(line, TypeRole::Body, &Tokens::text2, this);
        label->wrapped();
        words->addWidget(label);
    }
    auto* head = new QHBoxLayout;
    head->setSpacing(16);
    head->addWidget(swatch, 0, Qt::AlignTop);
    head->addLayout(words, 1);
    auto* close = new Button(tr("Close"), Button::Kind::Plain, this);
    connect(close, &Button::clicked, this, &QDialog::accept);
    close->setDefault(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 20);
    column->setSpacing(20);
    column->addLayout(head);
    column->addWidget(close, 0, Qt::AlignRight);
}

} // namespace annex::ui
