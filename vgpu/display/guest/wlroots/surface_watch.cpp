// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/surface_watch.h"

#include "vgpu/display/guest/wlroots/guest_window.h"

namespace annex::display::guest {

void ClientReaper::condemn(wl_client* client)
{
    for (const Entry& entry : m_condemned) {
        if (entry.client == client)
            return;
    }
    Entry& entry = m_condemned.emplace_back();
    entry.client = client;
    entry.gone.connectWith([client](wl_listener* listener) { wl_client_add_destroy_listener(client, listener); },
                           [this, client](void*) { m_condemned.remove_if([client](const Entry& e) { return e.client == client; }); });
    m_task.schedule();
}

void ClientReaper::reap()
{
    while (!m_condemned.empty())
        wl_client_destroy(m_condemned.front().client); // its destroy listener takes it off the list
}

struct SurfaceWatch::Watched {
    Listener commit, newSubsurface, destroy;
    Listener subsurfaceMapped, subsurfaceUnmapped, subsurfaceDestroyed;
    bool surfaceGone = false;
};

SurfaceWatch::SurfaceWatch(wlr_compositor* compositor, ClientReaper& reaper)
    : m_reaper(reaper), m_newSurface(compositor->events.new_surface, [this](void* data) { watch(static_cast<wlr_surface*>(data)); })
{
}

SurfaceWatch::~SurfaceWatch() = default;

GuestWindow* SurfaceWatch::windowOf(wlr_surface* surface)
{
    wlr_surface* root = wlr_surface_get_root_surface(surface);
    return root ? static_cast<GuestWindow*>(root->data) : nullptr;
}

void SurfaceWatch::watch(wlr_surface* surface)
{
    wl_client* client = wl_resource_get_client(surface->resource);
    if (++m_counts[client].surfaces > kMaxSurfacesPerClient && client != m_exempt)
        m_reaper.condemn(client);

    auto watched = std::make_unique<Watched>();
    watched->commit.connect(surface->events.commit, [surface](void*) {
        if (GuestWindow* window = windowOf(surface))
            window->surfaceCommitted(surface);
    });
    watched->newSubsurface.connect(surface->events.new_subsurface,
                                   [this](void* data) { adopted(static_cast<wlr_subsurface*>(data)); });
    watched->destroy.connect(surface->events.destroy, [this, surface, client](void*) {
        auto count = m_counts.find(client);
        if (count != m_counts.end() && --count->second.surfaces == 0)
            m_counts.erase(count);
        auto entry = m_surfaces.find(surface);
        if (entry == m_surfaces.end())
            return;
        Watched& gone = *entry->second;
        gone.commit.disconnect();
        gone.newSubsurface.disconnect();
        gone.destroy.disconnect();
        // The subsurface ends in this same emission, after us, and its window must hear of it: else it would keep a surface that is freed.
        gone.surfaceGone = true;
        if (!gone.subsurfaceDestroyed.connected())
            m_surfaces.erase(entry);
    });
    m_surfaces[surface] = std::move(watched);
}

void SurfaceWatch::adopted(wlr_subsurface* subsurface)
{
    int depth = 0;
    for (wlr_surface* at = subsurface->surface; at && wlr_surface_is_subsurface(at);) {
        wlr_subsurface* link = wlr_subsurface_from_wlr_surface(at);
        at = link ? link->parent : nullptr;
        ++depth;
    }
    if (depth > kMaxSubsurfaceDepth)
        m_reaper.condemn(wl_resource_get_client(subsurface->surface->resource));

    auto watched = m_surfaces.find(subsurface->surface);
    if (watched == m_surfaces.end())
        return;
    // A subsurface that comes or goes changes its window without a commit of the parent.
    auto changed = [subsurface](void*) {
        if (subsurface->parent) {
            if (GuestWindow* window = windowOf(subsurface->parent))
                window->treeChanged();
        }
    };
    watched->second->subsurfaceMapped.connect(subsurface->events.map, changed);
    watched->second->subsurfaceUnmapped.connect(subsurface->events.unmap, changed);
    watched->second->subsurfaceDestroyed.connect(
        subsurface->events.destroy, [this, changed, surface = subsurface->surface, w = watched->second.get()](void* data) {
            w->subsurfaceMapped.disconnect();
            w->subsurfaceUnmapped.disconnect();
            w->subsurfaceDestroyed.disconnect();
            changed(data);
            if (w->surfaceGone)
                m_surfaces.erase(surface);
        });
}

} // namespace annex::display::guest
