// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QTemporaryDir>
#include <QTest>

#include "tests/support/display_host/test_host.h"

namespace annex::test {

/// A fresh annex-display with an attached host for one test, in a runtime folder of its own.
class DisplayFixture {
public:
    /// @param options  its runtime folder is filled in here
    explicit DisplayFixture(TestHost::Options options = {}, bool attach = true);

    TestHost& host() { return *m_host; }
    TestHost* operator->() { return m_host.get(); }
    explicit operator bool() const { return m_host != nullptr; }
    const std::string& problem() const { return m_problem; }

    /// Starts the test client with these options and waits until its window stands. @return its id, 0 when it does not come
    std::uint32_t showClient(const std::vector<std::string>& arguments = {});
    GuestProgram* client() const { return m_client; }
    bool clientSays(const std::string& prefix);

private:
    QTemporaryDir m_folder;
    std::unique_ptr<TestHost> m_host;
    GuestProgram* m_client = nullptr;
    std::string m_problem;
};

} // namespace annex::test

/// Every test ends with this: the protocol was kept and the compositor lives.
#define ANNEX_VERIFY_SOUND(fixture)                                     \
    do {                                                                \
        QCOMPARE(QString::fromStdString(fixture->violation()), QString()); \
        QVERIFY(fixture->displayAlive());                               \
    } while (false)

/// Waits for a condition that only a hang keeps from coming true.
#define ANNEX_WAIT(fixture, condition) QVERIFY2(fixture->waitFor([&] { return (condition); }), #condition)
