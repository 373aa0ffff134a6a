// SPDX-License-Identifier: Apache-2.0
// A hostile annex-init against the host end of the control protocol.
// Input: a byte of options (what the host has asked for before), then the stream after the echoed Preamble.
#include "app/control/codec.h"
#include "app/control/host_control.h"
#include "tests/fuzz/fuzz.h"

using namespace annex;
using namespace annex::control;
using fuzz::must;

namespace {

class Broker : public HostListener {
public:
    HostControl* control = nullptr;
    std::size_t unreturned = 0;
    std::size_t errors = 0;

    void onReady(const std::vector<std::uint32_t>& running) override { must(running.size() <= kMaxPrograms, "programs are few"); }
    void onSpawned(std::uint32_t program, std::uint32_t) override { must(program != 0, "programs have numbers"); }
    void onOutput(std::uint32_t program, Stream stream, ByteSpan bytes) override
    {
        must(!bytes.empty(), "output has bytes");
        unreturned += bytes.size();
        if (bytes.size() % 2 == 0) {
            control->outputTaken(program, stream, bytes.size());
            unreturned -= bytes.size();
        }
        must(unreturned <= std::size_t{kInitialCredit_bytes} * 2 * (kMaxPrograms + 1), "output keeps to its credit");
    }
    void onOutputEnd(std::uint32_t, Stream) override {}
    void onInputRoom(std::uint32_t program) override { (void)control->input(program, asBytes("more")); }
    void onExited(std::uint32_t program, std::uint8_t, bool) override { must(program != 0, "programs have numbers"); }
    void onFileDone(std::uint32_t, std::uint32_t error, const std::string& path) override
    {
        must(error != 0 || (!path.empty() && path[0] == '/'), "a file lies somewhere");
    }
    void onOpened(std::uint32_t, OpenProblem, const std::string&, const std::string&) override {}
    void onFromDisplay(const relay::FromGuest&) override {}
    void onDisplayState(DisplayCondition) override {}
    void onPong(std::uint32_t) override {}
    void onWritable() override {}
    void onOutgoing() override {}
    void onProtocolError(const Error&) override { ++errors; }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Choices choices({data, size});
    const std::uint8_t options = choices.byte();
    Broker broker;
    HostControl control(broker);
    broker.control = &control;
    const HostControl::TimePoint now{};

    control.takeOver();
    const ByteVector echo(control.outgoing().begin(), control.outgoing().end());
    control.sent(echo.size());
    must(control.receive(echo, now).has_value(), "an echo is taken");
    if ((options & 1) == 0) {
        ByteVector ready;
        append(ready, 0, Ready{});
        must(control.receive(ready, now).has_value() && control.isReady(), "Ready is taken");
        Spawn spawn;
        spawn.arguments = {"/bin/true"};
        for (std::uint32_t program = 1; program <= std::uint32_t{options} >> 5; ++program) {
            spawn.stdio = program % 2 == 0 ? Stdio::Pipes : Stdio::Terminal;
            must(control.spawn(program, spawn).has_value(), "a program can be asked for");
        }
        if ((options & 2) != 0)
            must(control.beginFile(1, "file", 10, FilePlace{}).has_value(), "a transfer can begin");
        if ((options & 4) != 0)
            must(control.open(20, "/run/file").has_value(), "a file can be opened");
        (void)control.ping(5);
    }
    while (!choices.empty()) {
        const bool failedBefore = control.isFailed();
        const bool taken = control.receive(choices.take((options & 8) != 0 ? 7 : 4096), now).has_value();
        must(!(failedBefore && taken), "a breach is final");
        must(taken || control.isFailed(), "an error is a breach");
        must(broker.errors == (control.isFailed() ? 1u : 0u), "a breach is told once");
        must(control.programCount() <= kMaxPrograms, "programs are few");
        control.sent(control.outgoing().size());
    }
    return 0;
}
