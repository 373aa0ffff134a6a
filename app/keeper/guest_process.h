// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "app/keeper/bubblewrap_process.h"
#include "base/channel/posix/local_socket.h"

namespace annex::keeper {

/// The guest as the keeper holds it: processes, stream ends, pool and control group. Not copied, not moved: it owns the group.
class GuestProcess {
public:
    explicit GuestProcess(Specification specification);
    ~GuestProcess();
    GuestProcess(const GuestProcess&) = delete;
    GuestProcess& operator=(const GuestProcess&) = delete;

    /// Makes everything and lets the guest run. On an error `end` is still to be called.
    Result<void> start(std::chrono::steady_clock::time_point deadline);

    /// Becomes readable when bubblewrap, and with it the guest, has ended.
    int endDescriptor() const { return m_bubblewrap.process.pidfd(); }
    pid_t first() const { return m_first; }
    /// Host's ends and pool; what is handed out are duplicates of these.
    int control() const { return m_control.get(); }
    int display() const { return m_display.get(); }
    int pool() const { return m_pool.get(); }
    const Specification& specification() const { return m_specification; }

    Result<void> pause();
    Result<void> resume();
    /// SIGTERM to the first process.
    Result<void> ask();
    /// SIGKILL to the first process, frozen or not; the end shows at endDescriptor.
    void kill();

    /// Ends what is left, removes the control group, and says how the first process ended (128 + signal where one ended it).
    int end();

private:
    Result<void> makeGroup();
    Result<void> confine(std::chrono::steady_clock::time_point deadline);
    Result<void> joinGroup(pid_t pid);
    Result<void> limitFirst();
    Result<void> waitForScratch(std::chrono::steady_clock::time_point deadline);
    Result<void> waitFrozen();
    bool bubblewrapEnded(int patience_ms) const;
    bool firstEnded() const;
    void removeGroup();

    Specification m_specification;
    BubblewrapProcess m_bubblewrap;
    UniqueFd m_control;
    UniqueFd m_display;
    UniqueFd m_pool;
    UniqueFd m_firstHandle; ///< pidfd
    pid_t m_first = -1;
    bool m_firstReported = false; ///< bubblewrap has named it
};

} // namespace annex::keeper
