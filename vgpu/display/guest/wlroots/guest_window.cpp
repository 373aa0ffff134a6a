// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/guest_window.h"

#include <algorithm>
#include <csignal>

#include "vgpu/display/guest/wlroots/pointer.h"
#include "vgpu/display/guest/wlroots/quiet_output.h"
#include "vgpu/display/guest/wlroots/surface_watch.h"

namespace annex::display::guest {

GuestWindow::~GuestWindow()
{
    hide();
}

int GuestWindow::scale() const
{
    return m_around.output->scale();
}

bool GuestWindow::show(WindowKind kind, std::uint32_t parent, bool x11)
{
    hide();
    m_exported = m_around.exporter->open(kind, parent, x11, *this);
    if (!m_exported)
        return false;
    m_around.windows[m_exported->id()] = this;
    m_bound = surface();
    SurfaceWatch::bind(m_bound, this);
    m_tree.clear();
    m_crop = {};
    treeChanged();
    return true;
}

void GuestWindow::hide()
{
    if (!m_exported)
        return;
    const std::uint32_t id = m_exported->id();
    m_around.pointer->windowGone(*this);
    m_around.windows.erase(id);
    SurfaceWatch::bind(m_bound, nullptr); // unmap precedes the end of the surface
    m_bound = nullptr;
    m_exported = nullptr;
    m_tree.clear();
    m_around.exporter->close(id);
}

void GuestWindow::kill()
{
    if (!surface())
        return;
    wl_client* client = wl_resource_get_client(surface()->resource);
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
    wl_client_get_credentials(client, &pid, &uid, &gid);
    // The kernel named this process when it connected. A program that only lost its display would live on unseen.
    if (pid > 1)
        ::kill(pid, SIGKILL);
    m_around.reaper->condemn(client);
}

void GuestWindow::surfaceCommitted(wlr_surface* surfaceThatDid)
{
    if (!m_exported)
        return;
    if (surfaceThatDid == surface())
        rootCommitted();
    Region damage;
    for (const PlacedSurface& placed : m_tree) {
        if (placed.surface == surfaceThatDid) {
            wlr_surface_get_effective_damage(surfaceThatDid, damage.raw());
            damage.translate(placed.box.x, placed.box.y);
            break;
        }
    }
    exportContent(std::move(damage));
}

void GuestWindow::treeChanged()
{
    if (m_exported)
        exportContent({});
}

void GuestWindow::rescaled()
{
    m_crop = {};
    treeChanged();
}

// Whatever appeared, moved, vanished or changed its place in the order damages its old and its new box.
Region GuestWindow::treeDifference(const std::vector<PlacedSurface>& now) const
{
    Region difference;
    for (std::size_t i = 0; i < std::max(now.size(), m_tree.size()); ++i) {
        if (i < now.size() && i < m_tree.size() && now[i] == m_tree[i])
            continue;
        if (i < now.size())
            difference.add(now[i].box);
        if (i < m_tree.size())
            difference.add(m_tree[i].box);
    }
    return difference;
}

void GuestWindow::exportContent(Region damage)
{
    wlr_surface* root = surface();
    if (!root)
        return;
    std::vector<PlacedSurface> tree = surfaceTree(root);
    const Rect crop = this->crop();
    if (tree != m_tree) {
        damage.add(treeDifference(tree));
        for (const PlacedSurface& placed : tree)
            wlr_surface_send_enter(placed.surface, m_around.output->get());
        m_tree = std::move(tree);
    }
    if (crop != m_crop) {
        m_crop = crop;
        damage.add(crop);
    }
    bool wantsCallback = false;
    for (const PlacedSurface& placed : m_tree)
        wantsCallback |= !wl_list_empty(&placed.surface->current.frame_callback_list);

    damage.translate(-crop.x, -crop.y);
    damage.clipTo({0, 0, crop.width, crop.height});
    m_exported->commit(crop.width * scale(), crop.height * scale(), damage.scaled(scale()), wantsCallback);
}

wlr_surface* GuestWindow::surfaceAt(Point inCrop, Point& inSurface) const
{
    if (!surface())
        return nullptr;
    return wlr_surface_surface_at(surface(), inCrop.x + m_crop.x, inCrop.y + m_crop.y, &inSurface.x, &inSurface.y);
}

void GuestWindow::paint(const PaintTarget& target, const Region& region)
{
    bool culprit = false;
    Painter::paint(m_tree, m_crop, scale(), target, region, [&](wlr_surface* surfaceOfCulprit) {
        culprit = true;
        m_around.reaper->condemn(wl_resource_get_client(surfaceOfCulprit->resource));
    });
    if (culprit)
        m_exported->refuse(RefusedReason::ClientKilled);
}

bool GuestWindow::isOpaque() const
{
    return Painter::isOpaque(m_tree, m_crop);
}

void GuestWindow::sendFrameCallbacks()
{
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (const PlacedSurface& placed : m_tree)
        wlr_surface_send_frame_done(placed.surface, &now);
}

} // namespace annex::display::guest
