// SPDX-License-Identifier: Apache-2.0
// Input waits for the window that it is meant for, in order, and not for ever.
#include <QTest>

#include "vgpu/display/guest/core/input_gate.h"

using namespace annex::display;
using namespace annex::display::guest;

namespace {

struct Scene {
    std::vector<std::uint32_t> keys; ///< codes that came through
    int others = 0;
    InputGate gate{[this](std::uint32_t, const HostMessage& message) {
        if (const auto* key = std::get_if<Key>(&message))
            keys.push_back(key->code);
        else
            ++others;
    }};
    void key(std::uint32_t code) { gate.message(0, Key{code, true, 0}); }
};

} // namespace

class TestInputGate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void passesWhileOpen();
    void holdsInputAndNothingElse();
    void onlyTheNewestClosingOpens();
    void mayBeClosedAgainByWhatPasses();
    void keepsABound();
    void forgetsWithTheHost();
};

void TestInputGate::passesWhileOpen()
{
    Scene s;
    s.key(1);
    QCOMPARE(s.keys, std::vector<std::uint32_t>{1});
}

void TestInputGate::holdsInputAndNothingElse()
{
    Scene s;
    const auto number = s.gate.close();
    s.key(1);
    s.gate.message(7, PointerMotion{});
    s.gate.message(7, FrameDone{}); // a program draws on meanwhile
    s.gate.message(7, Configure{});
    s.key(2);
    QVERIFY(s.keys.empty());
    QCOMPARE(s.others, 2);
    s.gate.open(number);
    QCOMPARE(s.keys, (std::vector<std::uint32_t>{1, 2}));
    QCOMPARE(s.others, 3);
}

void TestInputGate::onlyTheNewestClosingOpens()
{
    Scene s;
    const auto first = s.gate.close(), second = s.gate.close();
    s.key(1);
    s.gate.open(first);
    QVERIFY(s.keys.empty());
    s.gate.open(second);
    QCOMPARE(s.keys.size(), std::size_t{1});
}

void TestInputGate::mayBeClosedAgainByWhatPasses()
{
    std::vector<std::uint32_t> keys;
    InputGate* self = nullptr;
    std::uint32_t number = 0;
    InputGate gate([&](std::uint32_t, const HostMessage& message) {
        if (const auto* key = std::get_if<Key>(&message))
            keys.push_back(key->code);
        else
            number = self->close(); // a focus that has to be waited for
    });
    self = &gate;
    number = gate.close();
    gate.message(0, Key{1, true, 0});
    gate.message(7, Focus{true});
    gate.message(0, Key{2, true, 0});
    gate.open(number);
    QCOMPARE(keys, std::vector<std::uint32_t>{1});
    gate.open(number);
    QCOMPARE(keys, (std::vector<std::uint32_t>{1, 2}));
}

void TestInputGate::keepsABound()
{
    Scene s;
    s.gate.close();
    for (std::size_t i = 0; i <= InputGate::kMost; ++i)
        s.key(static_cast<std::uint32_t>(i));
    QCOMPARE(s.keys.size(), InputGate::kMost + 1); // early and in order, rather than lost or kept
    QVERIFY(!s.gate.isClosed());
}

void TestInputGate::forgetsWithTheHost()
{
    Scene s;
    const auto number = s.gate.close();
    s.key(1);
    s.gate.forget();
    s.gate.open(number);
    QVERIFY(s.keys.empty());
    s.key(2);
    QCOMPARE(s.keys, std::vector<std::uint32_t>{2});
}

QTEST_GUILESS_MAIN(TestInputGate)
#include "tst_input_gate.moc"
