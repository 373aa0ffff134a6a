// SPDX-License-Identifier: Apache-2.0
// A viewer without a single defence, in the place of annex-viewer: it believes every number, shows every window wherever and however large it is asked
// for, gives it the focus, and draws no frame. The positive control of what hostile displays try: against this one they succeed.
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <QRasterWindow>
#include <QSocketNotifier>

#include <array>
#include <cstring>
#include <map>
#include <memory>

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wire.h"
#include "vgpu/display/protocol/codec.h"

namespace {

using namespace annex;
using namespace annex::display;
using namespace Qt::StringLiterals;

constexpr int kStream = 3, kPool = 4, kLink = 5;
constexpr std::size_t kAnything = 256u << 20; // longer than any attack, shorter than memory

class Window : public QRasterWindow {
public:
    QImage picture;

protected:
    void paintEvent(QPaintEvent*) override { QPainter(this).drawImage(0, 0, picture); }
};

class Viewer {
public:
    explicit Viewer(std::uint64_t pool_bytes) : m_reader(kAnything), m_notifier(kStream, QSocketNotifier::Read)
    {
        m_pool = static_cast<std::uint8_t*>(::mmap(nullptr, pool_bytes, PROT_READ, MAP_SHARED, kPool, 0));
        const auto nonce = wire::Preamble::freshNonce();
        m_reader.expectEcho(nonce);
        const auto preamble = wire::Preamble::encode(nonce);
        write(ByteVector(preamble.begin(), preamble.end()));
        QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier, [this] { read(); });
    }

private:
    void write(const ByteVector& bytes)
    {
        [[maybe_unused]] const ssize_t sent = ::send(kStream, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }

    template <class Message> void say(std::uint32_t object, const Message& message)
    {
        ByteVector bytes;
        append(bytes, object, message);
        write(bytes);
    }

    void read()
    {
        std::array<std::uint8_t, 65536> buffer;
        const ssize_t got = ::recv(kStream, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got == 0)
            return QCoreApplication::exit(0);
        if (got < 0)
            return;
        m_reader.feed({buffer.data(), static_cast<std::size_t>(got)});
        while (auto event = m_reader.next()) {
            if (!*event)
                return;
            if ((*event)->frame)
                take((*event)->frame->header, (*event)->frame->payload);
        }
    }

    void take(const wire::Header& header, ByteSpan payload)
    {
        wire::Reader r(payload);
        auto& window = m_windows[header.object];
        switch (static_cast<MessageType>(header.type)) {
        case MessageType::Hello:
            say(0, Welcome{kProtocolVersion, kFeaturePool, 0, 600, 25});
            say(0, Keymap{});
            say(0, Screen{1600, 1000, 1, 60'000});
            break;
        case MessageType::CreateWindow:
            window = std::make_unique<Window>();
            r.u8();
            window->setFlags(Qt::Window | Qt::FramelessWindowHint | Qt::BypassWindowManagerHint); // no window manager comes between
            m_parents[header.object] = r.u32();
            window->create();
            break;
        case MessageType::Geometry: place(header.object, r); break;
        case MessageType::Title: window->setTitle(QString::fromStdString(r.text(kAnything))); break;
        case MessageType::DefineSlot: define(header.object, r); break;
        case MessageType::Frame: show(header.object, r); break;
        case MessageType::Request: grant(*window, static_cast<RequestKind>(r.u8())); break;
        default: break;
        }
    }

    void place(std::uint32_t object, wire::Reader& r)
    {
        const int x = r.i32(), y = r.i32();
        QPoint origin;
        if (const auto parent = m_windows.find(m_parents[object]); parent != m_windows.end() && parent->second)
            origin = parent->second->geometry().topLeft();
        m_windows[object]->setPosition(origin + QPoint(x, y));
    }

    struct Slot {
        std::uint64_t offset = 0;
        std::int32_t width = 0, height = 0;
        std::uint32_t stride = 0;
    };

    void define(std::uint32_t object, wire::Reader& r)
    {
        Slot& slot = m_slots[{object, r.u8()}];
        slot.offset = r.u64();
        slot.width = r.i32();
        slot.height = r.i32();
        slot.stride = r.u32();
        // As one who trusts sizes would: looks at the first and the last pixel of each row.
        for (std::int32_t y = 0; y != slot.height; ++y) {
            const volatile std::uint8_t* row = m_pool + slot.offset + std::uint64_t(y) * slot.stride;
            m_seen += row[0] + row[std::size_t(std::uint32_t(slot.width) - 1u) * 4];
        }
    }

    void show(std::uint32_t object, wire::Reader& r)
    {
        const std::uint8_t number = r.u8();
        const std::uint32_t serial = r.u32();
        const Slot slot = m_slots[{object, number}];
        auto& window = m_windows.at(object);
        window->picture = QImage(m_pool + slot.offset, slot.width, slot.height, int(slot.stride), QImage::Format_RGB32).copy();
        window->resize(slot.width, slot.height);
        window->show();
        window->raise();
        window->requestActivate();
        window->update();
        say(object, FrameDone{number, serial});
    }

    void grant(Window& window, RequestKind kind)
    {
        if (kind == RequestKind::Fullscreen)
            window.showFullScreen();
        window.raise();
        window.requestActivate();
    }

    wire::FrameReader m_reader;
    QSocketNotifier m_notifier;
    std::uint8_t* m_pool = nullptr;
    unsigned m_seen = 0;
    std::map<std::uint32_t, std::unique_ptr<Window>> m_windows;
    std::map<std::uint32_t, std::uint32_t> m_parents;
    std::map<std::pair<std::uint32_t, std::uint8_t>, Slot> m_slots;
};

} // namespace

int main(int argc, char** argv)
{
    QGuiApplication::setQuitOnLastWindowClosed(false);
    QGuiApplication application(argc, argv);
    const QByteArray hello = "{\"m\":\"hello\",\"version\":1,\"box\":{\"landlock\":false,\"seccomp\":false}}\n";
    [[maybe_unused]] const ssize_t sent = ::send(kLink, hello.constData(), static_cast<std::size_t>(hello.size()), MSG_NOSIGNAL);
    const qsizetype at = application.arguments().indexOf(u"--pool-bytes"_s);
    Viewer viewer(application.arguments().value(at + 1).toULongLong());
    return QGuiApplication::exec();
}
