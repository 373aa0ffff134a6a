// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/posix/unique_fd.h"
#include "base/result.h"
#include "vgpu/display/guest/wlroots/relay_numbers.h"

namespace annex::display::guest {

/// What annex-display was started with.
struct CompositorOptions {
    std::string socketName = "annex-0"; ///< in XDG_RUNTIME_DIR
    bool xwayland = false;              ///< started at the first X11 connection
    UniqueFd stream;                    ///< display stream
    UniqueFd pool;                      ///< pixel pool; none: frames travel inline
    UniqueFd relay;                     ///< to annex-init; none: no selections cross
    RelayNumbers relayNumbers;          ///< what its frames are called (the application's contract)
};

/// The guest's compositor: Wayland and X11 programs on one side, the window protocol on the other. One thread, one event loop.
class Compositor {
public:
    /// @errors what could not be made, and why
    static Result<std::unique_ptr<Compositor>> create(CompositorOptions options);
    ~Compositor();
    Compositor(const Compositor&) = delete;
    Compositor& operator=(const Compositor&) = delete;

    std::string waylandDisplay() const;
    std::string x11Display() const; ///< empty without Xwayland

    /// Runs until the stream or the relay ends, or SIGTERM comes.
    void run();

private:
    class Impl;
    explicit Compositor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace annex::display::guest
