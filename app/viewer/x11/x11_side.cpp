// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/x11/x11_side.h"

#include <QGuiApplication>

#include <cstdlib>
#include <cstring>
#include <deque>

#include <xcb/xcb.h>
// Its field named "explicit" is a keyword of ours.
#define explicit explicit_
#include <xcb/xkb.h>
#undef explicit
#include <xkbcommon/xkbcommon-x11.h>

#include "base/handle.h"

namespace annex::viewer {

namespace {

template <class T> struct Freed {
    void operator()(T* reply) const { std::free(reply); }
};
template <class T> using Reply = std::unique_ptr<T, Freed<T>>;
template <class T> Reply<T> own(T* reply) { return Reply<T>(reply); }

using UniqueConnection = UniqueHandle<xcb_connection_t*, xcb_disconnect>;
using UniqueContext = UniqueHandle<xkb_context*, xkb_context_unref>;
using UniqueKeymap = UniqueHandle<xkb_keymap*, xkb_keymap_unref>;

constexpr std::uint16_t kXkbEvents = XCB_XKB_EVENT_TYPE_NEW_KEYBOARD_NOTIFY | XCB_XKB_EVENT_TYPE_MAP_NOTIFY | XCB_XKB_EVENT_TYPE_STATE_NOTIFY;
constexpr std::uint16_t kStateParts = XCB_XKB_STATE_PART_MODIFIER_LOCK | XCB_XKB_STATE_PART_GROUP_STATE | XCB_XKB_STATE_PART_GROUP_LOCK;

} // namespace

struct X11Side::Impl {
    UniqueConnection connection;
    xcb_screen_t* screen = nullptr;
    std::uint8_t xkbEvent = 0;
    std::int32_t keyboard = -1;
    xcb_window_t ownWindow = XCB_NONE;
    xcb_atom_t activeWindow = XCB_NONE, userTime = XCB_NONE, userTimeWindow = XCB_NONE, stamp = XCB_NONE;
    std::optional<std::uint32_t> stampTime;
    std::function<void()> wake;
    std::deque<Reply<xcb_generic_event_t>> held; ///< read along with an answer, not yet handled

    xcb_connection_t* c() const { return connection.get(); }
    xcb_atom_t atom(const char* name) const
    {
        auto reply = own(xcb_intern_atom_reply(c(), xcb_intern_atom(c(), 0, static_cast<std::uint16_t>(std::strlen(name)), name), nullptr));
        return reply ? reply->atom : XCB_NONE;
    }
    std::optional<std::uint32_t> cardinal(xcb_window_t window, xcb_atom_t property, xcb_atom_t type) const
    {
        auto reply = own(xcb_get_property_reply(c(), xcb_get_property(c(), 0, window, property, type, 0, 1), nullptr));
        if (!reply || reply->format != 32 || xcb_get_property_value_length(reply.get()) < 4)
            return std::nullopt;
        std::uint32_t value = 0;
        std::memcpy(&value, xcb_get_property_value(reply.get()), sizeof(value));
        return value;
    }
    void handle(const xcb_generic_event_t& event, Listener& listener);
    /// After each request with an answer: the events that were read with it wait in memory, where no poll() sees them.
    void keepEvents()
    {
        while (auto event = own(xcb_poll_for_queued_event(c())))
            held.push_back(std::move(event));
        if (!held.empty() && wake)
            wake();
    }
};

X11Side::X11Side(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
X11Side::~X11Side() = default;

Result<std::unique_ptr<X11Side>> X11Side::open()
{
    auto impl = std::make_unique<Impl>();
    int screenNumber = 0;
    impl->connection.reset(xcb_connect(nullptr, &screenNumber));
    if (xcb_connection_has_error(impl->c()))
        return fail(Errc::SystemFailed, "connect to the X server");
    auto screens = xcb_setup_roots_iterator(xcb_get_setup(impl->c()));
    for (; screenNumber > 0 && screens.rem > 1; --screenNumber)
        xcb_screen_next(&screens);
    impl->screen = screens.data;

    std::uint8_t firstEvent = 0;
    if (!xkb_x11_setup_xkb_extension(impl->c(), XKB_X11_MIN_MAJOR_XKB_VERSION, XKB_X11_MIN_MINOR_XKB_VERSION, XKB_X11_SETUP_XKB_EXTENSION_NO_FLAGS, nullptr,
                                     nullptr, &firstEvent, nullptr))
        return fail(Errc::Unsupported, "the X server has no XKB");
    impl->xkbEvent = firstEvent;
    impl->keyboard = xkb_x11_get_core_keyboard_device_id(impl->c());
    if (impl->keyboard < 0)
        return fail(Errc::Unsupported, "the X server has no core keyboard");

    xcb_xkb_select_events_details_t details{};
    details.affectNewKeyboard = details.newKeyboardDetails = XCB_XKB_NKN_DETAIL_KEYCODES;
    details.affectState = details.stateDetails = kStateParts;
    constexpr std::uint16_t kMapParts = XCB_XKB_MAP_PART_KEY_TYPES | XCB_XKB_MAP_PART_KEY_SYMS | XCB_XKB_MAP_PART_MODIFIER_MAP | XCB_XKB_MAP_PART_VIRTUAL_MODS;
    xcb_xkb_select_events_aux(impl->c(), static_cast<xcb_xkb_device_spec_t>(impl->keyboard), kXkbEvents, 0, 0, kMapParts, kMapParts, &details);

    impl->activeWindow = impl->atom("_NET_ACTIVE_WINDOW");
    impl->userTime = impl->atom("_NET_WM_USER_TIME");
    impl->userTimeWindow = impl->atom("_NET_WM_USER_TIME_WINDOW");
    impl->stamp = impl->atom("_ANNEX_STAMP");
    // Never shown: only to learn the server's time from a property change.
    impl->ownWindow = xcb_generate_id(impl->c());
    const std::uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
    xcb_create_window(impl->c(), XCB_COPY_FROM_PARENT, impl->ownWindow, impl->screen->root, -1, -1, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT,
                      XCB_CW_EVENT_MASK, &mask);
    xcb_flush(impl->c());
    return std::unique_ptr<X11Side>(new X11Side(std::move(impl)));
}

int X11Side::descriptor() const { return xcb_get_file_descriptor(m_impl->c()); }

void X11Side::Impl::handle(const xcb_generic_event_t& event, Listener& listener)
{
    const std::uint8_t type = event.response_type & 0x7f;
    if (type == XCB_VISIBILITY_NOTIFY) {
        const auto& visibility = reinterpret_cast<const xcb_visibility_notify_event_t&>(event);
        listener.coveredChanged(visibility.window, visibility.state == XCB_VISIBILITY_FULLY_OBSCURED);
    } else if (type == xkbEvent) {
        const std::uint8_t kind = event.pad0; // all XKB events share one code; this byte tells them apart
        if (kind == XCB_XKB_STATE_NOTIFY)
            listener.locksChanged();
        else
            listener.keymapChanged();
    }
}

void X11Side::process(Listener& listener)
{
    const auto held = std::exchange(m_impl->held, {});
    for (const auto& event : held)
        m_impl->handle(*event, listener);
    while (auto event = own(xcb_poll_for_event(m_impl->c())))
        m_impl->handle(*event, listener);
}

void X11Side::setWake(std::function<void()> wake) { m_impl->wake = std::move(wake); }

void X11Side::makeRepeatsDetectable()
{
    const auto* qt = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
    if (!qt || !qt->connection())
        return; // not on X11: nothing repeats there
    xcb_xkb_per_client_flags_unchecked(qt->connection(), XCB_XKB_ID_USE_CORE_KBD, XCB_XKB_PER_CLIENT_FLAG_DETECTABLE_AUTO_REPEAT,
                                       XCB_XKB_PER_CLIENT_FLAG_DETECTABLE_AUTO_REPEAT, 0, 0, 0);
    xcb_flush(qt->connection());
}

Result<std::string> X11Side::keymap() const
{
    UniqueContext context(xkb_context_new(static_cast<xkb_context_flags>(XKB_CONTEXT_NO_DEFAULT_INCLUDES | XKB_CONTEXT_NO_ENVIRONMENT_NAMES)));
    if (!context)
        return fail(Errc::SystemFailed, "make an xkb context");
    UniqueKeymap keymap(xkb_x11_keymap_new_from_device(context.get(), m_impl->c(), m_impl->keyboard, XKB_KEYMAP_COMPILE_NO_FLAGS));
    if (!keymap)
        return fail(Errc::SystemFailed, "read the keymap");
    std::unique_ptr<char, Freed<char>> text(xkb_keymap_get_as_string(keymap.get(), XKB_KEYMAP_FORMAT_TEXT_V1));
    if (!text || std::strlen(text.get()) > display::kMaxKeymap_bytes)
        return fail(Errc::TooLarge, "write the keymap as text");
    return std::string(text.get());
}

X11Side::Repeat X11Side::repeat() const
{
    Repeat repeat;
    auto reply = own(xcb_xkb_get_controls_reply(
        m_impl->c(), xcb_xkb_get_controls(m_impl->c(), static_cast<xcb_xkb_device_spec_t>(m_impl->keyboard)), nullptr));
    if (!reply || reply->repeatInterval == 0)
        return repeat;
    repeat.delay_ms = reply->repeatDelay;
    repeat.rate_hz = std::max(1, 1000 / reply->repeatInterval);
    return repeat;
}

display::Modifiers X11Side::locks()
{
    display::Modifiers locks;
    auto reply = own(xcb_xkb_get_state_reply(m_impl->c(), xcb_xkb_get_state(m_impl->c(), static_cast<xcb_xkb_device_spec_t>(m_impl->keyboard)), nullptr));
    if (reply) {
        locks.locked = reply->lockedMods;
        locks.group = reply->group;
    }
    m_impl->keepEvents();
    return locks;
}

void X11Side::watch(WId window)
{
    const std::uint32_t mask = XCB_EVENT_MASK_VISIBILITY_CHANGE; // event masks are per client: Qt's own is not touched
    xcb_change_window_attributes(m_impl->c(), static_cast<xcb_window_t>(window), XCB_CW_EVENT_MASK, &mask);
    xcb_flush(m_impl->c());
}

void X11Side::setWindowClass(WId window, const std::string& name)
{
    std::string value = name;
    value += '\0';
    value += name;
    value += '\0';
    xcb_change_property(m_impl->c(), XCB_PROP_MODE_REPLACE, static_cast<xcb_window_t>(window), XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, 8,
                        static_cast<std::uint32_t>(value.size()), value.data());
    // Another connection than Qt's: the class must stand before Qt maps the window.
    std::free(xcb_get_input_focus_reply(m_impl->c(), xcb_get_input_focus(m_impl->c()), nullptr));
    m_impl->keepEvents();
}

bool X11Side::isButtonHeld()
{
    auto reply = own(xcb_query_pointer_reply(m_impl->c(), xcb_query_pointer(m_impl->c(), m_impl->screen->root), nullptr));
    m_impl->keepEvents();
    return reply && (reply->mask & XCB_BUTTON_MASK_1) != 0;
}

std::uint32_t X11Side::serverTime()
{
    m_impl->stampTime.reset();
    xcb_change_property(m_impl->c(), XCB_PROP_MODE_APPEND, m_impl->ownWindow, m_impl->stamp, XCB_ATOM_STRING, 8, 0, nullptr);
    // The answer to a request comes after the events that happened before it.
    auto sync = own(xcb_get_input_focus_reply(m_impl->c(), xcb_get_input_focus(m_impl->c()), nullptr));
    m_impl->keepEvents();
    std::erase_if(m_impl->held, [this](const auto& event) {
        if ((event->response_type & 0x7f) != XCB_PROPERTY_NOTIFY)
            return false;
        m_impl->stampTime = reinterpret_cast<const xcb_property_notify_event_t&>(*event).time;
        return true;
    });
    return m_impl->stampTime.value_or(0);
}

std::optional<std::uint32_t> X11Side::activeWindow()
{
    const auto active = m_impl->cardinal(m_impl->screen->root, m_impl->activeWindow, XCB_ATOM_WINDOW);
    m_impl->keepEvents();
    return active;
}

std::optional<std::uint32_t> X11Side::lastUseOfActiveWindow()
{
    const auto active = activeWindow();
    if (!active || *active == XCB_NONE)
        return std::nullopt;
    const auto holder = m_impl->cardinal(*active, m_impl->userTimeWindow, XCB_ATOM_WINDOW);
    const auto used = m_impl->cardinal(holder.value_or(*active), m_impl->userTime, XCB_ATOM_CARDINAL);
    m_impl->keepEvents();
    return used;
}

std::string windowClassFor(std::string_view workspace)
{
    constexpr std::size_t kLongest = 48;
    std::string name = "annex-";
    for (char c : workspace) {
        if (name.size() >= kLongest)
            break;
        const bool fit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (fit)
            name += c;
        else if (name.back() != '-')
            name += '-';
    }
    while (name.size() > 6 && name.back() == '-')
        name.pop_back();
    return name == "annex-" ? "annex-workspace" : name;
}

} // namespace annex::viewer
