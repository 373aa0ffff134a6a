// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "policy/policy_engine.h"
#include "qstring_of.h"

/// A policy engine on a folder of its own, with a log daemon, managed files and a clock that a test plays.
namespace annex::policy::test {

using namespace annex::literals;
using namespace std::chrono_literals;


inline const Subject kPerson{Subject::Kind::Person, "annexctl"};
inline const Subject kViewer{Subject::Kind::Viewer, ""};
inline const Subject kGuest{Subject::Kind::Guest, "Recorder"};

class FakeManaged final : public ManagedReader {
public:
    explicit FakeManaged(std::shared_ptr<ManagedPolicy> policy) : m_policy(std::move(policy)) {}
    ManagedPolicy read() override { return *m_policy; }

private:
    std::shared_ptr<ManagedPolicy> m_policy;
};

struct LogState {
    std::string kind = "journal";
    std::vector<Anchor> anchors;
    std::vector<std::string> records;
};

class FakeLog final : public LogDaemon {
public:
    explicit FakeLog(std::shared_ptr<LogState> state) : m_state(std::move(state)) {}
    std::string_view kind() override { return m_state->kind; }
    Result<void> sendAnchor(const Anchor& anchor) override
    {
        if (m_state->kind.empty())
            return fail(Errc::NotFound, "no log daemon");
        m_state->anchors.push_back(anchor);
        return {};
    }
    Result<void> sendRecord(std::string_view, std::string_view jsonLine) override
    {
        m_state->records.emplace_back(jsonLine);
        return {};
    }

private:
    std::shared_ptr<LogState> m_state;
};

class KeptBy final : public AnchorSource {
public:
    explicit KeptBy(const LogState& state) : m_state(state) {}
    Result<std::vector<Anchor>> read() override { return m_state.anchors; }

private:
    const LogState& m_state;
};

class FakeClock final : public Clock {
public:
    std::chrono::steady_clock::time_point steadyNow() const override { return std::chrono::steady_clock::time_point(passed); }
    std::chrono::system_clock::time_point systemNow() const override { return start + passed; }
    std::chrono::nanoseconds passed = 1000h;
    std::chrono::system_clock::time_point start = std::chrono::system_clock::now() - 1000h;
};

class PolicyEngineFixture : public QObject {
protected:
    void prepare()
    {
        m_temporary = std::make_unique<QTemporaryDir>(fastTemplate());
        m_folder = m_temporary->filePath("data").toStdString();
        m_managed = std::make_shared<ManagedPolicy>();
        m_log = std::make_shared<LogState>();
        m_clock = std::make_shared<FakeClock>();
        m_limits = {};
        reopen();
        QVERIFY(m_engine);
        m_untrusted = m_engine->workspace("Untrusted")->id;
    }
    void finish()
    {
        m_engine.reset();
        m_temporary.reset();
    }

    void reopen()
    {
        m_engine.reset();
        PolicyOptions options;
        options.dataFolder = m_folder;
        options.host = {.memory = 32_GiB, .processors = 8};
        options.managed = std::make_unique<FakeManaged>(m_managed);
        options.log = std::make_unique<FakeLog>(m_log);
        options.clock = m_clock;
        options.limits = m_limits;
        auto engine = PolicyEngine::open(std::move(options));
        if (!engine)
            qFatal("%s", engine.error().describe().c_str());
        m_engine = std::move(*engine);
    }

    void lock(const char* key, Value value, const char* reason)
    {
        m_managed->state = ManagedPolicy::State::Valid;
        m_managed->organisation = "Acme Ltd";
        m_managed->values[key] = {std::move(value), true, reason, "Acme Ltd", "10-acme.json", m_clock->systemNow()};
    }

    Decision decide(const Subject& subject, const Action& action)
    {
        auto decision = m_engine->decideAndRecord(subject, action, m_untrusted);
        if (!decision)
            qFatal("%s", decision.error().describe().c_str());
        return *decision;
    }

    AuditRecord newest() { return m_engine->audit({.limit = 1})->records.at(0); }

    Verification verify()
    {
        KeptBy kept(*m_log);
        return verifyTrail(m_engine->databasePath(), &kept).value();
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    std::string m_folder;
    std::shared_ptr<ManagedPolicy> m_managed;
    std::shared_ptr<LogState> m_log;
    std::shared_ptr<FakeClock> m_clock;
    AuditLimits m_limits;
    std::unique_ptr<PolicyEngine> m_engine;
    std::string m_untrusted;
};

} // namespace annex::policy::test
