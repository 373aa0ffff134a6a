// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QSocketNotifier>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <fcntl.h>
#include <sys/stat.h>

#include "app/api/client_connection.h"
#include "app/desktop/broker_link.h"
#include "app/desktop/broker_services.h"
#include "base/channel/posix/local_socket.h"

using namespace annex;
using namespace annex::desktop;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPatience_ms = 60'000; // generous: machines are shared

/// The broker's end of one connection: answers hello, hands every other request to the test.
class BrokerEnd : public QObject {
public:
    explicit BrokerEnd(const std::string& path) : m_listener(std::move(*listenLocal(path)))
    {
        connect(new QSocketNotifier(m_listener.get(), QSocketNotifier::Read, this), &QSocketNotifier::activated, this, [this] { accept(); });
    }

    void say(const QJsonObject& message, std::vector<int> descriptors = {})
    {
        const QByteArray line = QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n';
        const auto bytes = ByteSpan(reinterpret_cast<const std::uint8_t*>(line.constData()), std::size_t(line.size()));
        QCOMPARE(*sendWith(m_client.get(), bytes, descriptors), bytes.size());
    }
    void answer(const QJsonObject& request, const QJsonObject& result, std::vector<int> descriptors = {})
    {
        say({{u"jsonrpc"_s, u"2.0"_s}, {u"id"_s, request[u"id"_s]}, {u"result"_s, result}}, std::move(descriptors));
    }
    void event(const QString& type, QJsonObject parameters)
    {
        parameters[u"type"_s] = type;
        say({{u"jsonrpc"_s, u"2.0"_s}, {u"method"_s, u"event"_s}, {u"params"_s, parameters}});
    }
    void hangUp()
    {
        m_reader.reset();
        m_client.reset();
    }
    QJsonObject waitFor(const QString& method)
    {
        const bool came = QTest::qWaitFor([&] { return find(method) >= 0; }, kPatience_ms);
        return came ? m_requests.takeAt(find(method)) : QJsonObject{};
    }
    std::vector<UniqueFd> received;

private:
    int find(const QString& method) const
    {
        for (int at = 0; at < m_requests.size(); ++at)
            if (m_requests[at][u"method"_s] == method)
                return at;
        return -1;
    }
    void accept()
    {
        m_client = std::move(*acceptLocal(m_listener.get()));
        m_reader = std::make_unique<QSocketNotifier>(m_client.get(), QSocketNotifier::Read);
        connect(m_reader.get(), &QSocketNotifier::activated, this, [this] { read(); });
    }
    void read()
    {
        std::array<std::uint8_t, 65536> buffer;
        auto got = receive(m_client.get(), buffer, 4);
        if (!got || got->closed) {
            m_reader->setEnabled(false);
            return;
        }
        for (UniqueFd& descriptor : got->descriptors)
            received.push_back(std::move(descriptor));
        m_text += QByteArray(reinterpret_cast<const char*>(buffer.data()), qsizetype(got->bytes));
        while (m_text.contains('\n')) {
            const qsizetype end = m_text.indexOf('\n');
            const QJsonObject request = QJsonDocument::fromJson(m_text.left(end)).object();
            m_text.remove(0, end + 1);
            if (request[u"method"_s] == u"hello"_s)
                answer(request, {{u"version"_s, 1}, {u"product"_s, u"0.1.0"_s}, {u"pid"_s, 1}, {u"desktop"_s, false}});
            else
                m_requests.push_back(request);
        }
    }

    UniqueFd m_listener;
    UniqueFd m_client;
    std::unique_ptr<QSocketNotifier> m_reader;
    QByteArray m_text;
    QVector<QJsonObject> m_requests;
};

} // namespace

class TestBrokerLink : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<BrokerEnd> m_broker;
    std::unique_ptr<BrokerLink> m_link;

    api::OpenOptions options() const
    {
        api::OpenOptions options;
        options.client = "annex";
        options.startBroker = false;
        options.runtimeFolder = m_folder->path().toStdString();
        options.deadline = std::chrono::milliseconds(kPatience_ms);
        return options;
    }
    void listen() { m_broker = std::make_unique<BrokerEnd>(m_folder->filePath(u"annexd.sock"_s).toStdString()); }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        listen();
        m_link = std::make_unique<BrokerLink>(options());
    }
    void cleanup()
    {
        m_link.reset();
        m_broker.reset();
    }

    void opensAsksAndHearsEvents()
    {
        QSignalSpy opened(m_link.get(), &BrokerLink::opened);
        QSignalSpy events(m_link.get(), &BrokerLink::event);
        m_link->open();
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, kPatience_ms);
        QString product;
        m_link->request(u"version"_s, {}, [&](const BrokerAnswer& answer) { product = (*answer.result)[u"product"_s].toString(); });
        m_broker->answer(m_broker->waitFor(u"version"_s), {{u"product"_s, u"0.1.0"_s}});
        QTRY_COMPARE_WITH_TIMEOUT(product, u"0.1.0"_s, kPatience_ms);
        m_broker->event(u"audit.added"_s, {{u"seq"_s, 5}});
        QTRY_COMPARE_WITH_TIMEOUT(events.size(), 1, kPatience_ms);
        QCOMPARE(events.first().first().toString(), u"audit.added"_s);
    }

    void anErrorKeepsItsThreeParts()
    {
        m_link->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_link->isOpen(), kPatience_ms);
        ui::Failure failure;
        m_link->request(u"workspace.start"_s, {}, [&](const BrokerAnswer& answer) { failure = answer.result.error(); });
        const QJsonObject asked = m_broker->waitFor(u"workspace.start"_s);
        m_broker->say({{u"jsonrpc"_s, u"2.0"_s}, {u"id"_s, asked[u"id"_s]},
                       {u"error"_s, QJsonObject{{u"code"_s, -32010}, {u"message"_s, u"T"_s},
                                                {u"data"_s, QJsonObject{{u"id"_s, u"engine.none"_s}, {u"title"_s, u"T"_s}, {u"why"_s, u"W"_s},
                                                                        {u"do"_s, QJsonArray{u"D"_s}}, {u"detail"_s, u"x"_s}}}}}});
        QTRY_COMPARE_WITH_TIMEOUT(failure.id, u"engine.none"_s, kPatience_ms);
        QCOMPARE(failure.why, u"W"_s);
        QCOMPARE(failure.todo, QStringList{u"D"_s});
    }

    void withoutAConnectionEveryRequestIsAnswered()
    {
        QString id;
        m_link->request(u"version"_s, {}, [&](const BrokerAnswer& answer) { id = answer.result.error().id; });
        QVERIFY(id.isEmpty()); // never before the call has returned
        QTRY_COMPARE_WITH_TIMEOUT(id, u"broker.away"_s, kPatience_ms);
    }

    void aLostBrokerFailsWhatWasAskedAndIsFoundAgain()
    {
        QSignalSpy opened(m_link.get(), &BrokerLink::opened);
        QSignalSpy lost(m_link.get(), &BrokerLink::lost);
        m_link->open();
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, kPatience_ms);
        QString id;
        m_link->request(u"doctor.run"_s, {}, [&](const BrokerAnswer& answer) { id = answer.result.error().id; });
        QVERIFY(!m_broker->waitFor(u"doctor.run"_s).isEmpty());
        m_broker->hangUp();
        QTRY_COMPARE_WITH_TIMEOUT(id, u"broker.away"_s, kPatience_ms);
        QTRY_COMPARE_WITH_TIMEOUT(lost.size(), 1, kPatience_ms);
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 2, kPatience_ms);
    }

    void aBrokerThatStaysAwayIsTold()
    {
        m_broker.reset();
        QSignalSpy failed(m_link.get(), &BrokerLink::failed);
        m_link->open();
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, kPatience_ms);
        QCOMPARE(failed.first().first().value<ui::Failure>().id, u"broker.away"_s);
        listen(); // "Try again"
        m_link->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_link->isOpen(), kPatience_ms);
    }

    void sendsAFileAsADescriptor()
    {
        QFile file(m_folder->filePath(u"invoice.pdf"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("%PDF");
        file.close();
        BrokerApps apps(*m_link);
        m_link->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_link->isOpen(), kPatience_ms);
        QString opened;
        apps.openFile(u"w1"_s, file.fileName(), false, [&](const ui::Outcome<ui::Opened>& outcome) { opened = outcome->application; });
        const QJsonObject asked = m_broker->waitFor(u"file.open"_s);
        QCOMPARE(asked[u"params"_s][u"name"_s].toString(), u"invoice.pdf"_s);
        QCOMPARE(asked[u"params"_s][u"workspace"_s].toString(), u"w1"_s);
        QCOMPARE(m_broker->received.size(), std::size_t(1));
        struct stat here {}, there {};
        QCOMPARE(::stat(file.fileName().toLocal8Bit().constData(), &here), 0);
        QCOMPARE(::fstat(m_broker->received.front().get(), &there), 0);
        QCOMPARE(there.st_ino, here.st_ino);
        QCOMPARE(::fcntl(m_broker->received.front().get(), F_GETFL) & O_ACCMODE, O_RDONLY);
        m_broker->answer(asked, {{u"workspace"_s, u"w1"_s}, {u"application"_s, u"evince"_s}});
        QTRY_COMPARE_WITH_TIMEOUT(opened, u"evince"_s, kPatience_ms);
    }

    void aFileThatCannotBeReadSaysWhy()
    {
        BrokerApps apps(*m_link);
        ui::Failure failure;
        apps.openFile(u"w1"_s, m_folder->filePath(u"none.pdf"_s), false, [&](const ui::Outcome<ui::Opened>& outcome) { failure = outcome.error(); });
        QTRY_COMPARE_WITH_TIMEOUT(failure.title, u"none.pdf was not sent in"_s, kPatience_ms);
        QVERIFY(failure.why.startsWith(u"It could not be read"_s));
    }

    void keepsTheListOfWorkspacesCurrent()
    {
        BrokerWorkspaces workspaces(*m_link);
        QSignalSpy listed(&workspaces, &ui::WorkspaceService::listed);
        QSignalSpy changed(&workspaces, &ui::WorkspaceService::changed);
        QSignalSpy removed(&workspaces, &ui::WorkspaceService::removed);
        m_link->open();
        m_broker->answer(m_broker->waitFor(u"events.subscribe"_s), {});
        const QJsonObject one{{u"id"_s, u"w1"_s}, {u"name"_s, u"Untrusted"_s}, {u"state"_s, u"stopped"_s}};
        m_broker->answer(m_broker->waitFor(u"workspace.list"_s), {{u"workspaces"_s, QJsonArray{one}}});
        QTRY_COMPARE_WITH_TIMEOUT(listed.size(), 1, kPatience_ms);
        QVERIFY(workspaces.connected());
        QJsonObject running = one;
        running[u"state"_s] = u"running"_s;
        m_broker->event(u"workspace.changed"_s, {{u"workspace"_s, running}});
        m_broker->event(u"workspace.changed"_s, {{u"workspace"_s, running}}); // nothing new: nobody is woken
        m_broker->event(u"workspace.removed"_s, {{u"id"_s, u"w1"_s}});
        QTRY_COMPARE_WITH_TIMEOUT(removed.size(), 1, kPatience_ms);
        QCOMPARE(changed.size(), 1);
        QVERIFY(workspaces.workspaces().isEmpty());
    }

    void theBrokerCanAskToo()
    {
        QSignalSpy asked(m_link.get(), &BrokerLink::brokerRequest);
        m_link->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_link->isOpen(), kPatience_ms);
        m_broker->say({{u"jsonrpc"_s, u"2.0"_s}, {u"id"_s, u"b1"_s}, {u"method"_s, u"desktop.show"_s}, {u"params"_s, QJsonObject{{u"page"_s, u"apps"_s}}}});
        QTRY_COMPARE_WITH_TIMEOUT(asked.size(), 1, kPatience_ms);
        QCOMPARE(asked.first()[1].toString(), u"desktop.show"_s);
    }
};

QTEST_MAIN(TestBrokerLink)
#include "tst_broker_link.moc"
