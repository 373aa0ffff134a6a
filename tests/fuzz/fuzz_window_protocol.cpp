// SPDX-License-Identifier: Apache-2.0
// A hostile annex-display against the host end of the window protocol, with a real sealed pool.
// Input: one byte of options, then the stream after the echoed Preamble.
#include <algorithm>

#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "vgpu/display/host/host_session.h"
#include "vgpu/display/host/posix/pool.h"

using namespace annex;
using namespace annex::display;
using fuzz::must;

namespace {

constexpr std::uint64_t kPool_bytes = 1u << 20;

ByteSpan sharedPool()
{
    static const UniqueFd s_memory = [] {
        auto made = createPool(kPool_bytes);
        must(made.has_value(), "a pool can be made");
        return std::move(*made);
    }();
    static const PoolMapping s_mapping = [] {
        auto mapped = PoolMapping::map(s_memory.get(), kPool_bytes);
        must(mapped.has_value(), "a pool can be mapped");
        return std::move(*mapped);
    }();
    return s_mapping.bytes();
}

/// Believes what the host session promises, and checks that it may.
class Viewer : public HostListener {
public:
    HostSession* session = nullptr;
    bool pooled = false;
    std::uint64_t sum = 0; ///< of all pixels read, so that the reads happen

    void connected() override { session->send(0, Screen{}); }
    void windowCreated(const Window& window) override
    {
        checkWindow(window);
        must(window.id > m_newest, "ids count up");
        m_newest = window.id;
        session->configure(window.id, {{100, 100}, kStateActivated});
    }
    void windowDestroyed(WindowId id) override
    {
        must(session->windows().find(id) == nullptr, "an ended window is gone");
        session->frameDone(id, m_lastSerial);
    }
    void geometryChanged(const Window& window) override
    {
        checkWindow(window);
        must(window.geometry.has_value(), "a window that was placed has a place");
        const Rect& box = *window.geometry;
        must(box.width >= 1 && box.width <= kMaxWindowEdge_px && box.height >= 1 && box.height <= kMaxWindowEdge_px, "sizes are in range");
        must(box.x >= -kMaxCoordinate_px && box.x <= kMaxCoordinate_px && box.y >= -kMaxCoordinate_px && box.y <= kMaxCoordinate_px,
             "places are in range");
    }
    void titleChanged(const Window& window) override
    {
        checkWindow(window);
        must(isValidUtf8(window.title), "titles are UTF-8");
        std::size_t characters = 0;
        for (std::string_view rest = window.title; !rest.empty(); ++characters) {
            const auto c = decodeFirst(rest);
            must(!isUnfitForLine(c->value) && c->value != '\n', "titles are one line");
            rest.remove_prefix(c->size);
        }
        must(characters <= kMaxTitle_characters, "titles are short");
    }
    void appIdChanged(const Window& window) override { must(checkedAppId(window.appId) == window.appId, "app ids are plain"); }
    void hintsChanged(const Window& window) override
    {
        for (std::int32_t wish : {0, 1, 500, 100'000}) {
            const Size size = constrain({wish, wish}, window.hints);
            must(size.width >= 1 && size.width <= kMaxWindowEdge_px && size.height >= 1 && size.height <= kMaxWindowEdge_px,
                 "hints lead to possible sizes");
        }
    }
    void iconChanged(const Window&, const Image& icon) override { checkImage(icon, kMaxIconEdge_px); }
    void frameReady(const Window& window, const SurfaceView& view, std::span<const Rect> damage, const FrameInfo& info) override
    {
        checkWindow(window);
        must(window.mapped, "a window with a frame is mapped");
        must(info.serial == m_lastSerial + 1 || m_lastSerial == 0 || info.serial > m_lastSerial, "serials count up");
        m_lastSerial = info.serial;
        checkView(view);
        must(!damage.empty() && damage.size() <= kMaxDamageRects, "damage is bounded");
        for (const Rect& rect : damage)
            read(view, rect);
        must(session->surfaces().inFlight(window.id, info.serial).has_value(), "a presented frame is in flight");
        if (info.serial % 4 != 0) // some are acknowledged late or never
            session->frameDone(window.id, info.serial);
    }
    void unmapped(const Window& window) override { must(!window.mapped, "an unmapped window is not mapped"); }
    void cursorChanged(const Image& image, std::int32_t x, std::int32_t y) override
    {
        checkImage(image, kMaxCursorEdge_px);
        must(image.empty() ? x == 0 && y == 0 : x >= 0 && y >= 0 && x < image.width && y < image.height, "hot spots are inside");
    }
    void requested(const Window& window, RequestKind, std::uint32_t edges) override
    {
        checkWindow(window);
        must(edges <= 15 && (edges & 3) != 3 && (edges & 12) != 12, "edges make a corner");
    }
    void refused(WindowId id, RefusedReason) override { must(id == 0 || session->windows().find(id) != nullptr, "it concerns a living window"); }
    void pong(WindowId, std::uint32_t) override {}

private:
    void checkWindow(const Window& window) const
    {
        must(session->windows().find(window.id) == &window, "windows are handed over as the model has them");
        must(window.parent == 0 || session->windows().find(window.parent) != nullptr, "parents live");
        must(session->windows().count() <= kMaxWindows, "windows are few");
        must(session->windows().root(window.id) != nullptr, "every window has a root");
    }
    static void checkImage(const Image& image, std::int32_t limit)
    {
        must(image.width >= 0 && image.width <= limit && image.height >= 0 && image.height <= limit, "images are small");
        must(image.pixels.size() == std::size_t{4} * static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height),
             "images have all their pixels");
    }
    void checkView(const SurfaceView& view) const
    {
        must(view.width >= 1 && view.height >= 1 && view.width <= kMaxWindowEdge_px && view.height <= kMaxWindowEdge_px, "frames have a size");
        must(view.stride_bytes >= std::uint32_t{4} * static_cast<std::uint32_t>(view.width), "rows do not overlap");
        must(session->surfaces().content_bytes() <= kPool_bytes, "contents keep to their budget");
        if (!pooled)
            return;
        const ByteSpan pool = sharedPool();
        const std::uint64_t end = std::uint64_t{view.stride_bytes} * static_cast<std::uint64_t>(view.height);
        must(view.pixels >= pool.data() && view.pixels + end <= pool.data() + pool.size(), "frames lie in the pool");
    }
    void read(const SurfaceView& view, const Rect& rect)
    {
        must(rect.x >= 0 && rect.y >= 0 && rect.width >= 1 && rect.height >= 1 && rect.x + rect.width <= view.width &&
                 rect.y + rect.height <= view.height,
             "damage lies in its frame");
        // The corners are the furthest that a copy reaches.
        for (std::int32_t y : {rect.y, rect.y + rect.height - 1}) {
            const std::uint8_t* row = view.row(y);
            sum += row[4 * rect.x] + row[4 * (rect.x + rect.width) - 1];
        }
    }

    WindowId m_newest = 0;
    std::uint32_t m_lastSerial = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Choices choices({data, size});
    const std::uint8_t options = choices.byte();
    Viewer viewer;
    viewer.pooled = (options & 1) != 0;
    HostSession::Options sessionOptions;
    if (viewer.pooled)
        sessionOptions.pool = sharedPool();
    sessionOptions.inline_bytes = kPool_bytes;
    HostSession session(sessionOptions, viewer);
    viewer.session = &session;

    session.start();
    const ByteVector echo(session.output().begin(), session.output().end());
    session.sent(echo.size());
    must(session.receive(echo).has_value(), "an echo is taken");
    if ((options & 2) == 0) {
        ByteVector hello;
        append(hello, 0, Hello{kProtocolVersion, kFeaturePool | kFeatureInline});
        must(session.receive(hello).has_value() && session.isConnected(), "Hello is taken");
    }

    const std::size_t piece = (options & 4) != 0 ? 7 : 4096;
    bool broken = false;
    while (!choices.empty()) {
        const bool taken = session.receive(choices.take(piece)).has_value();
        must(!(broken && taken), "a breach is final");
        broken = !taken;
        must(session.output().size() < HostSession::kOutputLimit_bytes * 16, "output is bounded by input");
        session.sent(session.output().size() / 2);
        if (!broken && session.isConnected())
            session.ping(0);
    }
    return 0;
}
