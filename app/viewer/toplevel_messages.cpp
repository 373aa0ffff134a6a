// SPDX-License-Identifier: Apache-2.0
// What a toplevel says in its strip, how it is closed, and its full screen with the pill.
#include <QGuiApplication>
#include <QScreen>
#include <QTimer>

#include "app/viewer/toplevel.h"

namespace annex::viewer {

namespace {

using namespace std::chrono_literals;

constexpr auto kAnswerWithin = 5s, kStopWithin = 3s;
constexpr int kPillFold_ms = 200, kEscapeHold_ms = 1000;
constexpr auto kPillStays = 4s;

} // namespace

void Toplevel::post(ui::StripMessage message)
{
    m_strip.post(std::move(message), now());
    scheduleStrip();
    refresh();
    Q_EMIT frameChanged();
}

void Toplevel::withdraw(ui::StripMessageId id)
{
    m_strip.withdraw(id);
    scheduleStrip();
    refresh();
}

void Toplevel::scheduleStrip()
{
    const auto next = m_strip.nextChange();
    if (!next) {
        m_stripTimer->stop();
        return;
    }
    m_stripTimer->start(std::max(0ms, *next - now()));
}

void Toplevel::answerMessage()
{
    const ui::StripMessage* message = m_strip.current();
    if (!message)
        return;
    const ui::StripMessage answered = *message;
    withdraw(answered.id);
    switch (answered.action) {
    case ui::StripAction::OpenSettings: m_context.linkMenuItem(QStringLiteral("settings"), id()); break;
    case ui::StripAction::ShowFullScreen: setFullScreen(true); break;
    case ui::StripAction::ForceStop: forceStop(); break;
    case ui::StripAction::StopWorkspace: m_context.linkMenuItem(QStringLiteral("stop-workspace"), id()); break;
    case ui::StripAction::None: break;
    }
}

void Toplevel::askToClose()
{
    m_context.session().send(id(), display::Close{});
    m_closePing = m_context.session().ping(id());
    m_killed = false;
    m_answerTimer->start(kAnswerWithin);
    m_context.send();
}

void Toplevel::pong(std::uint32_t serial)
{
    // The program lives: it may be asking what to save, which is an answer too.
    if (m_closePing != serial)
        return;
    m_closePing.reset();
    m_answerTimer->stop();
    withdraw(ui::StripMessageId::NotResponding);
}

void Toplevel::answerOverdue()
{
    if (m_killed)
        post(ui::doesNotStopMessage());
    else if (m_closePing)
        post(ui::notRespondingMessage());
}

void Toplevel::forceStop()
{
    m_context.session().send(id(), display::KillClient{});
    m_killed = true;
    m_answerTimer->start(kStopWithin);
    m_context.send();
}

// ---- full screen -------------------------------------------------------------------------------------------------------

void Toplevel::setFullScreen(bool on)
{
    if (on == isFullScreen())
        return;
    withdraw(ui::StripMessageId::WantsFullScreen);
    setWindowState(on ? Qt::WindowFullScreen : Qt::WindowNoState);
}

void Toplevel::foldPill(bool unfolded)
{
    if (!m_pillFold) {
        m_pillFold = new QVariantAnimation(this);
        m_pillFold->setEasingCurve(QEasingCurve::OutCubic);
        connect(m_pillFold, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
            m_pill.unfolded = value.toDouble();
            refresh();
        });
        m_pillTimer = new QTimer(this);
        m_pillTimer->setSingleShot(true);
        connect(m_pillTimer, &QTimer::timeout, this, [this] { foldPill(false); });
    }
    const double target = unfolded ? 1.0 : 0.0;
    if (unfolded)
        m_pillTimer->start(kPillStays);
    if (m_pill.unfolded == target && m_pillFold->state() == QAbstractAnimation::Stopped)
        return;
    m_pillFold->stop();
    m_pillFold->setStartValue(m_pill.unfolded);
    m_pillFold->setEndValue(target);
    m_pillFold->setDuration(m_context.appearance().reduceMotion ? 0 : kPillFold_ms);
    m_pillFold->start();
}

void Toplevel::endEscapeHold()
{
    QVariantAnimation* hold = std::exchange(m_escapeHold, nullptr);
    if (!hold)
        return;
    hold->stop();
    hold->deleteLater(); // may be the one that is just telling us that it has finished
}

void Toplevel::escape(bool pressed)
{
    if (!isFullScreen())
        return;
    if (!pressed) {
        endEscapeHold();
        m_pill.filled = 0;
        foldPill(true);
        refresh();
        return;
    }
    if (m_escapeHold)
        return;
    foldPill(true);
    m_escapeHold = new QVariantAnimation(this);
    m_escapeHold->setStartValue(0.0);
    m_escapeHold->setEndValue(1.0);
    m_escapeHold->setDuration(kEscapeHold_ms);
    connect(m_escapeHold, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        m_pill.filled = m_context.appearance().reduceMotion ? 0.0 : value.toDouble();
        refresh();
    });
    connect(m_escapeHold, &QVariantAnimation::finished, this, [this] { setFullScreen(false); });
    m_escapeHold->start();
}

} // namespace annex::viewer
