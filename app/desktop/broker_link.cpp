// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/broker_link.h"

#include <QTimer>
#include <nlohmann/json.hpp>

#include "app/api/client_connection.h"
#include "app/desktop/json_bridge.h"
#include "base/log.h"
#include "ui/presenters/error_presenter.h"

namespace annex::desktop {

namespace {

constexpr int kFirstPause_ms = 200; // a broker that was killed a moment ago may still hold its lock
constexpr int kTries = 3;           // then the person is told; "Try again" starts over

ui::Failure toFailure(const api::Problem& problem)
{
    QStringList todo;
    for (const std::string& line : problem.todo)
        todo << QString::fromStdString(line);
    return {QString::fromStdString(problem.id), QString::fromStdString(problem.title), QString::fromStdString(problem.why), todo,
            QString::fromStdString(problem.detail)};
}

} // namespace

struct BrokerLink::Opening {
    api::Outcome<std::unique_ptr<api::ClientConnection>> connection;
};

BrokerLink::BrokerLink(const api::OpenOptions& options, QObject* parent)
    : QObject(parent), m_options(std::make_unique<api::OpenOptions>(options)), m_again(new QTimer(this))
{
    m_again->setSingleShot(true);
    connect(m_again, &QTimer::timeout, this, &BrokerLink::open);
}

BrokerLink::~BrokerLink()
{
    if (m_opener.joinable())
        m_opener.join();
    m_readable.reset();
    m_writable.reset();
    if (m_connection) // callbacks of requests still open belong to objects that may be gone
        m_connection->core().onEvent({});
}

bool BrokerLink::isOpen() const
{
    return m_connection && m_connection->alive();
}

void BrokerLink::open()
{
    if (m_isOpening || isOpen())
        return;
    m_isOpening = true;
    if (m_opener.joinable())
        m_opener.join(); // it has delivered its answer, so this does not wait
    m_opener = std::thread([options = *m_options, this] {
        auto result = std::make_shared<Opening>(Opening{api::ClientConnection::open(options)});
        QMetaObject::invokeMethod(this, [this, result] { opening(result); }, Qt::QueuedConnection);
    });
}

void BrokerLink::opening(std::shared_ptr<Opening> result)
{
    m_isOpening = false;
    if (!result->connection) {
        const ui::Failure failure = toFailure(result->connection.error());
        log("desktop").warn("the broker cannot be reached: {}", failure.why.toStdString());
        if (++m_failures < kTries) {
            m_again->start(kFirstPause_ms << m_failures);
            return;
        }
        m_failures = 0;
        ui::Failure away = ui::ErrorPresenter::brokerAway();
        away.detail = failure.id + QLatin1Char(' ') + failure.why + QLatin1Char(' ') + failure.detail;
        Q_EMIT failed(away);
        return;
    }
    m_failures = 0;
    m_connection = std::move(*result->connection);
    m_connection->core().onEvent([this](std::string_view type, const nlohmann::json& parameters) {
        Q_EMIT event(QString::fromUtf8(type.data(), qsizetype(type.size())), toQt(parameters).toObject());
    });
    m_connection->core().onRequest([this](const std::string& id, std::string_view method, const nlohmann::json& parameters) {
        Q_EMIT brokerRequest(QString::fromStdString(id), QString::fromUtf8(method.data(), qsizetype(method.size())), toQt(parameters).toObject());
    });
    watch();
    Q_EMIT opened(QString::fromStdString(m_connection->welcome().product));
}

void BrokerLink::watch()
{
    m_readable = std::make_unique<QSocketNotifier>(m_connection->descriptor(), QSocketNotifier::Read);
    m_writable = std::make_unique<QSocketNotifier>(m_connection->descriptor(), QSocketNotifier::Write);
    m_writable->setEnabled(false);
    connect(m_readable.get(), &QSocketNotifier::activated, this, [this] {
        m_connection->onReadable();
        pump();
    });
    connect(m_writable.get(), &QSocketNotifier::activated, this, [this] {
        m_connection->onWritable();
        pump();
    });
}

void BrokerLink::pump()
{
    if (!m_connection)
        return;
    m_connection->flush();
    if (!m_connection->alive()) {
        // From the queue: this may be running inside a notifier that onLost() takes away.
        QMetaObject::invokeMethod(this, &BrokerLink::onLost, Qt::QueuedConnection);
        if (m_readable)
            m_readable->setEnabled(false);
        if (m_writable)
            m_writable->setEnabled(false);
        return;
    }
    m_writable->setEnabled(m_connection->wantsWrite());
}

void BrokerLink::onLost()
{
    if (!m_connection || m_connection->alive())
        return;
    m_readable.reset();
    m_writable.reset();
    m_connection.reset();
    Q_EMIT lost();
    m_again->start(kFirstPause_ms);
}

void BrokerLink::request(const QString& method, const QJsonObject& parameters, OnBrokerAnswer onAnswer, std::vector<UniqueFd> descriptors)
{
    if (!isOpen()) {
        // Replies never come before the call has returned.
        QMetaObject::invokeMethod(this, [onAnswer] {
            if (onAnswer)
                onAnswer({tl::unexpected(ui::ErrorPresenter::brokerAway()), {}});
        }, Qt::QueuedConnection);
        return;
    }
    m_connection->core().request(
        method.toStdString(), fromQt(parameters),
        [onAnswer = std::move(onAnswer)](api::Answer answer) {
            if (!onAnswer)
                return;
            if (answer.problem)
                onAnswer({tl::unexpected(toFailure(*answer.problem)), {}});
            else
                onAnswer({toQt(*answer.result).toObject(), std::move(answer.descriptors)});
        },
        std::move(descriptors));
    pump();
}

void BrokerLink::answer(const QString& id, const QJsonObject& result)
{
    if (!isOpen())
        return;
    m_connection->core().answer(id.toStdString(), fromQt(result));
    pump();
}

} // namespace annex::desktop
