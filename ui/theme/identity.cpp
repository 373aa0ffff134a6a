// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/identity.h"

#include <QCoreApplication>

#include <array>

namespace annex::ui {

namespace {

using namespace Qt::StringLiterals;

const std::array<ColourSet, kColourCount>& table()
{
    static const std::array<ColourSet, kColourCount> sets{{
        {0xF0AE1Cu, 0x241A00u, {0x6B4A00u, 0xFBECC8u}, {0xF5C75Du, 0x382A0Cu}},
        {0x0E7A70u, 0xFFFFFFu, {0x0A5A53u, 0xD8EFECu}, {0x7FD6CBu, 0x12332Fu}},
        {0x7250C8u, 0xFFFFFFu, {0x4D3296u, 0xE7E0F8u}, {0xBFA9F5u, 0x2A2146u}},
        {0x1F6FC4u, 0xFFFFFFu, {0x14508Fu, 0xD9E8F8u}, {0x8FC1F5u, 0x14293Fu}},
        {0xC0356Eu, 0xFFFFFFu, {0x8C2350u, 0xF8DDE8u}, {0xF29BBEu, 0x3D1728u}},
        {0x4A7D1Eu, 0xFFFFFFu, {0x365C15u, 0xE2EED6u}, {0xA6D67Au, 0x20300Fu}},
        {0xB5521Fu, 0xFFFFFFu, {0x853A14u, 0xF8E1D5u}, {0xF0A57Eu, 0x3A1F11u}},
        {0x626C80u, 0xFFFFFFu, {0x3F4757u, 0xE2E5EAu}, {0xB8C0CDu, 0x2A2F38u}},
    }};
    return sets;
}

constexpr std::array<QLatin1StringView, kColourCount> kColourIds{
    "amber"_L1, "teal"_L1, "violet"_L1, "blue"_L1, "rose"_L1, "green"_L1, "copper"_L1, "graphite"_L1};
constexpr std::array<QLatin1StringView, kPatternCount> kPatternIds{
    "dots"_L1, "rising-stripes"_L1, "upright-bars"_L1, "level-bars"_L1, "plus-signs"_L1, "chevrons"_L1, "checks"_L1, "falling-stripes"_L1};
constexpr std::array<QLatin1StringView, 3> kLevelIds{"hypervisor"_L1, "emulated"_L1, "process"_L1};

template <class E, std::size_t n>
std::optional<E> find(const std::array<QLatin1StringView, n>& ids, QStringView id)
{
    for (std::size_t i = 0; i < n; ++i)
        if (id == ids[i])
            return static_cast<E>(i);
    return std::nullopt;
}

} // namespace

const ColourSet& colours(Colour colour) { return table()[static_cast<std::size_t>(colour)]; }
QColor keyLine() { return 0x12151Au; }
QColor plateGround() { return 0xFFFFFFu; }
QColor plateGlyph() { return 0x12151Au; }

QString idOf(Colour colour) { return kColourIds[static_cast<std::size_t>(colour)]; }
QString idOf(Pattern pattern) { return kPatternIds[static_cast<std::size_t>(pattern)]; }
QString idOf(Level level) { return kLevelIds[static_cast<std::size_t>(level)]; }
std::optional<Colour> colourFromId(QStringView id) { return find<Colour>(kColourIds, id); }
std::optional<Pattern> patternFromId(QStringView id) { return find<Pattern>(kPatternIds, id); }
std::optional<Level> levelFromId(QStringView id) { return find<Level>(kLevelIds, id); }

Pattern patternOf(Colour colour) { return static_cast<Pattern>(static_cast<int>(colour)); }

QString wordOf(Level level)
{
    switch (level) {
    case Level::Hypervisor: return QCoreApplication::translate("Level", "Hypervisor");
    case Level::Emulated: return QCoreApplication::translate("Level", "Emulated");
    case Level::Process: return QCoreApplication::translate("Level", "Process");
    }
    return {};
}

QString sentenceOf(Level level)
{
    switch (level) {
    case Level::Hypervisor: return QCoreApplication::translate("Level", "Kept apart by a virtual machine.");
    case Level::Emulated: return QCoreApplication::translate("Level", "A whole machine in software: kept apart, but slower.");
    case Level::Process: return QCoreApplication::translate("Level", "Shares this computer's kernel. Weaker than a virtual machine.");
    }
    return {};
}

QString Identity::initial() const
{
    if (number > 1)
        return QString::number(number);
    // The first user-perceived letter may be a surrogate pair.
    const QString trimmed = name.trimmed();
    if (trimmed.isEmpty())
        return QStringLiteral("?");
    return trimmed.left(trimmed.at(0).isHighSurrogate() && trimmed.size() > 1 ? 2 : 1).toUpper();
}

} // namespace annex::ui
