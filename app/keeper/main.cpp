// SPDX-License-Identifier: Apache-2.0
// annex-keeper: one per guest. Parent of the engine's processes and owner of their descriptors; understands nothing of what a guest says.
#include <csignal>
#include <cstdio>

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/keeper/arguments.h"
#include "app/keeper/failure_report.h"
#include "app/keeper/service.h"
#include "isolation/namespaces/leftover_files.h"

namespace annex::keeper {
namespace {

constexpr std::chrono::seconds kStartPatience{30}; // bubblewrap needs some 10 ms on a quiet machine

Result<Specification> readSpecification(int descriptor)
{
    UniqueFd file(descriptor);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0)
        return failErrno("read the specification");
    if (info.st_size < 0 || static_cast<std::size_t>(info.st_size) > isolation::keeper::kMaxSpecification_bytes)
        return fail(Errc::TooLarge, "read the specification: over its limit");
    ByteVector bytes(static_cast<std::size_t>(info.st_size));
    if (::pread(file.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return failErrno("read the specification");
    return isolation::keeper::decodeSpecification(bytes);
}

/// From here on these signals arrive as bytes; bubblewrap gets an empty mask again.
Result<UniqueFd> signalsAsBytes()
{
    sigset_t set;
    sigemptyset(&set);
    for (int number : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&set, number);
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0)
        return failErrno("block signals");
    ::signal(SIGPIPE, SIG_IGN);
    UniqueFd descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor)
        return failErrno("receive signals");
    return descriptor;
}

/// @return false when nobody is there to hear it: the broker ended while the guest was being started
bool report(int pipe, const Error* error)
{
    const ByteVector bytes = isolation::keeper::encodeReady(error);
    return ::write(pipe, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
}

Result<void> startGuest(GuestProcess& guest)
{
    auto started = guest.start(std::chrono::steady_clock::now() + kStartPatience);
    if (started || started.error().code != Errc::EngineFailed)
        return started;
    (void)guest.end();
    if (const std::string why = askBubblewrapWhy(guest.specification()); !why.empty())
        started.error().context += ": " + why;
    return started;
}

int keep(const Arguments& arguments)
{
    UniqueFd ready(arguments.readyDescriptor);
    auto giveUp = [&](const Error& error) {
        report(ready.get(), &error);
        return 1;
    };
    auto signals = signalsAsBytes();
    auto specification = readSpecification(arguments.specificationDescriptor);
    auto listener = listenLocal(arguments.socket);
    if (!signals)
        return giveUp(signals.error());
    if (!specification)
        return giveUp(specification.error());
    if (!listener)
        return giveUp(listener.error());
    int result = 0;
    {
        GuestProcess guest(std::move(*specification));
        auto started = startGuest(guest);
        if (started)
            started = isolation::writeGuestFile(arguments.socket, guest.first());
        if (!started) {
            (void)guest.end();
            result = giveUp(started.error());
        } else if (report(ready.get(), nullptr)) {
            ready.reset();
            Service service(guest, std::move(*listener), std::move(*signals));
            service.run();
            const int code = guest.end();
            isolation::removeKeeperFiles(arguments.socket);
            service.announceEnd(code);
            return 0;
        }
    }
    isolation::removeKeeperFiles(arguments.socket);
    return result;
}

} // namespace
} // namespace annex::keeper

int main(int argc, char** argv)
{
    auto arguments = annex::keeper::parseArguments(argc, argv);
    if (!arguments) {
        std::fprintf(stderr, "%s\n", arguments.error().describe().c_str());
        return 2;
    }
    return annex::keeper::keep(*arguments);
}
