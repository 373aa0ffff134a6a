// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <QtTest>

#include "base/paths.h"

using namespace annex;

class TestPaths : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        for (const char* name : {"XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"})
            ::unsetenv(name);
        ::setenv("HOME", "/home/person", 1);
    }

    void followsTheEnvironment()
    {
        ::setenv("XDG_RUNTIME_DIR", "/run/here", 1);
        ::setenv("XDG_DATA_HOME", "/d", 1);
        ::setenv("XDG_CONFIG_HOME", "/c", 1);
        ::setenv("XDG_STATE_HOME", "/s", 1);
        ::setenv("XDG_CACHE_HOME", "/k", 1);
        auto paths = accountPaths();
        QVERIFY(paths);
        QCOMPARE(paths->brokerSocket().string(), std::string("/run/here/annex/annexd.sock"));
        QCOMPARE(paths->brokerLock().string(), std::string("/run/here/annex/annexd.lock"));
        QCOMPARE(paths->keeperFolder().string(), std::string("/run/here/annex/keepers"));
        QCOMPARE(paths->policyDatabase().string(), std::string("/d/annex/policy.sqlite"));
        QCOMPARE(paths->config.string(), std::string("/c/annex"));
        QCOMPARE(paths->logFolder().string(), std::string("/s/annex/log"));
        QCOMPARE(paths->cache.string(), std::string("/k/annex"));
        QCOMPARE(paths->managed.string(), std::string("/etc/annex/policy.d"));
    }

    void fallsBackBelowHome()
    {
        auto paths = accountPaths();
        QVERIFY(paths);
        QCOMPARE(paths->data.string(), std::string("/home/person/.local/share/annex"));
        QCOMPARE(paths->state.string(), std::string("/home/person/.local/state/annex"));
        const std::string usual = "/run/user/" + std::to_string(::geteuid());
        const std::string runtime = ::access(usual.c_str(), F_OK) == 0 ? usual + "/annex" : "/home/person/.cache/annex/run";
        QCOMPARE(paths->runtime.string(), runtime);
    }

    void takesRelativeVariablesForUnset()
    {
        ::setenv("XDG_DATA_HOME", "relative", 1);
        ::setenv("XDG_STATE_HOME", "", 1);
        QCOMPARE(accountPaths()->data.string(), std::string("/home/person/.local/share/annex"));
        QCOMPARE(accountPaths()->state.string(), std::string("/home/person/.local/state/annex"));
        ::setenv("HOME", "relative", 1);
        auto paths = accountPaths(); // by the password database then
        QVERIFY(!paths || paths->data.is_absolute());
    }

    void findsTheRunningProgram()
    {
        QCOMPARE(programFile()->filename().string(), std::string("tst_paths"));
        QCOMPARE(*programFolder(), programFile()->parent_path());
    }
};

QTEST_GUILESS_MAIN(TestPaths)
#include "tst_paths.moc"
