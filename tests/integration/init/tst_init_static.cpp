// SPDX-License-Identifier: Apache-2.0
// Not built with sanitizers, which cannot be linked statically.
#include <QtTest>

class TestInitStatic : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void noLibraryOfTheGuestIsLoaded()
    {
        QProcess readelf;
        readelf.start(QStringLiteral("readelf"), {QStringLiteral("--program-headers"), QStringLiteral("--wide"), QStringLiteral(ANNEX_BIN_DIR "/annex-init")});
        QVERIFY(readelf.waitForFinished(300'000));
        QByteArray headers = readelf.readAllStandardOutput();
        QVERIFY(headers.contains("LOAD"));
        QVERIFY(!headers.contains("INTERP"));
        QVERIFY(!headers.contains("DYNAMIC"));
    }
    void onlyRunsAsFirstProcess()
    {
        QProcess init;
        init.start(QStringLiteral(ANNEX_BIN_DIR "/annex-init"), QStringList());
        QVERIFY(init.waitForFinished(300'000));
        QCOMPARE(init.exitCode(), 2);
        QVERIFY(init.readAllStandardError().contains("first process of a guest"));
    }
};

QTEST_GUILESS_MAIN(TestInitStatic)
#include "tst_init_static.moc"
