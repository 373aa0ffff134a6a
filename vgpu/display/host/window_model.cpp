// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/host/window_model.h"

#include <algorithm>

#include "base/text.h"

namespace annex::display {
namespace {

bool isSide(std::int32_t length)
{
    return length >= 1 && length <= kMaxWindowEdge_px;
}

bool isCoordinate(std::int32_t value)
{
    return value >= -kMaxCoordinate_px && value <= kMaxCoordinate_px;
}

bool isAppIdCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

} // namespace

Result<const Window*> WindowModel::create(WindowId id, const CreateWindow& message)
{
    if (id <= m_newest)
        return fail(Errc::Malformed, "a window id does not count up");
    if (m_windows.size() >= kMaxWindows)
        return fail(Errc::TooLarge, "more windows than the protocol allows");
    if (message.parent == 0 && message.kind == WindowKind::Popup)
        return fail(Errc::Malformed, "a popup without a parent");
    Window window;
    window.id = id;
    window.kind = message.kind;
    window.x11 = message.x11;
    window.parent = message.parent;
    if (message.parent != 0 && find(message.parent) == nullptr) {
        if (!hasEnded(message.parent))
            return fail(Errc::Malformed, "the parent of a window was never created");
        if (message.kind == WindowKind::Popup) {
            m_newest = id; // used up, never alive
            return nullptr;
        }
        window.parent = 0;
    }
    if (window.parent != 0 && depth(window.parent) + 1 > kMaxPopupDepth)
        return fail(Errc::TooLarge, "windows are nested deeper than the protocol allows");
    m_newest = id;
    return &m_windows.emplace(id, std::move(window)).first->second;
}

Result<std::vector<WindowId>> WindowModel::destroy(WindowId id)
{
    if (auto window = living(id); !window)
        return while_("destroy a window", std::move(window));
    std::vector<WindowId> ended{id};
    for (std::size_t i = 0; i < ended.size(); ++i) {
        for (auto& [other, window] : m_windows) {
            if (window.parent != ended[i])
                continue;
            if (window.kind == WindowKind::Popup)
                ended.push_back(other);
            else
                window.parent = 0;
        }
    }
    std::reverse(ended.begin(), ended.end());
    for (WindowId gone : ended)
        m_windows.erase(gone);
    return ended;
}

Result<const Window*> WindowModel::setGeometry(WindowId id, const Rect& box)
{
    auto window = living(id);
    if (!window)
        return while_("place a window", std::move(window));
    if (!isSide(box.width) || !isSide(box.height))
        return fail(Errc::Malformed, "a window's size is out of range");
    if (!isCoordinate(box.x) || !isCoordinate(box.y))
        return fail(Errc::Malformed, "a window's place is out of range");
    (*window)->geometry = box;
    return *window;
}

Result<const Window*> WindowModel::setTitle(WindowId id, const std::string& text)
{
    auto window = living(id);
    if (!window)
        return while_("name a window", std::move(window));
    (*window)->title = sanitiseLine(text, kMaxTitle_characters);
    return *window;
}

Result<const Window*> WindowModel::setAppId(WindowId id, const std::string& text)
{
    auto window = living(id);
    if (!window)
        return while_("name a window's program", std::move(window));
    (*window)->appId = checkedAppId(text);
    return *window;
}

Result<const Window*> WindowModel::setHints(WindowId id, const SizeHints& hints)
{
    auto window = living(id);
    if (!window)
        return while_("set size hints", std::move(window));
    (*window)->hints = plausibleHints(hints);
    return *window;
}

Result<const Window*> WindowModel::map(WindowId id)
{
    auto window = living(id);
    if (!window)
        return while_("show a window", std::move(window));
    if ((*window)->kind != WindowKind::Toplevel && !(*window)->geometry)
        return fail(Errc::Malformed, "a popup has content before it has a place");
    (*window)->mapped = true;
    return *window;
}

Result<const Window*> WindowModel::unmap(WindowId id)
{
    auto window = living(id);
    if (!window)
        return while_("hide a window", std::move(window));
    (*window)->mapped = false;
    return *window;
}

const Window* WindowModel::find(WindowId id) const
{
    auto found = m_windows.find(id);
    return found == m_windows.end() ? nullptr : &found->second;
}

const Window* WindowModel::root(WindowId id) const
{
    const Window* window = find(id);
    // Parents were alive when their children were made, so the chain only leads to older windows and ends.
    while (window != nullptr && window->kind != WindowKind::Toplevel && window->parent != 0)
        window = find(window->parent);
    return window;
}

Result<Window*> WindowModel::living(WindowId id)
{
    auto found = m_windows.find(id);
    if (found == m_windows.end())
        return fail(Errc::Malformed, "no such window");
    return &found->second;
}

std::uint32_t WindowModel::depth(WindowId id) const
{
    std::uint32_t steps = 0;
    for (const Window* window = find(id); window != nullptr && window->parent != 0; window = find(window->parent))
        ++steps;
    return steps;
}

SizeHints plausibleHints(SizeHints hints)
{
    for (std::int32_t* value : {&hints.minimumWidth, &hints.minimumHeight, &hints.maximumWidth, &hints.maximumHeight, &hints.baseWidth,
                                &hints.baseHeight, &hints.incrementWidth, &hints.incrementHeight})
        *value = std::clamp(*value, 0, kMaxWindowEdge_px);
    if (hints.maximumWidth != 0)
        hints.maximumWidth = std::max(hints.maximumWidth, hints.minimumWidth);
    if (hints.maximumHeight != 0)
        hints.maximumHeight = std::max(hints.maximumHeight, hints.minimumHeight);
    return hints;
}

std::string checkedAppId(const std::string& text)
{
    const bool usable = !text.empty() && text.size() <= kMaxAppId_bytes && std::all_of(text.begin(), text.end(), isAppIdCharacter);
    return usable ? text : std::string();
}

} // namespace annex::display
