// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/sidebar.h"

#include <QAccessible>
#include <QFontInfo>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/pages/sidebar_model.h"
#include "ui/presenters/checkup_presenter.h"
#include "ui/presenters/words.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {

constexpr int kWide = 256;
constexpr int kNarrow = 64;
constexpr int kWidest = 400;
constexpr int kUsualText_px = 14;

const QColor& okColour() { return look().ok; }
const QColor& warnColour() { return look().warn; }
const QColor& dangerColour() { return look().danger; }

} // namespace

Sidebar::Sidebar(QWidget* parent)
    : QWidget(parent), m_model(new SidebarModel(this)), m_delegate(new SidebarDelegate(this)), m_list(new QListView(this)),
      m_heading(new Label(tr("Workspaces"), TypeRole::Caption, &Tokens::text2, this)), m_new(new Button(tr("New workspace"), Button::Kind::Row, this)),
      m_checkUp(new Button(tr("Check-up"), Button::Kind::Row, this)), m_managed(new Button(QString(), Button::Kind::Row, this)), m_divider(new Divider(this))
{
    m_heading->strong();
    m_list->setModel(m_model);
    m_list->setItemDelegate(m_delegate);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->viewport()->setAutoFillBackground(false);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setAccessibleName(tr("Workspaces"));
    m_list->installEventFilter(this);
    m_new->setIconName(QStringLiteral("plus"));
    m_checkUp->setIconName(QStringLiteral("check-up"));
    m_checkUp->setCheckable(true);
    m_managed->setIconName(QStringLiteral("organisation"));
    m_managed->setVisible(false);
    m_divider->setVisible(false);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 16, 12, 8);
    column->setSpacing(2);
    column->addWidget(m_heading);
    m_heading->setContentsMargins(8, 0, 8, 4);
    column->addWidget(m_list, 1000); // as high as its rows at most; the rest is left to the space below
    column->addWidget(m_new);
    column->addStretch(1);
    column->addWidget(m_checkUp);
    column->addSpacing(4);
    column->addWidget(m_divider);
    column->addWidget(m_managed);
    setNarrow(false);

    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
        if (index.isValid() && !m_quiet)
            Q_EMIT chosen(m_model->at(index.row()).id);
    });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) { Q_EMIT chosen(m_model->at(index.row()).id); });
    connect(m_list, &QListView::doubleClicked, this, [this](const QModelIndex& index) { Q_EMIT activated(m_model->at(index.row()).id); });
    connect(m_list, &QListView::customContextMenuRequested, this, [this](const QPoint& position) {
        const QModelIndex index = m_list->indexAt(position);
        if (index.isValid())
            Q_EMIT menuWanted(m_model->at(index.row()).id, m_list->viewport()->mapToGlobal(position));
    });
    connect(m_new, &Button::clicked, this, &Sidebar::newWanted);
    connect(m_checkUp, &Button::clicked, this, &Sidebar::checkUpWanted);
    connect(m_managed, &Button::clicked, this, &Sidebar::managedWanted);
}

void Sidebar::setWorkspaces(const QVector<Workspace>& workspaces)
{
    const QString kept = selected();
    m_quiet = true;
    m_model->setRows(WorkspacePresenter::rows(workspaces));
    m_quiet = false;
    fitList();
    select(kept);
}

void Sidebar::fitList()
{
    // The list is as high as its rows, and scrolls once the window has no room left for them.
    int height = 0;
    for (int row = 0; row < m_model->rowCount(); ++row)
        height += m_list->sizeHintForRow(row);
    m_list->setMaximumHeight(std::max(height + 2, 0));
    m_list->setMinimumHeight(std::min(height + 2, 2 * metric::kListRow));
}

void Sidebar::select(const QString& id)
{
    const int row = m_model->rowOf(id);
    m_quiet = true;
    if (row < 0)
        m_list->clearSelection();
    else
        m_list->setCurrentIndex(m_model->index(row));
    m_quiet = false;
}

QString Sidebar::selected() const
{
    const QModelIndex index = m_list->currentIndex();
    return index.isValid() && index.row() < m_model->rowCount() ? m_model->at(index.row()).id : QString();
}

void Sidebar::selectNext(int step)
{
    const int rows = m_model->rowCount();
    if (rows == 0)
        return;
    const int row = (std::max(0, m_list->currentIndex().row()) + step + rows) % rows;
    m_list->setCurrentIndex(m_model->index(row));
}

void Sidebar::setCheckUp(const CheckUp& result)
{
    const auto colour = result.verdict == CheckState::Fine ? okColour : result.verdict == CheckState::Look ? warnColour : dangerColour;
    m_checkUp->setNote(CheckUpPresenter::shortWord(result), Words::checkIcon(result.verdict), colour);
    m_checkUp->setAccessibleName(tr("Check-up, %1", "spoken, with the result").arg(CheckUpPresenter::shortWord(result)));
}

void Sidebar::setManaged(const PolicyState& state)
{
    const QString words = state.organisation.isEmpty() ? tr("Managed by your organisation") : tr("Managed by %1").arg(state.organisation);
    m_managed->setText(words);
    m_managed->setAccessibleName(words);
    m_managed->setVisible(state.managed);
    m_divider->setVisible(state.managed);
}

void Sidebar::showCheckUpChosen(bool isChosen)
{
    m_checkUp->setChecked(isChosen);
    if (isChosen)
        m_list->clearSelection();
}

void Sidebar::setNarrow(bool narrow)
{
    // Larger text of the system gets more room, up to half as much again.
    const int wide = std::min(kWidest, kWide * QFontInfo(font()).pixelSize() / kUsualText_px);
    setFixedWidth(narrow ? kNarrow : std::max(kWide, wide));
    m_delegate->setNarrow(narrow);
    m_heading->setVisible(!narrow);
    for (Button* button : {m_new, m_checkUp, m_managed})
        button->setCollapsed(narrow);
    m_list->doItemsLayout();
}

void Sidebar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), look().sidebar);
    if (look().sidebar == look().window) // high contrast: a line instead of a ground
        painter.fillRect(layoutDirection() == Qt::RightToLeft ? QRect(0, 0, 1, height()) : QRect(width() - 1, 0, 1, height()), look().border);
}

bool Sidebar::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_list && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const QString id = selected();
        if (!id.isEmpty() && (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)) {
            Q_EMIT activated(id);
            return true;
        }
        if (!id.isEmpty() && key->key() == Qt::Key_Delete) {
            Q_EMIT removeWanted(id);
            return true;
        }
        if (!id.isEmpty() && key->key() == Qt::Key_Menu) {
            const QRect row = m_list->visualRect(m_list->currentIndex());
            Q_EMIT menuWanted(id, m_list->viewport()->mapToGlobal(row.center()));
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace annex::ui
