// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/exporter.h"

#include <algorithm>

namespace annex::display::guest {

Exporter::Exporter(PoolStore* pool, Hooks hooks) : m_hooks(std::move(hooks)), m_pool(pool), m_inline(pool == nullptr) {}

Exporter::~Exporter() = default;

ExportedWindow* Exporter::open(WindowKind kind, std::uint32_t parent, bool x11, WindowContent& content)
{
    if (m_windows.size() >= kMaxWindows) {
        if (m_live && !std::exchange(m_refusedWindow, true)) { // one sentence for the person, not one per window of a bomb
            m_output.append(0, Refused{RefusedReason::TooManyWindows});
            wake();
        }
        return nullptr;
    }
    const std::uint32_t id = m_nextId++;
    auto window = std::make_unique<ExportedWindow>(*this, id, kind, parent, x11, content);
    window->setInterval(m_interval);
    return m_windows.emplace(id, std::move(window)).first->second.get();
}

void Exporter::close(std::uint32_t id)
{
    auto window = m_windows.find(id);
    if (window == m_windows.end())
        return;
    if (const std::uint32_t wireId = window->second->wireId()) {
        m_output.append(wireId, DestroyWindow{}); // at most one for each window the host knows, so the queue stays bounded
        m_byWireId.erase(wireId);
    }
    m_windows.erase(window);
    if (m_windows.size() < kMaxWindows / 2)
        m_refusedWindow = false;
    tellStarved();
    wake();
}

ExportedWindow* Exporter::find(std::uint32_t id)
{
    auto window = m_windows.find(id);
    return window == m_windows.end() ? nullptr : window->second.get();
}

ExportedWindow* Exporter::findWire(std::uint32_t wireId)
{
    auto entry = m_byWireId.find(wireId);
    return entry == m_byWireId.end() ? nullptr : find(entry->second);
}

std::uint32_t Exporter::nextWireId(const ExportedWindow& window)
{
    m_byWireId[++m_wireId] = window.id();
    return m_wireId;
}

void Exporter::tellStarved()
{
    for (auto& [id, window] : m_windows)
        window->memoryFreed();
}

void Exporter::setCursor(Cursor cursor)
{
    m_cursor = std::move(cursor);
    m_cursorDirty = true;
    wake();
}

void Exporter::sendPong(std::uint32_t id, std::uint32_t serial)
{
    const ExportedWindow* window = find(id);
    if (id != 0 && (!window || !window->announced()))
        return;
    m_output.append(window ? window->wireId() : 0, Pong{serial});
    wake();
}

void Exporter::hostArrived(std::uint32_t features, std::uint64_t budget_bytes)
{
    m_live = true;
    m_inline = m_pool == nullptr || features == kFeatureInline;
    if (m_inline)
        m_heap.setLimit(std::min(budget_bytes, kInlineBudget_bytes));
    m_frameSerial = m_wireId = 0;
    m_byWireId.clear();
    m_cursorDirty = m_cursor.has_value();
    m_refusedWindow = false;
    for (auto& [id, window] : m_windows) {
        window->forgetHost();
        window->hostArrived(now());
    }
    wake();
}

void Exporter::hostLeft()
{
    m_live = false;
    m_output.clear();
    for (auto& [id, window] : m_windows)
        window->forgetHost();
}

void Exporter::setRefresh(std::uint32_t refresh_mHz)
{
    constexpr std::int64_t kNanoTimesMilli = 1'000'000'000'000;
    m_interval = refresh_mHz == 0 ? Time(0) : Time(kNanoTimesMilli / refresh_mHz);
    for (auto& [id, window] : m_windows)
        window->setInterval(m_interval);
}

bool Exporter::flush()
{
    if (!m_live)
        return true;
    const Time at = now();
    for (auto& [id, window] : m_windows) {
        if (m_output.full())
            return false;
        window->flush(m_output, at);
    }
    if (m_cursorDirty) {
        if (m_output.full())
            return false;
        m_output.append(0, *m_cursor);
        m_cursorDirty = false;
    }
    return true;
}

void Exporter::tick()
{
    const Time at = now();
    for (auto& [id, window] : m_windows)
        window->tick(at);
}

std::optional<Time> Exporter::due() const
{
    std::optional<Time> first;
    for (const auto& [id, window] : m_windows) {
        auto due = window->due();
        if (due && (!first || *due < *first))
            first = due;
    }
    return first;
}

} // namespace annex::display::guest
