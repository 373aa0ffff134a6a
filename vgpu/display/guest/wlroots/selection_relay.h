// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "vgpu/display/guest/wlroots/guest_window.h"
#include "vgpu/display/guest/wlroots/relay_link.h"
#include "vgpu/display/guest/wlroots/relay_numbers.h"

namespace annex::display::guest {

/// Clipboard text between the guest's programs and annex-init. The host's text becomes a selection of the guest; a guest's selection is announced,
/// and read only when the host asks. Programs that neither read nor write hold up nobody: every pipe has a deadline.
class SelectionRelay {
public:
    SelectionRelay(Surroundings& surroundings, UniqueFd fd, const RelayNumbers& numbers, std::function<void()> closed);
    ~SelectionRelay();

    /// Tells init that programs may come.
    void announce(const std::string& waylandDisplay, const std::string& x11Display);

private:
    struct HostSource;
    struct Writer;
    struct Reader;
    enum class ReadEnd : std::uint8_t { Whole = 0, TooLarge = 1, Gone = 2, TimedOut = 3 };

    void received(const wire::Frame& frame);
    void offerEnded(std::uint32_t number);
    void offerWithdrawn(std::uint32_t number);
    void selectionSet();
    void tellChange();
    void startRead(std::uint32_t number, ByteSpan payload);
    void readSome();
    void endRead(ReadEnd how);
    void startWrite(std::shared_ptr<const std::string> text, UniqueFd fd);

    Surroundings& m_around;
    RelayNumbers m_numbers;
    RelayLink m_link;
    IdleTask m_changeTask;
    Listener m_onSelection;

    std::uint32_t m_offerNumber = 0; ///< of the text that is being collected
    std::string m_offerText;
    bool m_offerTooLarge = false;
    HostSource* m_hostSource = nullptr; ///< the selection when it is the host's text; owned by the seat

    std::uint32_t m_selectionNumber = 0;
    wlr_data_source* m_guestSource = nullptr; ///< the selection when it is a program's
    std::unique_ptr<Reader> m_reader;
    std::list<std::unique_ptr<Writer>> m_writers;
};

} // namespace annex::display::guest
