// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/apps_page.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QPointer>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/pages/app_models.h"
#include "ui/pages/desk.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/search_field.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

namespace {

constexpr int kTileWidth = 128;  // about this wide; six in the window's first size
constexpr int kTileHeight = 108;
constexpr int kCardHeight = 64;  // with its gap
constexpr int kOneColumnUnder = 520; // open-now cards stand one below the other
constexpr int kNoDropLineUnder = 420;
constexpr int kLoadingTiles = 12;
constexpr int kLoadingAfter_ms = 300; // a list that comes sooner shows no placeholder

QListView* makeList(QWidget* parent, const QString& name)
{
    auto* list = new QListView(parent);
    list->setViewMode(QListView::IconMode);
    list->setMovement(QListView::Static);
    list->setResizeMode(QListView::Adjust);
    list->setFrameShape(QFrame::NoFrame);
    list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setMouseTracking(true);
    list->viewport()->setAutoFillBackground(false);
    list->setContextMenuPolicy(Qt::CustomContextMenu);
    list->setUniformItemSizes(true);
    list->setSelectionMode(QAbstractItemView::SingleSelection);
    list->setAccessibleName(name);
    return list;
}

QWidget* makeHead(QWidget* parent, const QString& title, Label*& count, QWidget* end)
{
    auto* head = new QWidget(parent);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(new Label(title, TypeRole::Strong, &Tokens::text, head));
    count = new Label(QString(), TypeRole::Caption, &Tokens::text2, head);
    row->addWidget(count);
    row->addStretch(1);
    if (end)
        row->addWidget(end);
    return head;
}

} // namespace

AppsPage::AppsPage(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_order(desk.state().appsByName() ? AppOrder::ByName : AppOrder::MostUsed),
      m_field(new SearchField(AppsPresenter::placeholder(), tr("Search or open"), tr("Ctrl+K", "shown as keys"), this)),
      m_openFile(new Button(tr("Open a file…"), Button::Kind::Plain, this)), m_resultRow(new Card(this)), m_resultText(nullptr), m_firstRun(nullptr),
      m_openHead(nullptr), m_openCount(nullptr), m_openList(makeList(this, tr("Open now"))), m_openModel(new OpenNowModel(this)), m_cardDelegate(new OpenCardDelegate(this)), m_gridHead(nullptr),
      m_gridCount(nullptr), m_orderButton(new Button(QString(), Button::Kind::Flat, this)), m_grid(makeList(this, AppsPresenter::gridName(0))),
      m_gridModel(new AppGridModel(this)), m_tileDelegate(new AppTileDelegate(this)), m_empty(new QWidget(this)), m_drop(new Card(this)),
      m_dropText(new Label({}, TypeRole::Body, &Tokens::text2, this)), m_scroll(new QScrollArea(this))
{
    m_openFile->setIconName(QStringLiteral("file-in"));
    m_openFile->setMinimumHeight(m_field->sizeHint().height());
    m_orderButton->setOpensMenu(true);
    m_orderButton->setText(AppsPresenter::orderName(m_order));
    m_orderButton->setFont(roleFont(TypeRole::Caption));
    m_orderButton->setAccessibleDescription(tr("Order of the apps"));

    auto* resultLayout = new QHBoxLayout(m_resultRow);
    resultLayout->setContentsMargins(14, 8, 14, 8);
    m_resultText = new Label({}, TypeRole::Body, &Tokens::text, m_resultRow);
    m_resultText->wrapped();
    resultLayout->addWidget(new IconLabel(QStringLiteral("chevron-end"), 16, &Tokens::text2, m_resultRow));
    resultLayout->addWidget(m_resultText, 1);
    m_resultRow->setVisible(false);

    m_openList->setModel(m_openModel);
    m_openList->setItemDelegate(m_cardDelegate);
    m_grid->setModel(m_gridModel);
    m_grid->setItemDelegate(m_tileDelegate);
    m_openList->installEventFilter(this);
    m_grid->installEventFilter(this);
    m_scroll->viewport()->installEventFilter(this);

    auto* emptyLayout = new QVBoxLayout(m_empty);
    emptyLayout->addStretch();
    auto* emptyText = new Label(AppsPresenter::emptyLine(), TypeRole::Body, &Tokens::text2, m_empty);
    emptyLayout->addWidget(emptyText, 0, Qt::AlignHCenter);
    auto* emptyButton = new Button(tr("Check-up"), Button::Kind::Plain, m_empty);
    emptyLayout->addWidget(emptyButton, 0, Qt::AlignHCenter);
    emptyLayout->addStretch();
    m_empty->setVisible(false);

    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    buildFirstRun();
    if (m_firstRun)
        column->addWidget(m_firstRun);
    m_openHead = makeHead(content, tr("Open now"), m_openCount, nullptr);
    column->addWidget(m_openHead);
    column->addWidget(m_openList);
    m_gridHead = makeHead(content, tr("Apps"), m_gridCount, m_orderButton);
    column->addSpacing(4);
    column->addWidget(m_gridHead);
    column->addWidget(m_grid);
    column->addWidget(m_empty);
    column->addStretch(1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);

    m_drop->setDashed(true);
    auto* dropLayout = new QHBoxLayout(m_drop);
    dropLayout->setContentsMargins(16, 10, 16, 10);
    dropLayout->setSpacing(10);
    m_dropText->wrapped();
    dropLayout->addStretch(1);
    dropLayout->addWidget(new IconLabel(QStringLiteral("file-in"), 20, &Tokens::text2, m_drop));
    dropLayout->addWidget(m_dropText);
    dropLayout->addStretch(1);

    auto* fieldRow = new QHBoxLayout;
    fieldRow->setSpacing(metric::kGap);
    fieldRow->addWidget(m_field, 1);
    fieldRow->addWidget(m_openFile);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(12);
    outer->addLayout(fieldRow);
    outer->addWidget(m_resultRow);
    outer->addWidget(m_scroll, 1);
    outer->addWidget(m_drop);

    // Tab order is reading order, whatever was made first.
    setTabOrder(m_field->edit(), m_openFile);
    QWidget* before = m_openFile;
    if (m_firstRun) {
        setTabOrder(before, m_firstRun->findChild<Button*>());
        before = m_firstRun->findChild<Button*>();
    }
    setTabOrder(before, m_openList);
    setTabOrder(m_openList, m_orderButton);
    setTabOrder(m_orderButton, m_grid);

    connect(emptyButton, &Button::clicked, this, &AppsPage::checkUpWanted);
    connect(m_openFile, &Button::clicked, this, [this] { m_desk.chooseFile(m_workspace.id, window()); });
    connect(m_field, &SearchField::textEdited, this, [this] { refresh(); });
    connect(m_field, &SearchField::accepted, this, &AppsPage::acceptField);
    connect(m_field, &SearchField::downPressed, this, [this] {
        m_grid->setFocus(Qt::TabFocusReason);
        if (m_gridModel->rowCount() > 0)
            m_grid->setCurrentIndex(m_gridModel->index(0));
    });
    connect(m_grid, &QListView::clicked, this, [this](const QModelIndex& index) { openTile(index, false); });
    connect(m_grid, &QListView::customContextMenuRequested, this, [this](const QPoint& position) {
        const QModelIndex index = m_grid->indexAt(position);
        if (index.isValid())
            tileMenu(index, m_grid->viewport()->mapToGlobal(position));
    });
    connect(m_openList, &QListView::clicked, this, &AppsPage::showCard);
    connect(m_cardDelegate, &OpenCardDelegate::closeWanted, this, &AppsPage::closeCard);
    connect(m_orderButton, &Button::clicked, this, [this] {
        QMenu menu(this);
        for (const AppOrder order : {AppOrder::MostUsed, AppOrder::ByName}) {
            QAction* action = menu.addAction(AppsPresenter::orderName(order));
            action->setCheckable(true);
            action->setChecked(order == m_order);
            connect(action, &QAction::triggered, this, [this, order] {
                m_order = order;
                m_desk.state().setAppsByName(order == AppOrder::ByName);
                m_orderButton->setText(AppsPresenter::orderName(order));
                refresh();
            });
        }
        menu.exec(m_orderButton->mapToGlobal(QPoint(0, m_orderButton->height())));
    });
    connect(&m_desk, &Desk::usesChanged, this, [this] {
        if (m_order == AppOrder::MostUsed && m_field->text().isEmpty() && !m_grid->underMouse())
            refresh(); // never under the pointer: the next click would open something else
    });
}

void AppsPage::buildFirstRun()
{
    if (m_desk.state().isDismissed(QStringLiteral("first-run")))
        return;
    m_firstRun = new Card(this);
    auto* row = new QHBoxLayout(m_firstRun);
    row->setContentsMargins(16, 12, 16, 12);
    row->setSpacing(16);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(new Label(AppsPresenter::firstRunTitle(), TypeRole::Strong, &Tokens::text, m_firstRun));
    auto* text = new Label(AppsPresenter::firstRunText(Colour::Amber, Pattern::Dots), TypeRole::Body, &Tokens::text2, m_firstRun);
    text->wrapped();
    words->addWidget(text);
    row->addLayout(words, 1);
    auto* got = new Button(tr("Got it"), Button::Kind::Plain, m_firstRun);
    row->addWidget(got, 0, Qt::AlignVCenter);
    connect(got, &Button::clicked, this, [this] {
        m_desk.state().dismiss(QStringLiteral("first-run"));
        m_firstRun->setVisible(false);
        m_field->setFocus();
    });
}

void AppsPage::setWorkspace(const Workspace& workspace)
{
    const bool other = workspace.id != m_workspace.id;
    m_workspace = workspace;
    if (other) {
        m_apps.clear();
        m_loaded = false;
        m_field->clear();
        reload();
    }
    m_dropText->setText(AppsPresenter::dropLine(workspace.name));
    refresh();
}

void AppsPage::reload()
{
    const QString id = m_workspace.id;
    m_slow = false;
    QTimer::singleShot(kLoadingAfter_ms, this, [this, id] {
        m_slow = !m_loaded && m_workspace.id == id;
        update();
    });
    m_desk.services().apps.list(id, [self = QPointer<AppsPage>(this), id](Outcome<QVector<AppEntry>> outcome) {
        if (!self || self->m_workspace.id != id)
            return;
        self->m_loaded = true;
        self->m_slow = false;
        self->update();
        self->m_failed = !outcome;
        if (outcome)
            self->m_apps = *outcome;
        Q_EMIT self->listFailed(self->m_failed);
        self->refresh();
    });
}

FieldResult AppsPage::field() const
{
    HostPath found;
    const QString path = AppsPresenter::asPath(m_field->text(), QDir::homePath());
    if (!path.isEmpty()) {
        const QFileInfo info(path);
        found.exists = info.exists();
        found.isFolder = info.isDir();
    }
    return AppsPresenter::field(m_field->text(), QDir::homePath(), found, m_gridModel->tiles(), m_workspace.name);
}

void AppsPage::refresh()
{
    const QString typed = m_field->text().trimmed();
    const bool isPath = !AppsPresenter::asPath(typed, QDir::homePath()).isEmpty();
    m_gridModel->setTiles(AppsPresenter::tiles(m_apps, m_workspace.openWindows, isPath ? QString() : typed, m_order, m_desk.state().uses()));
    m_openModel->setCards(AppsPresenter::cards(m_workspace.openWindows, m_apps));
    const FieldResult result = field();
    m_resultRow->setVisible(!result.row.isEmpty());
    m_resultText->setText(result.row);

    const int open = m_openModel->rowCount();
    m_openHead->setVisible(open > 0);
    m_openList->setVisible(open > 0);
    m_openCount->setText(QString::number(open));
    const int count = m_gridModel->rowCount();
    m_gridCount->setText(QString::number(count));
    m_grid->setAccessibleName(AppsPresenter::gridName(count));
    const bool nothing = m_loaded && !m_failed && m_apps.isEmpty();
    m_empty->setVisible(nothing);
    m_gridHead->setVisible(count > 0);
    m_grid->setVisible(count > 0 || !m_loaded);
    fitLists();
}

void AppsPage::fitLists()
{
    const int width = m_scroll->viewport()->width();
    const int lines = QFontMetrics(roleFont(TypeRole::Body)).height();
    const QSize tile(width / std::max(2, width / std::max(kTileWidth, lines * 7)), kTileHeight + std::max(0, lines - 20));
    const int perLine = std::max(1, width / std::max(1, tile.width()));
    m_tileDelegate->setCell(tile);
    m_grid->setGridSize(tile);
    m_grid->setFixedHeight((m_gridModel->rowCount() + perLine - 1) / perLine * tile.height() + 2);
    const int columns = width < kOneColumnUnder || m_openModel->rowCount() < 2 ? 1 : 2;
    const QSize card((width - 1) / columns, kCardHeight + std::max(0, 2 * lines - 36));
    m_cardDelegate->setCell(card, columns, width - columns * card.width());
    m_openList->setGridSize(card);
    const int cardLines = (m_openModel->rowCount() + columns - 1) / columns;
    m_openList->setFixedHeight(cardLines * card.height());
    m_drop->setVisible(height() >= kNoDropLineUnder);
    m_dropText->setMinimumWidth(std::min(m_dropText->fontMetrics().horizontalAdvance(m_dropText->text()) + 4, std::max(100, this->width() - 80)));
}

void AppsPage::resizeEvent(QResizeEvent*)
{
    fitLists();
}

void AppsPage::paintEvent(QPaintEvent*)
{
    if (m_loaded || !m_slow)
        return;
    // The lists above have no ground of their own, so this shows through while they are empty.
    QPainter painter(this);
    const QRect area(mapFromGlobal(m_grid->mapToGlobal(QPoint(0, 0))), QSize(m_scroll->viewport()->width(), 2 * kTileHeight));
    const int columns = 6;
    const double cell = double(area.width()) / columns;
    for (int at = 0; at < kLoadingTiles; ++at) {
        const double x = area.left() + (at % columns) * cell + cell / 2;
        const double y = area.top() + (at / columns) * kTileHeight;
        paint::box(painter, QRectF(x - 24, y + 13, 48, 48), 10, look().hover, QColor());
        paint::box(painter, QRectF(x - 32, y + 72, 64, 10), 5, look().hover, QColor());
    }
}

void AppsPage::focusField()
{
    m_field->edit()->setFocus(Qt::ShortcutFocusReason);
    m_field->edit()->selectAll();
}

void AppsPage::typeAhead(const QString& text)
{
    m_field->edit()->setFocus(Qt::ShortcutFocusReason);
    m_field->edit()->insert(text);
}

void AppsPage::acceptField(bool fresh)
{
    const FieldResult result = field();
    switch (result.action) {
    case FieldAction::OpenApp: m_desk.openApp(m_workspace.id, result.app, fresh); break;
    case FieldAction::OpenFile: m_desk.openFile(m_workspace.id, result.path, fresh); break;
    case FieldAction::RunCommand: m_desk.run(m_workspace.id, result.argv, fresh); break;
    case FieldAction::None: return;
    }
    m_field->clear();
}

void AppsPage::openTile(const QModelIndex& index, bool fresh)
{
    if (index.isValid())
        m_desk.openApp(m_workspace.id, m_gridModel->tiles().at(index.row()).id, fresh);
}

void AppsPage::showCard(const QModelIndex& index)
{
    if (index.isValid())
        m_desk.services().workspaces.activate(m_workspace.id, m_openModel->cards().at(index.row()).window, [](const Outcome<Done>&) {});
}

void AppsPage::closeCard(const QModelIndex& index)
{
    if (index.isValid())
        m_desk.services().workspaces.closeWindow(m_workspace.id, m_openModel->cards().at(index.row()).window, [](const Outcome<Done>&) {});
}

void AppsPage::tileMenu(const QModelIndex& index, const QPoint& globalPosition)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QPersistentModelIndex kept(index);
    connect(menu->addAction(tr("Open")), &QAction::triggered, this, [this, kept] { openTile(kept, false); });
    connect(menu->addAction(tr("Open in a fresh workspace")), &QAction::triggered, this, [this, kept] { openTile(kept, true); });
    menu->popup(globalPosition);
}

bool AppsPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_scroll->viewport() && event->type() == QEvent::Resize)
        QMetaObject::invokeMethod(this, &AppsPage::fitLists, Qt::QueuedConnection); // its new width, also when only a scroll bar came
    if (event->type() != QEvent::KeyPress || (watched != m_grid && watched != m_openList))
        return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const auto* list = static_cast<QListView*>(watched);
    const QModelIndex index = list->currentIndex();
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
        if (list == m_grid)
            openTile(index, key->modifiers() & Qt::ShiftModifier);
        else
            showCard(index);
        return true;
    }
    if (key->key() == Qt::Key_Delete && list == m_openList) {
        closeCard(index);
        return true;
    }
    if (key->key() == Qt::Key_Menu && list == m_grid && index.isValid()) {
        tileMenu(index, m_grid->viewport()->mapToGlobal(m_grid->visualRect(index).center()));
        return true;
    }
    if (key->key() == Qt::Key_Up && list == m_grid && index.row() < std::max(1, m_grid->width() / std::max(1, m_grid->gridSize().width()))) {
        m_field->edit()->setFocus(Qt::TabFocusReason);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace annex::ui
