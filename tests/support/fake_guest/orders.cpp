// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_guest/orders.h"

#include <array>
#include <cstdlib>
#include <sstream>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/control/messages.h"
#include "app/control/relay.h"
#include "tests/support/fake_guest/attacks.h"

namespace annex::test {

namespace {

using namespace std::chrono_literals;
namespace relay = control::relay;
using display::MessageType;

constexpr auto kTurn = 20ms;

class Display {
public:
    Display(FakeGuest& guest, UniqueFd relaySocket)
        : m_guest(guest), m_relay(std::move(relaySocket)), m_relayReader(control::kMaxRelay_bytes)
    {
        ::mkfifo(kOrdersPath, 0600);
        m_orders.reset(::open(kOrdersPath, O_RDWR | O_NONBLOCK | O_CLOEXEC)); // open for writing too: it never ends
        m_heard.reset(::open(kHeardPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    }

    int run()
    {
        ByteVector ready;
        wire::Writer w(ready);
        w.text("wayland-0");
        w.text("");
        sendRelay(relay::Type::DisplayReady, 0, ready);
        while (!m_guest.isClosed()) {
            if (m_guest.wasGreeted() && m_guest.connect()) {
                m_connected = true;
                m_window = 0;
                hear("connected");
            }
            m_guest.settle(kTurn);
            hearHost();
            readRelay();
            readOrders();
        }
        return EXIT_SUCCESS;
    }

private:
    void hear(std::string line)
    {
        line += '\n';
        [[maybe_unused]] const ssize_t written = ::write(m_heard.get(), line.data(), line.size());
    }

    void hearHost()
    {
        for (const HostMessage& message : m_guest.messages()) {
            if (message.type == MessageType::Key) {
                if (const auto key = display::decodeTrusted<display::Key>(message.payload))
                    hear("key " + std::to_string(key->code));
            } else if (message.type == MessageType::Focus) {
                if (const auto focus = display::decodeTrusted<display::Focus>(message.payload))
                    hear(focus->focused ? "focus 1" : "focus 0");
            }
        }
        m_guest.clear();
    }

    void sendRelay(relay::Type type, std::uint32_t object, ByteSpan payload)
    {
        ByteVector bytes;
        wire::appendFrame(bytes, static_cast<std::uint16_t>(type), 0, object, payload);
        [[maybe_unused]] const ssize_t sent = ::send(m_relay.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }

    void readRelay()
    {
        std::array<std::uint8_t, 65536> buffer;
        const ssize_t got = ::recv(m_relay.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got <= 0)
            return;
        m_relayReader.feed({buffer.data(), static_cast<std::size_t>(got)});
        while (auto event = m_relayReader.next()) {
            if (!*event)
                return;
            if ((*event)->frame)
                takeRelay(*(*event)->frame);
        }
    }

    void takeRelay(const wire::Frame& frame)
    {
        const std::string text(reinterpret_cast<const char*>(frame.payload.data()), frame.payload.size());
        switch (static_cast<relay::Type>(frame.header.type)) {
        case relay::Type::OfferPiece: m_offer += text; break;
        case relay::Type::OfferEnd:
            hear("offer " + m_offer);
            m_offer.clear();
            sendRelay(relay::Type::OfferSet, frame.header.object, {});
            break;
        case relay::Type::SelectionRead:
            hear("read");
            sendSelection(frame.header.object);
            break;
        default: break;
        }
    }

    void sendSelection(std::uint32_t number)
    {
        sendRelay(relay::Type::SelectionPiece, number, asBytes(m_selection));
        sendRelay(relay::Type::SelectionEnd, number, ByteVector{0});
    }

    void readOrders()
    {
        std::array<char, 4096> buffer;
        const ssize_t got = ::read(m_orders.get(), buffer.data(), buffer.size());
        if (got > 0)
            m_line.append(buffer.data(), static_cast<std::size_t>(got));
        for (std::size_t end = m_line.find('\n'); end != std::string::npos; end = m_line.find('\n')) {
            const std::string order = m_line.substr(0, end);
            if (!m_connected && (order.starts_with("window") || order.starts_with("attack")))
                return; // there is no host yet to send it to
            m_line.erase(0, end + 1);
            obey(order);
            hear("did " + order);
        }
    }

    void obey(const std::string& order)
    {
        std::istringstream words(order);
        std::string verb;
        words >> verb;
        if (verb == "window") {
            std::string title, colour;
            int width = 0, height = 0;
            words >> title >> width >> height >> colour;
            for (char& c : title)
                c = c == '_' ? ' ' : c;
            show(title, width, height, 0xff000000u | static_cast<std::uint32_t>(std::strtoul(colour.c_str(), nullptr, 16)));
        } else if (verb == "attack") {
            std::string name;
            words >> name;
            if (m_window == 0)
                show("hostile", 400, 300, 0xff305080u);
            if (const Attack* attack = findAttack(name))
                attack->run(m_guest, m_window);
        } else if (verb == "follow") {
            m_follow = true;
        } else if (verb == "select") {
            words >> m_selection;
            sendRelay(relay::Type::SelectionChanged, ++m_selectionNumber, ByteVector{1});
            sendSelection(m_selectionNumber); // unasked
        } else if (verb == "relay-garbage") {
            const ByteVector garbage(4096, 0xa5);
            [[maybe_unused]] const ssize_t sent = ::send(m_relay.get(), garbage.data(), garbage.size(), MSG_NOSIGNAL);
        } else if (verb == "relay-flood") {
            for (int i = 0; i < 20'000; ++i)
                sendRelay(relay::Type::SelectionChanged, ++m_selectionNumber, ByteVector{1});
        }
    }

    void show(const std::string& title, int width, int height, std::uint32_t colour)
    {
        m_window = m_guest.showToplevel(title, width, height, colour);
        if (m_follow)
            m_guest.followSizes(m_window, colour);
        m_guest.waitFor([&] { return m_guest.count(MessageType::FrameDone, m_window) > 0; }, std::chrono::seconds(60));
    }

    FakeGuest& m_guest;
    UniqueFd m_relay, m_orders, m_heard;
    wire::FrameReader m_relayReader;
    std::string m_line, m_offer, m_selection = "stolen";
    std::uint32_t m_window = 0, m_selectionNumber = 0;
    bool m_follow = false, m_connected = false;
};

} // namespace

int serveOrders(FakeGuest& guest, UniqueFd relay)
{
    return Display(guest, std::move(relay)).run();
}

} // namespace annex::test
