// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "policy/settings/setting.h"
#include "policy/store/workspace_row.h"

namespace annex::policy {
namespace {

constexpr std::size_t kCount = kColours.size();

std::size_t indexOf(const std::array<std::string_view, kCount>& list, std::string_view name)
{
    const auto found = std::ranges::find(list, name);
    return found != list.end() ? static_cast<std::size_t>(found - list.begin()) : 0;
}

bool isTaken(std::span<const Appearance> taken, const Appearance& appearance)
{
    return std::ranges::find(taken, appearance) != taken.end();
}

/// The colour's own pattern first, then the ones after it.
std::optional<Appearance> freePattern(std::span<const Appearance> taken, std::size_t colour)
{
    for (std::size_t step = 0; step < kCount; ++step) {
        Appearance candidate{std::string(kColours[colour]), std::string(kPatterns[(colour + step) % kCount])};
        if (!isTaken(taken, candidate))
            return candidate;
    }
    return std::nullopt;
}

/// How often a colour is worn; a new workspace gets the first of the least worn.
std::size_t nextColour(std::span<const Appearance> taken)
{
    std::array<std::size_t, kCount> worn{};
    for (const Appearance& appearance : taken)
        ++worn[indexOf(kColours, appearance.colour)];
    return static_cast<std::size_t>(std::ranges::min_element(worn) - worn.begin());
}

} // namespace

Appearance nextAppearance(std::span<const Appearance> taken, const std::optional<std::string>& colour, const std::optional<std::string>& pattern)
{
    const std::size_t first = colour ? indexOf(kColours, *colour) : nextColour(taken);
    if (pattern) {
        const Appearance wished{std::string(kColours[first]), *pattern};
        if (!isTaken(taken, wished))
            return wished;
    }
    for (std::size_t step = 0; step < kCount; ++step) {
        if (auto found = freePattern(taken, (first + step) % kCount))
            return *found;
    }
    // All 64 are taken: more workspaces exist than may run, and the start looks again (PolicyEngine::appearanceFor).
    return {std::string(kColours[first]), std::string(kPatterns[first])};
}

} // namespace annex::policy
