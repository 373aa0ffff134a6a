// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>

#include "vgpu/display/guest/wlroots/event_loop.h"

namespace annex::display::guest {

class GuestWindow;

/// Ends clients, but never in the middle of one of their own requests.
class ClientReaper {
public:
    explicit ClientReaper(wl_event_loop* loop) : m_task(loop, [this] { reap(); }) {}
    /// The client's connection is closed at the end of this turn of the loop.
    void condemn(wl_client* client);

private:
    struct Entry {
        wl_client* client = nullptr;
        Listener gone;
    };
    void reap();

    std::list<Entry> m_condemned;
    IdleTask m_task;
};

/// Watches every surface of every program: commits go to the window that owns the tree, and programs that build trees no honest
/// one needs are ended, because wlroots walks these trees recursively and a deep one would take the compositor's stack.
class SurfaceWatch {
public:
    static constexpr int kMaxSubsurfaceDepth = 16;     // a browser nests 3
    static constexpr int kMaxSurfacesPerClient = 4096; // a browser with many tabs has some hundred; Xwayland one per X window

    SurfaceWatch(wlr_compositor* compositor, ClientReaper& reaper);
    ~SurfaceWatch();
    /// Xwayland speaks for many programs and is not counted.
    void exempt(wl_client* client) { m_exempt = client; }

    /// Owner of a root surface; surfaces of its tree report to it.
    static void bind(wlr_surface* root, GuestWindow* window) { root->data = window; }
    static GuestWindow* windowOf(wlr_surface* surface);

private:
    struct Watched;
    struct ClientCount {
        int surfaces = 0;
    };
    void watch(wlr_surface* surface);
    void adopted(wlr_subsurface* subsurface);

    ClientReaper& m_reaper;
    wl_client* m_exempt = nullptr;
    Listener m_newSurface;
    std::map<wlr_surface*, std::unique_ptr<Watched>> m_surfaces;
    std::map<wl_client*, ClientCount> m_counts;
};

} // namespace annex::display::guest
