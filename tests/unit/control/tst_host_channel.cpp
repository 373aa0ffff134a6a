// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <asio/io_context.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "app/control/codec.h"
#include "app/control/host_channel.h"

using namespace annex;
using namespace annex::control;
using Socket = asio::local::stream_protocol::socket;

namespace {

/// Everything that is not looked at does nothing.
class Listener : public HostListener {
public:
    std::function<void()> wake = [] {};
    std::function<void()> whenReady = [] {};
    int outputs = 0, errors = 0, writable = 0;
    void onReady(const std::vector<std::uint32_t>&) override { whenReady(); }
    void onSpawned(std::uint32_t, std::uint32_t) override {}
    void onOutput(std::uint32_t, Stream, ByteSpan) override { ++outputs; }
    void onOutputEnd(std::uint32_t, Stream) override {}
    void onInputRoom(std::uint32_t) override {}
    void onExited(std::uint32_t, std::uint8_t, bool) override {}
    void onFileDone(std::uint32_t, std::uint32_t, const std::string&) override {}
    void onOpened(std::uint32_t, OpenProblem, const std::string&, const std::string&) override {}
    void onFromDisplay(const relay::FromGuest&) override {}
    void onDisplayState(DisplayCondition) override {}
    void onPong(std::uint32_t) override {}
    void onWritable() override { ++writable; }
    void onOutgoing() override { wake(); }
    void onProtocolError(const Error&) override { ++errors; }
};

/// A host end joined to a socket, and the guest's socket, on one loop that the test turns.
struct Joined {
    asio::io_context loop;
    Socket guest{loop};
    Listener listener;
    HostControl control{listener};
    std::shared_ptr<HostChannel<Socket>> channel;
    int closed = 0;

    Joined()
    {
        Socket host(loop);
        asio::local::connect_pair(host, guest);
        channel = std::make_shared<HostChannel<Socket>>(std::move(host), control, [this] { ++closed; });
        listener.wake = [this] { channel->wake(); };
        channel->start();
        control.takeOver();
    }
    ~Joined()
    {
        channel->close();
        loop.poll();
    }
    /// Plays the guest until Ready was said.
    void answer()
    {
        std::array<std::uint8_t, wire::Preamble::kSize_bytes> preamble;
        loop.run_one(); // the write of the Preamble
        asio::read(guest, asio::buffer(preamble));
        ByteVector bytes(preamble.begin(), preamble.end());
        append(bytes, 0, Ready{});
        asio::write(guest, asio::buffer(bytes));
    }
    void turnUntil(const std::function<bool()>& done)
    {
        while (!done() && loop.run_one_for(std::chrono::seconds(60)) > 0) {
        }
        QVERIFY(done());
    }
};

} // namespace

class TestHostChannel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void handshakeOverASocket()
    {
        Joined j;
        j.answer();
        j.turnUntil([&] { return j.control.isReady(); });
    }
    void largeQueueIsWrittenAsTheGuestReads()
    {
        Joined j;
        j.answer();
        j.turnUntil([&] { return j.control.isReady(); });
        QVERIFY(j.control.beginFile(1, "a", 50'000'000, FilePlace::Inbox).has_value());
        std::size_t sent = 0, got = 0;
        ByteVector buffer(1 << 20);
        while (sent < 50'000'000) {
            if (j.control.fileData(1, ByteVector(50'000)))
                sent += 50'000;
            else
                got += j.guest.read_some(asio::buffer(buffer));
            j.loop.poll();
        }
        QVERIFY(j.listener.writable > 0);
        QVERIFY(got > 0 && got < sent + 100'000);
    }
    void endOfTheGuestIsToldOnce()
    {
        Joined j;
        j.guest.close();
        j.turnUntil([&] { return j.closed == 1; });
        j.channel->wake();
        j.loop.poll();
        QCOMPARE(j.closed, 1);
    }
    void breachClosesTheStream()
    {
        Joined j;
        j.answer();
        j.turnUntil([&] { return j.control.isReady(); });
        ByteVector bytes;
        append(bytes, 9, Exited{});
        asio::write(j.guest, asio::buffer(bytes));
        j.turnUntil([&] { return j.closed == 1; });
        QCOMPARE(j.listener.errors, 1);
        asio::error_code error;
        j.guest.non_blocking(true);
        std::array<std::uint8_t, 1> byte;
        j.guest.read_some(asio::buffer(byte), error);
        QVERIFY(error == asio::error::eof || error == asio::error::connection_reset);
    }
    void closeWithinAHandlerIsSafe()
    {
        Joined j;
        bool called = false;
        j.listener.whenReady = [&] {
            called = true;
            j.channel->close();
        };
        j.answer();
        j.turnUntil([&] { return called; });
        j.loop.poll();
        QCOMPARE(j.closed, 0);
    }
};

QTEST_GUILESS_MAIN(TestHostChannel)
#include "tst_host_channel.moc"
