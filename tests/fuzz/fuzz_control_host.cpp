// SPDX-License-Identifier: Apache-2.0
// A hostile guest's bytes, after the handshake, against a broker that has programs, a file and pings under way.
#include <cstdint>
#include <cstdlib>

#include "app/control/codec.h"
#include "app/control/host_control.h"

using namespace annex;
using namespace annex::control;

namespace {

/// Checks what the contract promises of each event, whatever the guest says.
class Judge : public HostListener {
public:
    HostControl* control = nullptr;
    std::size_t held_bytes = 0; ///< never given back
    static void require(bool promise)
    {
        if (!promise)
            std::abort();
    }
    void onReady(const std::vector<std::uint32_t>& running) override { require(running.size() <= kMaxPrograms); }
    void onSpawned(std::uint32_t program, std::uint32_t error) override { require(program != 0 && error < 4096); }
    void onOutput(std::uint32_t program, Stream, ByteSpan bytes) override
    {
        require(!bytes.empty() && bytes.size() <= kMaxChunk_bytes);
        if (program == 1)
            control->outputTaken(program, Stream::Out, bytes.size());
        else
            held_bytes += bytes.size();
        require(held_bytes <= 4 * kInitialCredit_bytes); // two programs with two streams each
    }
    void onOutputEnd(std::uint32_t, Stream) override {}
    void onInputRoom(std::uint32_t) override {}
    void onExited(std::uint32_t, std::uint8_t status, bool signalled) override { require(!signalled || status > 128); }
    void onFileDone(std::uint32_t, std::uint32_t error, const std::string& path) override
    {
        require(error != 0 ? path.empty() : path.front() == '/' && path.size() <= kMaxPath_bytes);
    }
    void onOpened(std::uint32_t, OpenProblem, const std::string& mime, const std::string& id) override
    {
        require(mime.size() <= kMaxMimeType_bytes && id.size() <= kMaxFileName_bytes);
        require(mime.find('\n') == std::string::npos && id.find('\0') == std::string::npos);
    }
    void onFromDisplay(const relay::FromGuest&) override {}
    void onDisplayState(DisplayCondition condition) override { require(static_cast<unsigned>(condition) <= 3); }
    void onPong(std::uint32_t serial) override { require(serial == 7); }
    void onWritable() override {}
    void onOutgoing() override {}
    void onProtocolError(const Error& error) override { require(error.code == Errc::Malformed || error.code == Errc::TooLarge); }
};

void start(HostControl& control, std::uint32_t number, Stdio stdio)
{
    Spawn what;
    what.arguments = {"cat"};
    what.stdio = stdio;
    Judge::require(control.spawn(number, what).has_value());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Judge judge;
    HostControl control(judge);
    judge.control = &control;
    control.takeOver();
    ByteSpan preamble = control.outgoing();
    ByteVector hello(preamble.begin(), preamble.end());
    append(hello, 0, Ready{kProtocolVersion, {}});
    Judge::require(control.receive(hello, {}).has_value());
    start(control, 1, Stdio::Pipes);
    start(control, 2, Stdio::Terminal);
    start(control, 3, Stdio::Pipes);
    Judge::require(control.beginFile(1, "name", 4, FilePlace::Inbox) && control.fileData(1, ByteVector(4)) && control.endFile(1, true));
    Judge::require(control.open(4, "/home/user/Inbox/name") && control.ping(7));
    // In two pieces: state must survive a cut anywhere.
    std::size_t cut = size == 0 ? 0 : data[0] % (size + 1);
    if (control.receive(ByteSpan(data, cut), {}))
        (void)control.receive(ByteSpan(data, size).subspan(cut), {}).has_value();
    return 0;
}
