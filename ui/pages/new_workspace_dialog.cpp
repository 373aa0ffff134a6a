// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/new_workspace_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QPointer>
#include <QVBoxLayout>

#include "ui/pages/desk.h"
#include "ui/presenters/settings_presenter.h"
#include "ui/presenters/workspace_presenter.h"
#include "ui/theme/swatch.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {

constexpr int kWidth = 480;
constexpr int kLongestName = 40; // the broker's own limit

/// The first colour that no workspace has, else the first.
int freeColour(const QVector<Workspace>& workspaces)
{
    for (int at = 0; at < kColourCount; ++at) {
        const auto taken = std::any_of(workspaces.begin(), workspaces.end(), [&](const Workspace& one) { return int(one.colour) == at; });
        if (!taken)
            return at;
    }
    return 0;
}

/// The colour's own pattern, or the next that no workspace of this colour has.
Pattern freePattern(Colour colour, const QVector<Workspace>& workspaces)
{
    for (int step = 0; step < kPatternCount; ++step) {
        const auto pattern = Pattern((int(patternOf(colour)) + step) % kPatternCount);
        const auto taken = std::any_of(workspaces.begin(), workspaces.end(),
                                       [&](const Workspace& one) { return one.colour == colour && one.pattern == pattern; });
        if (!taken)
            return pattern;
    }
    return patternOf(colour);
}

} // namespace

NewWorkspaceDialog::NewWorkspaceDialog(Desk& desk, QWidget* parent)
    : Dialog(parent), m_desk(desk), m_name(new QLineEdit(this)), m_colour(new QComboBox(this)), m_swatch(new SwatchLabel(48, this)),
      m_problem(new Label({}, TypeRole::Body, &Tokens::danger, this)), m_create(new Button(tr("Create"), Button::Kind::Filled, this))
{
    setWindowTitle(tr("New workspace"));
    setFixedWidth(kWidth);
    const QVector<Workspace> all = desk.services().workspaces.workspaces();
    m_name->setMaxLength(kLongestName);
    m_name->setText(WorkspacePresenter::freeName(all));
    m_name->setAccessibleName(tr("Name"));
    m_colour->setAccessibleName(tr("Colour"));
    for (int at = 0; at < kColourCount; ++at) {
        Identity sample;
        sample.name = m_name->text();
        sample.colour = Colour(at);
        sample.pattern = freePattern(Colour(at), all);
        m_colour->addItem(QIcon(QPixmap::fromImage(swatchImage(sample, 18, devicePixelRatioF()))), SettingsPresenter::colourName(Colour(at)), at);
    }
    m_colour->setCurrentIndex(freeColour(all));
    m_problem->wrapped();
    m_problem->setVisible(false);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(12);
    const auto row = [&](int line, const QString& words, QWidget* field) {
        auto* label = new Label(words, TypeRole::Body, &Tokens::text2, this);
        label->setBuddy(field);
        grid->addWidget(label, line, 0);
        grid->addWidget(field, line, 1);
    };
    row(0, tr("Name"), m_name);
    auto* profile = new Label(tr("Quarantine, for files and programs you do not trust"), TypeRole::Body, &Tokens::text, this);
    profile->wrapped();
    row(1, tr("Profile"), profile);
    row(2, tr("Colour"), m_colour);
    grid->setColumnStretch(1, 1);

    auto* head = new QHBoxLayout;
    head->setSpacing(16);
    head->addWidget(m_swatch);
    head->addWidget(new Label(tr("New workspace"), TypeRole::DialogTitle, &Tokens::text, this), 1);

    auto* buttons = new QDialogButtonBox(this);
    auto* cancel = new Button(tr("Cancel"), Button::Kind::Plain, this);
    buttons->addButton(cancel, QDialogButtonBox::RejectRole);
    buttons->addButton(m_create, QDialogButtonBox::AcceptRole);
    connect(buttons, &QDialogButtonBox::accepted, this, &NewWorkspaceDialog::create);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_name, &QLineEdit::textChanged, this, &NewWorkspaceDialog::refresh);
    connect(m_colour, &QComboBox::currentIndexChanged, this, &NewWorkspaceDialog::refresh);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 20);
    column->setSpacing(20);
    column->addLayout(head);
    column->addLayout(grid);
    column->addWidget(m_problem);
    column->addWidget(buttons);
    m_create->setDefault(true);
    m_create->setFocus();
    refresh();
}

void NewWorkspaceDialog::refresh()
{
    Identity identity;
    identity.name = m_name->text();
    identity.colour = Colour(m_colour->currentData().toInt());
    identity.pattern = freePattern(identity.colour, m_desk.services().workspaces.workspaces());
    m_swatch->setIdentity(identity);
    m_create->setEnabled(!m_name->text().trimmed().isEmpty());
    m_problem->setVisible(false);
}

void NewWorkspaceDialog::create()
{
    NewWorkspace wish;
    wish.name = m_name->text().trimmed();
    wish.profile = QStringLiteral("quarantine");
    wish.colour = Colour(m_colour->currentData().toInt());
    wish.pattern = freePattern(wish.colour, m_desk.services().workspaces.workspaces());
    m_create->setEnabled(false);
    m_desk.services().workspaces.create(wish, [self = QPointer<NewWorkspaceDialog>(this)](const Outcome<Workspace>& outcome) {
        if (!self)
            return;
        if (outcome) {
            Q_EMIT self->created(*outcome);
            self->accept();
            return;
        }
        self->m_create->setEnabled(true);
        self->m_problem->setText(outcome.error().why.isEmpty() ? outcome.error().title : outcome.error().why);
        self->m_problem->setVisible(true);
    });
}

} // namespace annex::ui
