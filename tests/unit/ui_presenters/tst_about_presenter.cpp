// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "ui/presenters/about_presenter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;
using P = AboutPresenter;

class TestAboutPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesEnginesAndPolicy()
    {
        AboutFacts facts;
        QCOMPARE(P::title(facts), u"Annex"_s);
        facts.version = VersionInfo{u"0.1.0"_s, 1, {{u"namespaces"_s, Level::Process, true, {}}, {u"qemu"_s, Level::Hypervisor, false, u"Not built."_s}}};
        facts.policy = PolicyState{};
        QCOMPARE(P::title(facts), u"Annex 0.1.0"_s);
        QCOMPARE(P::lines(facts), QStringList({u"Engine namespaces: level Process"_s, u"Engine qemu: not available. Not built."_s,
                                               u"Policy: your own, not managed"_s, u"Licence: Apache 2.0"_s}));
        facts.policy->managed = true;
        facts.policy->organisation = u"Acme Ltd"_s;
        QVERIFY(P::lines(facts).contains(u"Policy: managed by Acme Ltd"_s));
    }

    void quotesWhatAGuestCallsItself()
    {
        WindowFacts facts;
        facts.workspace.name = u"Untrusted"_s;
        facts.workspace.state = WorkspaceState::Running;
        facts.window = OpenWindow{u"1"_s, u"Your bank"_s, u"evil"_s, false, true};
        QCOMPARE(P::windowTitle(facts), u"A window of Untrusted"_s);
        QVERIFY(P::windowLines(facts).contains(u"It calls itself “Your bank”."_s));
        QVERIFY(P::windowLines(facts).first().startsWith(u"Level Process."_s));
    }
};

QTEST_GUILESS_MAIN(TestAboutPresenter)
#include "tst_about_presenter.moc"
