// SPDX-License-Identifier: Apache-2.0
#include "app/init/environment.h"

#include <algorithm>

namespace annex::init {

namespace {

struct Default {
    std::string_view name, value;
};

// What lets ordinary programs find the guest's display, and keeps them from waiting for services that a guest does not have.
constexpr Default kDefaults[] = {
    {"HOME", "/home/user"},
    {"USER", "user"},
    {"LANG", "C.UTF-8"},
    {"SHELL", "/bin/bash"},
    {"XDG_SESSION_TYPE", "wayland"},
    {"GDK_BACKEND", "wayland,x11"},
    {"QT_QPA_PLATFORM", "wayland;xcb"},
    {"MOZ_ENABLE_WAYLAND", "1"},
    {"GSK_RENDERER", "cairo"},            // GTK 4 otherwise tries GL first, in software
    {"LIBGL_ALWAYS_SOFTWARE", "1"},       // there is no render node to probe
    {"GSETTINGS_BACKEND", "keyfile"},     // settings last as long as the home folder, without a dconf service
    {"GIO_USE_VFS", "local"},             // no gvfs services
    {"NO_AT_BRIDGE", "1"},                // accessibility does not cross the border; its bus would only idle here
    {"GTK_USE_PORTAL", "0"},
};

std::string_view nameOf(std::string_view line)
{
    return line.substr(0, line.find('='));
}

Environment::iterator find(Environment& environment, std::string_view name)
{
    return std::find_if(environment.begin(), environment.end(), [&](const std::string& line) { return nameOf(line) == name; });
}

} // namespace

std::string_view valueOf(const Environment& environment, std::string_view name)
{
    for (const std::string& line : environment) {
        if (nameOf(line) == name && line.size() > name.size())
            return std::string_view(line).substr(name.size() + 1);
    }
    return {};
}

void assign(Environment& environment, std::string_view name, std::string_view value)
{
    std::string line = std::string(name) + '=' + std::string(value);
    if (auto at = find(environment, name); at != environment.end())
        *at = std::move(line);
    else
        environment.push_back(std::move(line));
}

void assignDefault(Environment& environment, std::string_view name, std::string_view value)
{
    if (find(environment, name) == environment.end())
        assign(environment, name, value);
}

Environment guestEnvironment(Environment given, unsigned uid)
{
    Environment environment = merged({}, given);
    for (const Default& line : kDefaults)
        assignDefault(environment, line.name, line.value);
    std::string home(valueOf(environment, "HOME"));
    assignDefault(environment, "LOGNAME", valueOf(environment, "USER"));
    assignDefault(environment, "XDG_RUNTIME_DIR", "/run/user/" + std::to_string(uid));
    assign(environment, "PATH", "/usr/local/bin:/usr/bin:/bin:/usr/games:" + home + "/.annex/programs");
    // Never what the engine's own parents left behind: those name the host's bus and screens.
    for (std::string_view name : {"DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "WAYLAND_SOCKET"}) {
        if (auto at = find(environment, name); at != environment.end())
            environment.erase(at);
    }
    return environment;
}

Environment merged(Environment base, const Environment& extra)
{
    for (const std::string& line : extra) {
        auto equals = line.find('=');
        if (equals != std::string::npos && equals != 0)
            assign(base, std::string_view(line).substr(0, equals), std::string_view(line).substr(equals + 1));
    }
    return base;
}

} // namespace annex::init
