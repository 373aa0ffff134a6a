// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/start_window.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/presenters/words.h"
#include "ui/theme/icons.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {

constexpr int kWidth = 448;
constexpr int kTick_ms = 60;      // the ring and the tenths of seconds; stops with the window
constexpr int kTurn_ms = 900;     // ui.md section 13
constexpr int kBarSteps = 1000;

} // namespace

/// Waiting: dotted ring. Running: an arc that turns, or "…" with reduced motion. Done: tick.
class StageSign : public QWidget {
public:
    explicit StageSign(QWidget* parent) : QWidget(parent) { setFixedSize(20, 20); }

    void show(StageState state, int elapsed_ms)
    {
        if (state == m_state && state != StageState::Running)
            return;
        m_state = state;
        m_elapsed_ms = elapsed_ms;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const Tokens& t = look();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF ring(3, 3, 14, 14);
        if (m_state == StageState::Done) {
            paintIcon(painter, rect(), QStringLiteral("ok"), t.ok);
        } else if (m_state == StageState::Waiting) {
            QPen pen(t.borderStrong, 1.5);
            pen.setDashPattern({0.1, 2.4});
            pen.setCapStyle(Qt::RoundCap);
            painter.setPen(pen);
            painter.drawEllipse(ring);
        } else if (annexStyle().reducedMotion()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.ink);
            for (int dot = 0; dot < 3; ++dot)
                painter.drawEllipse(QPointF(4.0 + dot * 6, 10), 1.6, 1.6);
        } else {
            painter.setPen(QPen(t.border, 2.5));
            painter.drawEllipse(ring);
            painter.setPen(QPen(t.ink, 2.5, Qt::SolidLine, Qt::RoundCap));
            const int angle = 90 - m_elapsed_ms % kTurn_ms * 360 / kTurn_ms;
            painter.drawArc(ring, angle * 16, -90 * 16);
        }
    }

private:
    StageState m_state = StageState::Waiting;
    int m_elapsed_ms = 0;
};

StartWindow::StartWindow(const Workspace& workspace, const QString& purpose, const QVector<int>& past_ms, QWidget* parent)
    : Dialog(parent), m_presenter(workspace.name, purpose, workspace.level, past_ms), m_tick(new QTimer(this)), m_bar(new QProgressBar(this)),
      m_timing(new Label({}, TypeRole::Body, &Tokens::text2, this)), m_log(new Label({}, TypeRole::Caption, &Tokens::text2, this)),
      m_details(new Button(tr("Details"), Button::Kind::Link, this))
{
    setWindowTitle(tr("Annex"));
    setFixedWidth(kWidth);
    setAttribute(Qt::WA_ShowWithoutActivating); // nothing comes forward by itself
    const StartView first = m_presenter.view(0);
    setAccessibleName(first.title);

    auto* swatch = new SwatchLabel(48, this);
    swatch->setIdentity(identityOf(workspace));
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(new ElidedLabel(first.title, TypeRole::DialogTitle, &Tokens::text, this));
    if (!first.purpose.isEmpty()) {
        auto* line = new ElidedLabel(first.purpose, TypeRole::Body, &Tokens::text2, this);
        line->setElide(Qt::ElideMiddle); // a file's ending stays visible
        words->addWidget(line);
    }
    auto* head = new QHBoxLayout;
    head->setSpacing(16);
    head->addWidget(swatch, 0, Qt::AlignTop);
    head->addLayout(words, 1);

    auto* stages = new QVBoxLayout;
    stages->setSpacing(12);
    for (int at = 0; at < 3; ++at) {
        Line& line = m_lines[at];
        line.sign = new StageSign(this);
        line.name = new Label(first.stages[at].name, TypeRole::Body, &Tokens::text2, this);
        line.time = new Label({}, TypeRole::Body, &Tokens::text2, this);
        auto* row = new QHBoxLayout;
        row->setSpacing(12);
        row->addWidget(line.sign);
        row->addWidget(line.name, 1);
        row->addWidget(line.time);
        stages->addLayout(row);
    }

    m_bar->setRange(0, kBarSteps);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(4);
    auto* level = new FactLabel(first.levelIcon, first.level, sentenceOf(workspace.level), &Tokens::text2, this);
    auto* timing = new QHBoxLayout;
    timing->addWidget(m_timing, 1);
    timing->addWidget(level);

    m_details->setCheckable(true);
    m_log->wrapped();
    m_log->setVisible(false);
    connect(m_details, &Button::toggled, this, [this](bool shown) {
        m_log->setVisible(shown);
        adjustSize();
    });
    auto* cancel = new Button(tr("Cancel"), Button::Kind::Plain, this);
    cancel->setMinimumWidth(96);
    connect(cancel, &Button::clicked, this, &StartWindow::reject);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_details);
    foot->addStretch(1);
    foot->addWidget(cancel);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 20);
    column->setSpacing(16);
    column->addLayout(head);
    column->addSpacing(4);
    column->addLayout(stages);
    column->addWidget(m_bar);
    column->addLayout(timing);
    column->addWidget(m_log);
    column->addLayout(foot);

    connect(m_tick, &QTimer::timeout, this, [this] { refresh(m_before_ms + int(m_clock.elapsed())); });
    refresh(0);
}

void StartWindow::begin(int elapsed_ms)
{
    m_before_ms = elapsed_ms;
    m_clock.start();
    m_tick->start(annexStyle().reducedMotion() ? kTick_ms * 8 : kTick_ms);
    refresh(elapsed_ms);
    show();
}

void StartWindow::showAt(int elapsed_ms)
{
    m_before_ms = elapsed_ms;
    refresh(elapsed_ms);
    show();
}

void StartWindow::enter(Stage stage, int elapsed_ms)
{
    m_presenter.enter(stage, elapsed_ms);
    m_log->setText(m_log->text() + (m_log->text().isEmpty() ? QString() : QStringLiteral("\n"))
                   + tr("%1  %2", "time since the start, stage").arg(Words::seconds(elapsed_ms), Words::stage(stage)));
    setAccessibleDescription(Words::stage(stage)); // spoken: each stage once
    QAccessibleEvent spoken(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&spoken);
}

void StartWindow::finish()
{
    m_finished = true;
    m_tick->stop();
    close();
}

void StartWindow::reject()
{
    m_tick->stop();
    if (!m_finished)
        Q_EMIT cancelled();
    QDialog::reject();
}

void StartWindow::refresh(int elapsed_ms)
{
    const StartView view = m_presenter.view(elapsed_ms);
    for (int at = 0; at < 3; ++at) {
        const StageRow& row = view.stages[at];
        Line& line = m_lines[at];
        line.sign->show(row.state, elapsed_ms);
        if (line.state != row.state) { // fonts and colours only when they change: this runs many times a second
            line.state = row.state;
            line.name->strong(row.state == StageState::Running);
            line.name->setColourRole(row.state == StageState::Waiting ? &Tokens::text2 : &Tokens::text);
        }
        line.time->setText(row.time);
    }
    m_bar->setValue(int(view.fraction * kBarSteps));
    m_bar->setAccessibleName(view.accessibleBar);
    m_timing->setText(view.timing);
}

} // namespace annex::ui
