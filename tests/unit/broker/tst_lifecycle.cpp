// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <map>
#include <queue>
#include <set>

#include "app/broker/core/lifecycle.h"

using namespace annex::broker;

namespace {

using H = Happening;
using S = State;

// The whole table once more, by hand: every pair that is not here must be refused.
const std::map<std::pair<S, H>, S> kExpected{
    {{S::Stopped, H::StartAsked}, S::Starting},    {{S::Stopped, H::Adopted}, S::Running}, 
    {{S::Starting, H::StartDone}, S::Running},     {{S::Starting, H::StartFailed}, S::Failed},     {{S::Starting, H::StartCancelled}, S::Stopped},
    {{S::Starting, H::StopAsked}, S::Stopping},    {{S::Starting, H::GuestEnded}, S::Failed},      {{S::Running, H::PauseAsked}, S::Pausing},
    {{S::Running, H::StopAsked}, S::Stopping},     {{S::Running, H::GuestEnded}, S::Failed},       {{S::Pausing, H::PauseDone}, S::Paused},
    {{S::Pausing, H::PauseFailed}, S::Running},    {{S::Pausing, H::StopAsked}, S::Stopping},      {{S::Pausing, H::GuestEnded}, S::Failed},
    {{S::Paused, H::ResumeAsked}, S::Resuming},    {{S::Paused, H::StopAsked}, S::Stopping},       {{S::Paused, H::GuestEnded}, S::Failed},
    {{S::Resuming, H::ResumeDone}, S::Running},    {{S::Resuming, H::ResumeFailed}, S::Paused},    {{S::Resuming, H::StopAsked}, S::Stopping},
    {{S::Resuming, H::GuestEnded}, S::Failed},     {{S::Stopping, H::StartDone}, S::Stopping},     {{S::Stopping, H::StartFailed}, S::Stopping},
    {{S::Stopping, H::StartCancelled}, S::Stopping}, {{S::Stopping, H::PauseDone}, S::Stopping},   {{S::Stopping, H::PauseFailed}, S::Stopping},
    {{S::Stopping, H::ResumeDone}, S::Stopping},   {{S::Stopping, H::ResumeFailed}, S::Stopping},  {{S::Stopping, H::GuestEnded}, S::Stopping},
    {{S::Stopping, H::StopDone}, S::Stopped},      {{S::Failed, H::StartAsked}, S::Starting},      {{S::Failed, H::StopAsked}, S::Stopping},
};

} // namespace

class TestLifecycle : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyPairIsAsWrittenHere();
    void everyStateCanBeReachedAndLeftForStopped();
    void aStopCanBeAskedForWheneverThereIsAGuest();
    void passingStatesEndByThemselves();
    void everyNameIsItsOwn();
};

void TestLifecycle::everyPairIsAsWrittenHere()
{
    for (const S state : kAllStates)
        for (const H happening : kAllHappenings) {
            const auto found = kExpected.find({state, happening});
            const auto expected = found == kExpected.end() ? std::nullopt : std::optional(found->second);
            const QByteArray name = QByteArray(toString(state).data()) + " + " + toString(happening).data();
            QVERIFY2(next(state, happening) == expected, name.constData());
        }
}

void TestLifecycle::everyStateCanBeReachedAndLeftForStopped()
{
    const auto reachableFrom = [](S from) {
        std::set<S> seen{from};
        std::queue<S> open;
        open.push(from);
        while (!open.empty()) {
            const S state = open.front();
            open.pop();
            for (const H happening : kAllHappenings)
                if (const auto to = next(state, happening); to && seen.insert(*to).second)
                    open.push(*to);
        }
        return seen;
    };
    QCOMPARE(reachableFrom(S::Stopped).size(), std::size(kAllStates));
    for (const S state : kAllStates)
        QVERIFY2(reachableFrom(state).contains(S::Stopped), toString(state).data());
}

void TestLifecycle::aStopCanBeAskedForWheneverThereIsAGuest()
{
    for (const S state : kAllStates)
        if (hasGuest(state) && state != S::Stopping)
            QVERIFY(next(state, H::StopAsked) == S::Stopping);
}

void TestLifecycle::passingStatesEndByThemselves()
{
    for (const S state : kAllStates)
        QCOMPARE(isPassing(state), state == S::Starting || state == S::Pausing || state == S::Resuming || state == S::Stopping);
    QVERIFY(!hasGuest(S::Stopped));
    QVERIFY(!hasGuest(S::Failed));
}

void TestLifecycle::everyNameIsItsOwn()
{
    std::set<std::string_view> names;
    for (const S state : kAllStates)
        QVERIFY(names.insert(toString(state)).second);
    for (const H happening : kAllHappenings)
        QVERIFY(names.insert(toString(happening)).second);
}

QTEST_GUILESS_MAIN(TestLifecycle)
#include "tst_lifecycle.moc"
