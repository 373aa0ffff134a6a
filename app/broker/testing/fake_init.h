// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include "app/control/messages.h"
#include "app/control/relay.h"
#include "base/wire.h"
#include "isolation/fake/fake_engine.h"

/// Plays annex-init and annex-display on the guest's end of fake guests (isolation/fake), so that the whole broker runs without any sandbox:
/// for `annexd --engine fake` and for tests.
namespace annex::broker::testing {

/// One guest's init. What programs do is told by their names:
///   true, false          end at once with 0 or 1
///   exit N               ends with N
///   cat                  gives its input back, ends with it
///   missing              is not installed (ENOENT)
///   anything else        runs until a signal
/// A file ending in .sh is a program to `open`, one in .xyz has none that opens it.
class FakeInit : public std::enable_shared_from_this<FakeInit> {
public:
    struct File {
        std::string name;
        control::FilePlace place = control::FilePlace::Inbox;
        std::string content;
        bool complete = false;
    };

    FakeInit(asio::io_context& loop, isolation::FakeGuestEnd guest);
    void start();

    // What happened, for a test to look at
    std::map<std::uint32_t, control::Spawn> programs; ///< that run now
    std::vector<control::Spawn> started;              ///< all of them, in order
    std::vector<File> files;
    std::string offered;                              ///< text of the last paste; empty after it was withdrawn
    unsigned offers = 0;
    std::string selection = "text from the guest";    ///< what a program copied
    std::uint64_t fileErrorAfter_bytes = UINT64_MAX;  ///< then the disk is full
    bool answers = true;                              ///< false: hears everything and says nothing
    bool readsOffers = true;                          ///< false: never says OfferSet

    // What the guest does by itself
    void takeSelection(std::uint32_t number, bool hasText);
    void endProgram(std::uint32_t program, std::uint8_t status, bool signalled);
    void write(std::uint32_t program, std::string_view text);
    void sendRaw(ByteSpan bytes);
    void hangUp();
    isolation::FakeGuestEnd& guest() { return m_guest; }

private:
    struct Transfer {
        std::size_t file = 0;
        bool failed = false;
    };
    /// What a program wants to write, under the host's credit.
    struct Output {
        std::string waiting;
        std::size_t credit_bytes = control::kInitialCredit_bytes;
        std::optional<control::Exited> end; ///< after all of it
    };

    void read();
    void drain();
    void onPreamble(const wire::Preamble::Nonce& nonce);
    void onFrame(const wire::Frame& frame);
    void onSpawn(std::uint32_t program, control::Spawn what);
    void onSignal(std::uint32_t program, std::uint8_t number);
    void onFile(const wire::Frame& frame);
    void onOpen(std::uint32_t program, const std::string& path);
    void onRelay(ByteSpan bytes);
    void passOutput(std::uint32_t program);
    void finishProgram(std::uint32_t program, control::Exited exited);
    void sendRelay(control::relay::Type type, std::uint32_t object, ByteSpan payload);
    template <class Message> void send(std::uint32_t object, const Message& message);
    void flush();

    isolation::FakeGuestEnd m_guest;
    asio::posix::stream_descriptor m_stream;
    wire::FrameReader m_reader;
    std::array<std::uint8_t, 64 * 1024> m_in;
    ByteVector m_out, m_writing;
    std::map<std::uint32_t, Output> m_outputs;
    std::map<std::uint32_t, Transfer> m_transfers;
    std::string m_incomingOffer;
};

/// Gives each guest of this world an init.
void playInit(asio::io_context& loop, isolation::FakeWorld& world, std::function<void(std::shared_ptr<FakeInit>)> onStarted = {});

} // namespace annex::broker::testing
