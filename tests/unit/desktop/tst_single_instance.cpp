// SPDX-License-Identifier: Apache-2.0
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/desktop/single_instance.h"
#include "base/channel/posix/local_socket.h"

using namespace annex;
using namespace annex::desktop;
using namespace Qt::StringLiterals;

class TestSingleInstance : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string path() const { return m_folder.filePath(u"annex.sock"_s).toStdString(); }

private Q_SLOTS:
    void theSecondOneRaisesTheFirst()
    {
        SingleInstance first;
        QSignalSpy shown(&first, &SingleInstance::showWanted);
        QCOMPARE(*first.claim(path(), u"main"_s), SingleInstance::Role::First);
        SingleInstance second;
        QCOMPARE(*second.claim(path(), u"check-up"_s), SingleInstance::Role::Further);
        QTRY_COMPARE_WITH_TIMEOUT(shown.size(), 1, 60'000);
        QCOMPARE(shown.first().first().toString(), u"check-up"_s);
    }

    void aSecondInTheBackgroundRaisesNothing()
    {
        SingleInstance first;
        QSignalSpy shown(&first, &SingleInstance::showWanted);
        QVERIFY(first.claim(path(), {}).has_value());
        SingleInstance second;
        QCOMPARE(*second.claim(path(), {}), SingleInstance::Role::Further);
        SingleInstance third; // answered after the second; so when it is shown, the second said nothing
        QCOMPARE(*third.claim(path(), u"main"_s), SingleInstance::Role::Further);
        QTRY_COMPARE_WITH_TIMEOUT(shown.size(), 1, 60'000);
    }

    void aPlaceLeftByAKilledOneIsTakenOver()
    {
        { // a socket file without a listener
            Result<UniqueFd> dead = listenLocal(path());
            QVERIFY(dead.has_value());
        }
        SingleInstance next;
        QCOMPARE(*next.claim(path(), {}), SingleInstance::Role::First);
    }

    void otherWordsAreIgnored()
    {
        SingleInstance first;
        QSignalSpy shown(&first, &SingleInstance::showWanted);
        QVERIFY(first.claim(path(), {}).has_value());
        const auto client = connectLocal(path());
        QVERIFY(client.has_value());
        const std::string words = "open /etc/passwd\n";
        QVERIFY(sendWith(client->get(), ByteSpan(reinterpret_cast<const std::uint8_t*>(words.data()), words.size())).has_value());
        SingleInstance second;
        QVERIFY(second.claim(path(), u"main"_s).has_value());
        QTRY_COMPARE_WITH_TIMEOUT(shown.size(), 1, 60'000);
        QCOMPARE(shown.first().first().toString(), u"main"_s);
    }
};

QTEST_GUILESS_MAIN(TestSingleInstance)
#include "tst_single_instance.moc"
