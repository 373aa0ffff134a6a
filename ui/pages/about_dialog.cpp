// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/about_dialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPointer>
#include <QVBoxLayout>

#include "ui/pages/desk.h"
#include "ui/presenters/about_presenter.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {
constexpr int kWidth = 440;
} // namespace

AboutDialog::AboutDialog(Desk& desk, QWidget* parent) : Dialog(parent)
{
    setWindowTitle(tr("About Annex"));
    setMinimumWidth(kWidth);
    auto* title = new Label(tr("Annex"), TypeRole::DialogTitle, &Tokens::text, this);
    auto* text = new Label({}, TypeRole::Body, &Tokens::text2, this);
    text->wrapped();
    text->setAccessibleName(tr("Version, engines and policy"));
    text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* head = new QHBoxLayout;
    head->setSpacing(16);
    head->addWidget(new IconLabel(QStringLiteral("annex"), 48, &Tokens::ink, this), 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(6);
    words->addWidget(title);
    words->addWidget(text);
    head->addLayout(words, 1);
    auto* copy = new Button(tr("Copy version details"), Button::Kind::Plain, this);
    copy->setIconName(QStringLiteral("copy"));
    connect(copy, &Button::clicked, this, [text] { QGuiApplication::clipboard()->setText(QStringLiteral("Annex\n") + text->text()); });
    auto* close = new Button(tr("Close"), Button::Kind::Plain, this);
    connect(close, &Button::clicked, this, &QDialog::accept);
    auto* foot = new QHBoxLayout;
    foot->addWidget(copy);
    foot->addStretch(1);
    foot->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 20);
    column->setSpacing(20);
    column->addLayout(head);
    column->addLayout(foot);
    close->setDefault(true);

    // Each answer fills in its own lines; what is not known yet is not shown.
    auto state = std::make_shared<AboutFacts>();
    const QPointer<AboutDialog> self(this);
    const auto refresh = [self, text, title, state] {
        if (!self)
            return;
        title->setText(AboutPresenter::title(*state));
        text->setText(AboutPresenter::lines(*state).join(QLatin1Char('\n')));
        self->adjustSize();
    };
    desk.services().system.version([state, refresh](const Outcome<VersionInfo>& version) {
        if (version)
            state->version = *version;
        refresh();
    });
    desk.services().policy.state([state, refresh](const Outcome<PolicyState>& policy) {
        if (policy)
            state->policy = *policy;
        refresh();
    });
}

} // namespace annex::ui
