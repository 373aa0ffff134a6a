// SPDX-License-Identifier: Apache-2.0
#include <QLocale>
#include <QTest>

#include "ui/presenters/start_presenter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;

class TestStartPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void tellsStagesWithTheirTimes()
    {
        StartPresenter start(u"Untrusted"_s, u"invoice-march.pdf"_s, Level::Hypervisor, {1900});
        start.enter(Stage::Prepare, 0);
        start.enter(Stage::Start, 300);
        const StartView view = start.view(1400);
        QCOMPARE(view.title, u"Starting Untrusted"_s);
        QCOMPARE(view.purpose, u"to open invoice-march.pdf"_s);
        QCOMPARE(view.stages[0], (StageRow{u"Preparing system layer"_s, StageState::Done, u"0.3 s"_s}));
        QCOMPARE(view.stages[1], (StageRow{u"Starting"_s, StageState::Running, u"1.1 s"_s}));
        QCOMPARE(view.stages[2], (StageRow{u"Connecting display"_s, StageState::Waiting, {}}));
        QCOMPARE(view.timing, u"1.4 s · usually ready in 1.9 s"_s);
        QCOMPARE(view.accessibleBar, u"Start of Untrusted, 73 percent"_s);
    }

    void neverGoesBackAndNeverSaysDoneTooEarly()
    {
        StartPresenter start(u"Untrusted"_s, {}, Level::Process, {1000});
        QCOMPARE(start.view(500).fraction, 0.5);
        QCOMPARE(start.view(400).fraction, 0.5);
        QCOMPARE(start.view(60000).fraction, 0.95);
        start.finish(60010);
        QCOMPARE(start.view(60010).fraction, 1.0);
    }

    void saysWhenItTakesLonger()
    {
        StartPresenter start(u"Untrusted"_s, {}, Level::Process, {1000});
        QVERIFY(!start.view(3000).timing.contains(u"longer"_s));
        QCOMPARE(start.view(3100).timing, u"3.1 s · longer than usual"_s);
    }

    void knowsNoUsualTimeAtFirst()
    {
        StartPresenter start(u"Untrusted"_s, {}, Level::Process, {});
        QCOMPARE(start.view(700).timing, u"0.7 s"_s);
        QVERIFY(start.view(700).purpose.isEmpty());
    }

    void aSkippedStageTookNoTime()
    {
        StartPresenter start(u"Untrusted"_s, {}, Level::Process, {});
        start.enter(Stage::Connect, 800);
        const StartView view = start.view(900);
        QCOMPARE(view.stages[0].time, u"0.8 s"_s);
        QCOMPARE(view.stages[1], (StageRow{u"Starting"_s, StageState::Done, u"0.0 s"_s}));
        QCOMPARE(view.stages[2].state, StageState::Running);
    }

    void usualIsTheMedianOfTheLastTwenty()
    {
        QCOMPARE(StartPresenter::usual_ms({}), std::nullopt);
        QCOMPARE(StartPresenter::usual_ms({900, 100, 200}), std::optional(200));
        QCOMPARE(StartPresenter::usual_ms({100, 300}), std::optional(200));
        QVector<int> past(20, 5000);
        for (int count = 0; count < 20; ++count)
            past = StartPresenter::remember(past, 100);
        QCOMPARE(past, QVector<int>(20, 100));
    }
};

QTEST_GUILESS_MAIN(TestStartPresenter)
#include "tst_start_presenter.moc"
