// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <QTemporaryDir>

#include "isolation/namespaces/namespaces_engine.h"

/// Real bubblewrap, a real keeper and a tiny guest. Runs as an ordinary account; as root it fails with a clear message.
namespace annex::test {

namespace fs = std::filesystem;
using isolation::Deadline;
using isolation::Guest;
using isolation::GuestEvent;
using isolation::GuestSpec;

Deadline soon(std::chrono::seconds patience = std::chrono::seconds(60));

class Fixture {
public:
    explicit Fixture(bool undelegated = false);
    ~Fixture();

    /// Why these tests cannot run here; empty when they can.
    static std::string obstacle();
    static bool delegated();

    GuestSpec spec(const std::string& id = "one") const;
    Result<std::unique_ptr<Guest>> start(GuestSpec spec);
    Result<std::vector<std::unique_ptr<Guest>>> adopt();
    /// Forgets everything, as a killed broker does, and begins again.
    void restartEngine();
    isolation::NamespacesEngine& engine() { return *m_engine; }
    fs::path keeperFolder() const;

    /// Runs the loop until the coroutine has its result.
    template <class T> T run(asio::awaitable<T> work)
    {
        std::optional<T> result;
        std::exception_ptr broken;
        asio::co_spawn(m_loop, std::move(work), [&](std::exception_ptr error, T value) {
            broken = error;
            result.emplace(std::move(value));
        });
        spinUntil([&] { return result.has_value() || broken; });
        if (broken)
            std::rethrow_exception(broken);
        return std::move(*result);
    }
    /// Begins a coroutine; `done` gets its result while the loop runs.
    template <class T> void begin(asio::awaitable<T> work, std::function<void(T)> done)
    {
        asio::co_spawn(m_loop, std::move(work), [done](std::exception_ptr, T value) { done(std::move(value)); });
    }
    /// Runs the loop until `done`, at most a minute. @return done()
    bool spinUntil(const std::function<bool()>& done, std::chrono::seconds patience = std::chrono::seconds(60));

    /// Sends a command to the tiny guest and waits for its answer ("" when the guest is gone).
    std::string ask(Guest& guest, const std::string& command);
    std::string shell(Guest& guest, const std::string& command) { return ask(guest, "sh " + command); }

    /// Processes of this account whose command line has `text`, as the host sees them.
    static std::vector<pid_t> processesWith(const std::string& text);
    /// The guest's processes and helpers, by role.
    pid_t keeperOf(const std::string& id) const;
    pid_t bubblewrapOf(const std::string& id) const;
    pid_t firstOf(const std::string& id) const;
    /// What of any guest of this fixture is still there, in words; empty: nothing.
    std::string remains() const;

private:
    QTemporaryDir m_folder;
    bool m_undelegated;
    asio::io_context m_loop;
    std::unique_ptr<isolation::NamespacesEngine> m_engine;
};

} // namespace annex::test
