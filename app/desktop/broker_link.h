// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <QJsonObject>
#include <QObject>
#include <QSocketNotifier>

#include "base/posix/unique_fd.h"
#include "ui/services.h"

class QTimer;

namespace annex::api {
class ClientConnection;
struct OpenOptions;
} // namespace annex::api

namespace annex::desktop {

/// What the broker answered, with the descriptors that came along.
struct BrokerAnswer {
    ui::Outcome<QJsonObject> result;
    std::vector<UniqueFd> descriptors;
};
using OnBrokerAnswer = std::function<void(BrokerAnswer)>;

/// One connection to annexd on Qt's loop. When it ends, it is opened again (starting the broker if it is gone); only when that fails is
/// the person told. Opening waits in a thread of its own, the window never freezes.
class BrokerLink : public QObject {
    Q_OBJECT
public:
    /// @param options  how to reach and start the broker
    explicit BrokerLink(const api::OpenOptions& options, QObject* parent = nullptr);
    ~BrokerLink() override;

    void open();
    bool isOpen() const;
    void request(const QString& method, const QJsonObject& parameters, OnBrokerAnswer onAnswer = {}, std::vector<UniqueFd> descriptors = {});
    void answer(const QString& id, const QJsonObject& result);

Q_SIGNALS:
    void opened(const QString& product);
    void lost();    ///< the connection ended; it is being opened again
    void failed(const annex::ui::Failure& failure); ///< it could not be opened again
    void event(const QString& type, const QJsonObject& parameters);
    void brokerRequest(const QString& id, const QString& method, const QJsonObject& parameters);

private:
    struct Opening;
    void opening(std::shared_ptr<Opening> result);
    void watch();
    void pump();
    void onLost();

    std::unique_ptr<api::OpenOptions> m_options;
    std::unique_ptr<api::ClientConnection> m_connection;
    std::unique_ptr<QSocketNotifier> m_readable;
    std::unique_ptr<QSocketNotifier> m_writable;
    QTimer* m_again;
    std::thread m_opener; ///< joined before another is started, and at the end
    bool m_isOpening = false;
    int m_failures = 0;
};

} // namespace annex::desktop
