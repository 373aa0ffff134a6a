// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "vgpu/display/guest/wlroots/wlr.h"

namespace annex::display::guest {

/// Joins one wl_signal to one callback while it lives. Not movable: the signal's list points into it.
class Listener {
public:
    Listener() = default;
    template <class Callback> Listener(wl_signal& signal, Callback callback) { connect(signal, std::move(callback)); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() { disconnect(); }

    /// @param callback  called with the signal's data. It may destroy this Listener as its last act.
    void connect(wl_signal& signal, std::function<void(void*)> callback)
    {
        disconnect();
        m_callback = std::move(callback);
        m_hook.owner = this;
        m_hook.listener.notify = &Listener::notify;
        wl_signal_add(&signal, &m_hook.listener);
    }
    /// For objects whose destruction is announced by a function instead of a signal member (wl_client, wl_display).
    template <class Add> void connectWith(Add add, std::function<void(void*)> callback)
    {
        disconnect();
        m_callback = std::move(callback);
        m_hook.owner = this;
        m_hook.listener.notify = &Listener::notify;
        add(&m_hook.listener);
    }
    void disconnect()
    {
        if (std::exchange(m_hook.owner, nullptr))
            wl_list_remove(&m_hook.listener.link);
    }
    bool connected() const { return m_hook.owner != nullptr; }

private:
    struct Hook { // standard layout: notify() finds the Listener from the address of the C member
        wl_listener listener{};
        Listener* owner = nullptr;
    };
    static void notify(wl_listener* listener, void* data)
    {
        // The callback may destroy the Listener, and with it the function that is running: keep a copy on the stack.
        auto callback = reinterpret_cast<Hook*>(listener)->owner->m_callback;
        callback(data);
    }

    Hook m_hook;
    std::function<void(void*)> m_callback;
};

} // namespace annex::display::guest
