// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QVariantMap>

#include <optional>
#include <variant>
#include <vector>

#include "app/viewer/frame_link.h"
#include "ui/frame/menu_model.h"
#include "ui/theme/identity.h"
#include "ui/theme/tokens.h"

/// The viewer's side of the frame link: lines to values and back.
namespace annex::viewer::frame_link {

struct Appearance {
    ui::Identity identity;
    ui::Theme theme = ui::Theme::Light;
    bool strongerFrames = false;
    bool reduceMotion = false;
    friend bool operator==(const Appearance&, const Appearance&) = default;
};
struct Strip {
    QString id;
    QVariantMap arguments;
    std::uint32_t window = 0;
};
struct MenuState {
    QHash<QString, ui::MenuItemState> items;
};
struct OfferReady {
    std::uint32_t serial = 0;
};
struct Activate {
    std::uint32_t window = 0;
};
struct CloseWindow {
    std::uint32_t window = 0;
};
struct Paused {
    bool paused = false;
};
struct ExpectWindow {};
struct DisplayRestarted {};

using Down = std::variant<Appearance, Strip, MenuState, OfferReady, Activate, CloseWindow, Paused, ExpectWindow, DisplayRestarted>;

/// One line from the broker, without its ending. Nothing for what is not in the list.
std::optional<Down> decode(const QByteArray& line);

bool isMenuItem(const QString& id);

/// What the box could do on this system: goes up in the hello.
struct BoxReport {
    bool landlock = false;
    bool seccomp = false;
};

struct WindowLine {
    std::uint32_t id = 0;
    QString title, app;
    bool minimised = false, active = false;
    friend bool operator==(const WindowLine&, const WindowLine&) = default;
};

// Lines to the broker, each with its ending.
QByteArray hello(const BoxReport& box);
QByteArray gesture(bool paste, std::uint32_t window, std::uint32_t serial);
QByteArray menu(const QString& item, std::uint32_t window);
QByteArray protocolError(const QString& reason);
QByteArray firstFrame(std::uint32_t window);
QByteArray hostFirst();
/// As many lines as the list needs; all but the last say "more".
QByteArray windows(const std::vector<WindowLine>& list);

} // namespace annex::viewer::frame_link
