// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/compositor.h"

#include <algorithm>
#include <csignal>
#include <map>

#include <sys/mman.h>
#include <sys/stat.h>

#include "vgpu/display/guest/core/host_link.h"
#include "vgpu/display/guest/core/host_watch.h"
#include "vgpu/display/guest/wlroots/client_budget.h"
#include "vgpu/display/guest/wlroots/cursor.h"
#include "vgpu/display/guest/wlroots/decorations.h"
#include "vgpu/display/guest/wlroots/host_commands.h"
#include "vgpu/display/guest/wlroots/host_stream.h"
#include "vgpu/display/guest/wlroots/keyboard.h"
#include "vgpu/display/guest/wlroots/log.h"
#include "vgpu/display/guest/wlroots/pointer.h"
#include "vgpu/display/guest/wlroots/quiet_output.h"
#include "vgpu/display/guest/wlroots/selection_relay.h"
#include "vgpu/display/guest/wlroots/surface_watch.h"
#include "vgpu/display/guest/wlroots/termination.h"
#include "vgpu/display/guest/wlroots/x11_bridge.h"
#include "vgpu/display/guest/wlroots/xdg_windows.h"

namespace annex::display::guest {

namespace {

struct DestroyDisplay {
    void operator()(wl_display* display) const { wl_display_destroy(display); }
};

/// The pool as it was handed over, mapped for as long as we live.
class PoolMapping {
public:
    static Result<PoolMapping> map(int fd)
    {
        struct stat status {};
        if (::fstat(fd, &status) < 0)
            return failErrno("look at the pixel pool");
        if (status.st_size <= 0 || static_cast<std::uint64_t>(status.st_size) > kMaxPool_bytes)
            return fail(Errc::TooLarge, "the pixel pool has no sensible size");
        const auto size = static_cast<std::size_t>(status.st_size);
        void* base = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (base == MAP_FAILED)
            return failErrno("map the pixel pool");
        return PoolMapping(static_cast<std::uint8_t*>(base), size);
    }
    PoolMapping(PoolMapping&& other) noexcept : m_base(std::exchange(other.m_base, nullptr)), m_size(other.m_size) {}
    PoolMapping(const PoolMapping&) = delete;
    PoolMapping& operator=(const PoolMapping&) = delete;
    ~PoolMapping()
    {
        if (m_base)
            ::munmap(m_base, m_size);
    }
    std::uint8_t* base() const { return m_base; }
    std::size_t size() const { return m_size; }

private:
    PoolMapping(std::uint8_t* base, std::size_t size) : m_base(base), m_size(size) {}
    std::uint8_t* m_base;
    std::size_t m_size;
};

} // namespace

class Compositor::Impl {
public:
    Result<void> start(CompositorOptions options);
    ~Impl();
    void run() { wl_display_run(m_around.display); }
    const std::string& socket() const { return m_socket; }
    std::string x11Display() const { return m_x11 ? m_x11->display() : ""; }

private:
    Result<void> makeGlobals();
    Result<void> makeInput();
    Result<void> makeExporter(const UniqueFd& pool);
    Result<void> makeHost(UniqueFd stream, std::uint32_t features);
    void newXdgSurface(wlr_xdg_surface* xdg);
    void flush();
    void rearm();
    void hostGone();
    void watchHost();

    std::unique_ptr<wl_display, DestroyDisplay> m_display;
    Surroundings m_around;
    std::string m_socket;
    wlr_backend* m_backend = nullptr;
    wlr_compositor* m_compositor = nullptr;
    wlr_output_layout* m_layout = nullptr;

    std::unique_ptr<PoolMapping> m_poolMapping;
    std::unique_ptr<PoolStore> m_pool;
    std::unique_ptr<Exporter> m_exporter;
    std::unique_ptr<IdleTask> m_flushTask;
    std::unique_ptr<DeadlineTimer> m_timer;

    std::unique_ptr<QuietOutput> m_output;
    std::unique_ptr<ClientReaper> m_reaper;
    std::unique_ptr<ClientBudget> m_budget;
    std::unique_ptr<SurfaceWatch> m_watch;
    std::unique_ptr<KeyboardInput> m_keyboard;
    std::unique_ptr<PointerInput> m_pointer;
    std::unique_ptr<CursorExport> m_cursor;
    std::unique_ptr<Decorations> m_decorations;
    std::map<wlr_xdg_surface*, std::unique_ptr<XdgWindow>> m_xdgWindows;
    std::unique_ptr<X11Bridge> m_x11;

    std::unique_ptr<HostCommands> m_commands;
    HostWatch m_hostWatch;
    std::unique_ptr<DeadlineTimer> m_hostTimer;
    std::unique_ptr<HostLink> m_link;
    std::unique_ptr<HostStream> m_stream;
    std::unique_ptr<SelectionRelay> m_selections;
    std::unique_ptr<Termination> m_termination;

    Listener m_onNewXdg, m_onActivation, m_onDragRequest, m_onSelection, m_onPrimary;
};

Result<void> Compositor::Impl::start(CompositorOptions options)
{
    ::signal(SIGPIPE, SIG_IGN);
    wlr_log_init(WLR_ERROR, nullptr);
    m_display.reset(wl_display_create());
    if (!m_display)
        return fail(Errc::Internal, "make a Wayland display");
    m_around.display = m_display.get();
    m_around.loop = wl_display_get_event_loop(m_display.get());

    if (auto made = makeExporter(options.pool); !made)
        return made;
    if (auto made = makeGlobals(); !made)
        return made;
    if (auto made = makeInput(); !made)
        return made;

    if (wl_display_add_socket(m_around.display, options.socketName.c_str()) < 0)
        return failErrno("make the Wayland socket '" + options.socketName + "'");
    m_socket = options.socketName;
    if (!wlr_backend_start(m_backend))
        return fail(Errc::Internal, "start the headless backend");
    if (options.xwayland) {
        auto x11 = X11Bridge::create(m_around, m_compositor, *m_watch);
        if (!x11)
            return while_("offer X11", std::move(x11));
        m_x11 = std::move(*x11);
    }
    if (options.stream) {
        if (auto made = makeHost(std::move(options.stream), options.pool ? kFeaturePool | kFeatureInline : kFeatureInline); !made)
            return made;
    }
    auto termination = Termination::create(m_around.display);
    if (!termination)
        return while_("watch for SIGTERM", std::move(termination));
    m_termination = std::move(*termination);
    if (options.relay) {
        m_selections = std::make_unique<SelectionRelay>(m_around, std::move(options.relay), options.relayNumbers,
                                                        [this] { wl_display_terminate(m_around.display); });
        m_selections->announce(m_socket, x11Display());
    }
    return {};
}

Result<void> Compositor::Impl::makeExporter(const UniqueFd& pool)
{
    if (pool) {
        auto mapping = PoolMapping::map(pool.get());
        if (!mapping)
            return tl::unexpected<Error>(std::move(mapping.error()));
        m_poolMapping = std::make_unique<PoolMapping>(std::move(*mapping));
        m_pool = std::make_unique<PoolStore>(m_poolMapping->base(), m_poolMapping->size(), [](std::uint8_t* begin, std::uint64_t size_bytes) {
            ::madvise(begin, size_bytes, MADV_REMOVE); // a BAR keeps its pages: no harm
        });
    }
    auto timer = DeadlineTimer::create(m_around.loop, [this] {
        m_exporter->tick();
        rearm();
    });
    if (!timer)
        return tl::unexpected<Error>(std::move(timer.error()));
    m_timer = std::move(*timer);
    m_flushTask = std::make_unique<IdleTask>(m_around.loop, [this] { flush(); });
    m_exporter = std::make_unique<Exporter>(m_pool.get(), Exporter::Hooks{[this] { m_flushTask->schedule(); }, steadyNow});
    m_around.exporter = m_exporter.get();
    m_reaper = std::make_unique<ClientReaper>(m_around.loop);
    m_around.reaper = m_reaper.get();
    m_budget = std::make_unique<ClientBudget>(m_around.display, *m_reaper);
    return {};
}

// The order is that of the facts page: renderer before compositor, output before programs come. Left out on purpose: everything that lets one
// program read the screen, the clipboard or the keys of another (data-control, screencopy, virtual input, layer-shell, foreign-toplevel).
Result<void> Compositor::Impl::makeGlobals()
{
    wl_display* display = m_around.display;
    m_backend = wlr_headless_backend_create(display);
    wlr_renderer* renderer = wlr_pixman_renderer_create();
    if (!m_backend || !renderer)
        return fail(Errc::Internal, "make backend and renderer");
    wlr_renderer_init_wl_display(renderer, display);
    m_compositor = wlr_compositor_create(display, renderer);
    m_watch = std::make_unique<SurfaceWatch>(m_compositor, *m_reaper);
    wlr_data_device_manager_create(display);
    wlr_primary_selection_v1_device_manager_create(display);
    wlr_viewporter_create(display);
    m_decorations = std::make_unique<Decorations>(display);

    m_layout = wlr_output_layout_create();
    wlr_xdg_output_manager_v1_create(display, m_layout);
    m_output = std::make_unique<QuietOutput>(m_backend, display, m_layout);
    m_around.output = m_output.get();

    wlr_xdg_activation_v1* activation = wlr_xdg_activation_v1_create(display);
    m_onActivation.connect(activation->events.request_activate, [this](void* data) {
        const auto* event = static_cast<wlr_xdg_activation_v1_request_activate_event*>(data);
        GuestWindow* window = SurfaceWatch::windowOf(event->surface); // a wish for attention, never a raise
        if (window && window->exported() && window->id() != m_around.focusedId)
            window->exported()->request(RequestKind::Attention);
    });

    wlr_xdg_shell* shell = wlr_xdg_shell_create(display);
    m_onNewXdg.connect(shell->events.new_surface, [this](void* data) { newXdgSurface(static_cast<wlr_xdg_surface*>(data)); });
    return {};
}

Result<void> Compositor::Impl::makeInput()
{
    wlr_seat* seat = wlr_seat_create(m_around.display, "seat0");
    m_around.seat = seat;
    auto keyboard = KeyboardInput::create(m_around, m_backend);
    if (!keyboard)
        return while_("make the keyboard", std::move(keyboard));
    m_keyboard = std::move(*keyboard);
    m_around.keyboard = m_keyboard.get();
    m_pointer = std::make_unique<PointerInput>(m_around);
    m_around.pointer = m_pointer.get();
    m_cursor = std::make_unique<CursorExport>(m_around);
    wlr_seat_set_capabilities(seat, WL_SEAT_CAPABILITY_KEYBOARD | WL_SEAT_CAPABILITY_POINTER);

    m_onSelection.connect(seat->events.request_set_selection, [seat](void* data) {
        const auto* event = static_cast<wlr_seat_request_set_selection_event*>(data);
        wlr_seat_set_selection(seat, event->source, event->serial);
    });
    m_onPrimary.connect(seat->events.request_set_primary_selection, [seat](void* data) { // stays inside the guest
        const auto* event = static_cast<wlr_seat_request_set_primary_selection_event*>(data);
        wlr_seat_set_primary_selection(seat, event->source, event->serial);
    });
    m_onDragRequest.connect(seat->events.request_start_drag, [seat](void* data) {
        const auto* event = static_cast<wlr_seat_request_start_drag_event*>(data);
        if (wlr_seat_validate_pointer_grab_serial(seat, event->origin, event->serial))
            wlr_seat_start_pointer_drag(seat, event->drag, event->serial);
        else if (event->drag->source)
            wlr_data_source_destroy(event->drag->source);
    });
    return {};
}

Result<void> Compositor::Impl::makeHost(UniqueFd stream, std::uint32_t features)
{
    auto timer = DeadlineTimer::create(m_around.loop, [this] { watchHost(); });
    if (!timer)
        return while_("watch the viewer", std::move(timer));
    m_hostTimer = std::move(*timer);
    m_commands = std::make_unique<HostCommands>(m_around);
    HostLink::Events events;
    events.knocked = [this] { hostGone(); };
    events.welcomed = [this](const Welcome& welcome) {
        m_keyboard->setRepeat(welcome.repeatDelay_ms, welcome.repeatRate_hz);
        m_exporter->hostArrived(welcome.features, welcome.pool_bytes);
    };
    events.said = [this](std::uint32_t object, const HostMessage& message) { m_commands->handle(object, message); };
    m_link = std::make_unique<HostLink>(m_exporter->output(), features, std::move(events));

    HostStream::Events streamEvents;
    streamEvents.received = [this](ByteSpan bytes) {
        if (auto received = m_link->receive(bytes); !received) {
            note(received.error().describe());
            hostGone();
        }
        m_stream->write(); // a handshake that was just answered
        m_hostWatch.heard(steadyNow());
        watchHost();
        rearm();
    };
    streamEvents.drained = [this] { m_flushTask->schedule(); };
    streamEvents.closed = [this] { wl_display_terminate(m_around.display); };
    m_stream = std::make_unique<HostStream>(m_around.loop, std::move(stream), m_exporter->output(), std::move(streamEvents));
    return {};
}

void Compositor::Impl::watchHost()
{
    m_hostWatch.setHolding(m_commands->isHolding());
    switch (m_hostWatch.look(steadyNow())) {
    case HostWatch::Verdict::Fine: break;
    case HostWatch::Verdict::Ask:
        if (!m_commands->poke())
            m_hostWatch.couldNotAsk(steadyNow());
        break;
    case HostWatch::Verdict::Lost: m_commands->letGo(); break;
    }
    m_hostTimer->set(m_hostWatch.due());
}

void Compositor::Impl::hostGone()
{
    m_exporter->hostLeft();
    m_commands->forgetHost();
}

void Compositor::Impl::newXdgSurface(wlr_xdg_surface* xdg)
{
    auto gone = [this, xdg] { m_xdgWindows.erase(xdg); };
    switch (xdg->role) {
    case WLR_XDG_SURFACE_ROLE_TOPLEVEL: m_xdgWindows[xdg] = std::make_unique<XdgToplevel>(m_around, xdg, gone); break;
    case WLR_XDG_SURFACE_ROLE_POPUP: m_xdgWindows[xdg] = std::make_unique<XdgPopup>(m_around, xdg, gone); break;
    case WLR_XDG_SURFACE_ROLE_NONE: break;
    }
}

void Compositor::Impl::flush()
{
    bool complete = false;
    do {
        complete = m_exporter->flush();
        if (m_stream)
            m_stream->write();
    } while (!complete && !m_exporter->output().full()); // still full: the stream tells when it is drained
    // The frame is on its way before any program is told to draw the next one.
    m_exporter->tick();
    rearm();
}

void Compositor::Impl::rearm()
{
    m_timer->set(m_exporter->due());
}

Compositor::Impl::~Impl()
{
    if (!m_display)
        return;
    m_stream.reset();
    m_selections.reset();
    m_x11.reset();
    wl_display_destroy_clients(m_display.get());
    m_xdgWindows.clear();
    m_onNewXdg.disconnect();
    m_onActivation.disconnect();
    m_onDragRequest.disconnect();
    m_onSelection.disconnect();
    m_onPrimary.disconnect();
    m_decorations.reset();
    m_cursor.reset();
    m_pointer.reset();
    m_keyboard.reset();
    m_watch.reset();
    m_budget.reset();
    m_reaper.reset();
    m_timer.reset();
    m_hostTimer.reset();
    m_flushTask.reset();
    m_termination.reset();
    if (m_layout)
        wlr_output_layout_destroy(m_layout);
}

Result<std::unique_ptr<Compositor>> Compositor::create(CompositorOptions options)
{
    auto impl = std::make_unique<Impl>();
    if (auto started = impl->start(std::move(options)); !started)
        return tl::unexpected<Error>(std::move(started.error()));
    return std::unique_ptr<Compositor>(new Compositor(std::move(impl)));
}

Compositor::Compositor(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Compositor::~Compositor() = default;

std::string Compositor::waylandDisplay() const
{
    return m_impl->socket();
}

std::string Compositor::x11Display() const
{
    return m_impl->x11Display();
}

void Compositor::run()
{
    m_impl->run();
}

} // namespace annex::display::guest
