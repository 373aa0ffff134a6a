// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "vgpu/display/host/host_session.h"

namespace annex::display {

/// Writes down in words what it hears, and keeps the newest of what carries more than words.
class RecordingListener : public HostListener {
public:
    std::vector<std::string> heard;
    SurfaceView view;
    std::vector<Rect> damage;
    FrameInfo info;
    Image image;

    void connected() override { heard.emplace_back("connected"); }
    void windowCreated(const Window& w) override { note("created", w.id); }
    void windowDestroyed(WindowId id) override { note("destroyed", id); }
    void geometryChanged(const Window& w) override { note("geometry", w.id); }
    void titleChanged(const Window& w) override { heard.push_back("title " + std::to_string(w.id) + " " + w.title); }
    void appIdChanged(const Window& w) override { heard.push_back("app " + std::to_string(w.id) + " " + w.appId); }
    void hintsChanged(const Window& w) override { note("hints", w.id); }
    void iconChanged(const Window& w, const Image& icon) override
    {
        note("icon", w.id);
        image = icon;
    }
    void frameReady(const Window& w, const SurfaceView& surface, std::span<const Rect> rects, const FrameInfo& frame) override
    {
        note("frame", w.id);
        view = surface;
        damage.assign(rects.begin(), rects.end());
        info = frame;
    }
    void unmapped(const Window& w) override { note("unmapped", w.id); }
    void cursorChanged(const Image& cursor, std::int32_t x, std::int32_t y) override
    {
        heard.push_back("cursor " + std::to_string(x) + "," + std::to_string(y));
        image = cursor;
    }
    void requested(const Window& w, RequestKind kind, std::uint32_t edges) override
    {
        heard.push_back("request " + std::to_string(w.id) + " " + std::to_string(static_cast<int>(kind)) + " " + std::to_string(edges));
    }
    void refused(WindowId id, RefusedReason) override { note("refused", id); }
    void pong(WindowId id, std::uint32_t serial) override { heard.push_back("pong " + std::to_string(id) + " " + std::to_string(serial)); }

private:
    void note(const char* what, WindowId id) { heard.push_back(std::string(what) + " " + std::to_string(id)); }
};

} // namespace annex::display
