// SPDX-License-Identifier: Apache-2.0
#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

#include "app/desktop/desktop_requests.h"
#include "app/desktop/host_clipboard.h"

using namespace annex::desktop;
using namespace Qt::StringLiterals;

class TestDesktopRequests : public QObject {
    Q_OBJECT

    HostClipboard m_clipboard;
    std::optional<pid_t> m_active;
    DesktopRequests m_requests{m_clipboard, [this] { return m_active; }};

    QJsonObject paste(qint64 viewer, qint64 maximum = 1024)
    {
        return *m_requests.handle(u"desktop.clipboard_text"_s, {{u"workspace"_s, u"w1"_s}, {u"viewer_pid"_s, viewer}, {u"maximum_bytes"_s, maximum}});
    }

private Q_SLOTS:
    void init() { QGuiApplication::clipboard()->setText(u"geheim ü"_s); }

    void givesTextToTheViewerInFront()
    {
        m_active = 4711;
        QCOMPARE(paste(4711), (QJsonObject{{u"focused"_s, true}, {u"text"_s, u"geheim ü"_s}}));
    }

    void tellsAViewerWithoutFocusNothing()
    {
        m_active = 1;
        QCOMPARE(paste(4711), (QJsonObject{{u"focused"_s, false}}));
        m_active = std::nullopt;
        QCOMPARE(paste(4711), (QJsonObject{{u"focused"_s, false}}));
        m_active = 0;
        QCOMPARE(paste(0), (QJsonObject{{u"focused"_s, false}})); // a viewer that nobody knows
    }

    void saysHowLargeWhatIsTooLargeIs()
    {
        m_active = 4711;
        const QJsonObject answer = paste(4711, 8); // nine bytes of UTF-8
        QCOMPARE(answer, (QJsonObject{{u"focused"_s, true}, {u"too_large"_s, 9}}));
    }

    void marksWhatComesOutAndWithdrawsIt()
    {
        m_requests.handle(u"desktop.set_clipboard"_s, {{u"text"_s, u"out"_s}, {u"workspace"_s, u"w1"_s}, {u"expire_s"_s, 1}});
        QCOMPARE(QGuiApplication::clipboard()->text(), u"out"_s);
        QVERIFY(m_clipboard.holdsOurs());
        QTRY_VERIFY_WITH_TIMEOUT(QGuiApplication::clipboard()->text().isEmpty(), 60'000);
    }

    void leavesWhatThePersonCopiedSince()
    {
        m_requests.handle(u"desktop.set_clipboard"_s, {{u"text"_s, u"out"_s}, {u"workspace"_s, u"w1"_s}, {u"expire_s"_s, 1}});
        QGuiApplication::clipboard()->setText(u"mine"_s);
        QVERIFY(!m_clipboard.holdsOurs());
        QTest::qWait(1500); // longer than the expiry; the clipboard must not change
        QCOMPARE(QGuiApplication::clipboard()->text(), u"mine"_s);
    }

    void passesPagesOn()
    {
        QSignalSpy shown(&m_requests, &DesktopRequests::showWanted);
        QSignalSpy asked(&m_requests, &DesktopRequests::fileDialogWanted);
        QVERIFY(m_requests.handle(u"desktop.show"_s, {{u"page"_s, u"settings"_s}, {u"workspace"_s, u"w1"_s}}));
        QVERIFY(m_requests.handle(u"desktop.open_file_dialog"_s, {{u"workspace"_s, u"w1"_s}}));
        QCOMPARE(shown.first(), (QVariantList{u"settings"_s, u"w1"_s}));
        QCOMPARE(asked.first(), (QVariantList{u"w1"_s}));
        QVERIFY(!m_requests.handle(u"desktop.format_disk"_s, {}));
    }
};

QTEST_MAIN(TestDesktopRequests)
#include "tst_desktop_requests.moc"
