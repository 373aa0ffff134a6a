// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/tokens.h"

#include <algorithm>
#include <cmath>

namespace annex::ui {

namespace {

constexpr QRgb kDarkShadow = 0x99000000, kLightShadow = 0x38101820, kNoShadow = 0x00000000;

Tokens makeLight()
{
    Tokens t;
    t.window = 0xF5F6F8u;
    t.sidebar = 0xECEEF2u;
    t.surface = 0xFFFFFFu;
    t.raised = 0xFFFFFFu;
    t.hover = 0xE6E9EEu;
    t.selected = 0xDCE1E9u;
    t.border = 0xDADEE4u;
    t.borderStrong = 0x808896u;
    t.text = 0x1A1E26u;
    t.text2 = 0x545C6Au;
    t.textOff = 0x8B92A0u;
    t.ink = 0x2B3A55u;
    t.onInk = 0xFFFFFFu;
    t.danger = 0xB3261Eu;
    t.dangerBg = 0xFCEDEBu;
    t.warn = 0x7A5200u;
    t.warnBg = 0xFFF5DDu;
    t.ok = 0x1C7443u;
    t.okBg = 0xE6F4EBu;
    t.infoBg = 0xE9EDF4u;
    t.shadow = QColor::fromRgba(kLightShadow);
    return t;
}

Tokens makeDark()
{
    Tokens t;
    t.window = 0x15181Du;
    t.sidebar = 0x1A1E24u;
    t.surface = 0x1F242Bu;
    t.raised = 0x272D36u;
    t.hover = 0x2A3039u;
    t.selected = 0x323A46u;
    t.border = 0x323944u;
    t.borderStrong = 0x7A8392u;
    t.text = 0xEEF1F5u;
    t.text2 = 0xAEB6C3u;
    t.textOff = 0x737B89u;
    t.ink = 0xC8D4EAu;
    t.onInk = 0x141A24u;
    t.danger = 0xFF9088u;
    t.dangerBg = 0x3A2122u;
    t.warn = 0xF2C45Au;
    t.warnBg = 0x332A14u;
    t.ok = 0x74D19Cu;
    t.okBg = 0x17301Fu;
    t.infoBg = 0x28303Du;
    t.shadow = QColor::fromRgba(kDarkShadow);
    return t;
}

Tokens makeHighContrast()
{
    Tokens t;
    t.window = t.sidebar = t.surface = t.raised = 0x000000u;
    t.hover = 0x1A1A1Au;
    t.selected = 0x000000u;
    t.border = t.borderStrong = 0xFFFFFFu;
    t.text = t.text2 = 0xFFFFFFu;
    t.textOff = 0xB8B8B8u;
    t.ink = 0xFFD800u;
    t.onInk = 0x000000u;
    t.danger = 0xFF9A9Au;
    t.warn = 0xFFD800u;
    t.ok = 0x7CF2A4u;
    t.dangerBg = t.warnBg = t.okBg = t.infoBg = 0x000000u;
    t.shadow = QColor::fromRgba(kNoShadow);
    return t;
}

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& c)
{
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}

} // namespace

const Tokens& tokens(Theme theme)
{
    static const Tokens light = makeLight();
    static const Tokens dark = makeDark();
    static const Tokens highContrast = makeHighContrast();
    switch (theme) {
    case Theme::Light: return light;
    case Theme::Dark: return dark;
    case Theme::HighContrast: return highContrast;
    }
    return light;
}

QPalette makePalette(const Tokens& t)
{
    QPalette p;
    const auto all = [&p](QPalette::ColorRole role, const QColor& colour) { p.setColor(role, colour); };
    all(QPalette::Window, t.window);
    all(QPalette::WindowText, t.text);
    all(QPalette::Base, t.surface);
    all(QPalette::AlternateBase, t.window);
    all(QPalette::Text, t.text);
    all(QPalette::PlaceholderText, t.text2);
    all(QPalette::Button, t.surface);
    all(QPalette::ButtonText, t.text);
    all(QPalette::BrightText, t.onInk);
    all(QPalette::Highlight, t.ink);
    all(QPalette::HighlightedText, t.onInk);
    all(QPalette::ToolTipBase, t.raised);
    all(QPalette::ToolTipText, t.text);
    all(QPalette::Link, t.ink);
    all(QPalette::LinkVisited, t.ink);
    all(QPalette::Light, t.surface);
    all(QPalette::Midlight, t.hover);
    all(QPalette::Mid, t.border);
    all(QPalette::Dark, t.borderStrong);
    all(QPalette::Shadow, t.shadow);
    for (QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, t.textOff);
    return p;
}

Theme themeFromName(QStringView name)
{
    if (name == QLatin1String("dark"))
        return Theme::Dark;
    if (name == QLatin1String("high-contrast"))
        return Theme::HighContrast;
    return Theme::Light;
}

QString nameOf(Theme theme)
{
    switch (theme) {
    case Theme::Light: return QStringLiteral("light");
    case Theme::Dark: return QStringLiteral("dark");
    case Theme::HighContrast: return QStringLiteral("high-contrast");
    }
    return QStringLiteral("light");
}

double contrastRatio(const QColor& one, const QColor& other)
{
    const double a = luminance(one), b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

} // namespace annex::ui
