// SPDX-License-Identifier: Apache-2.0
// annex-init: the first process of a guest.
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/init/guest.h"
#include "app/init/note.h"
#include "app/init/start_process.h"

extern char** environ;

namespace {

using namespace annex::init;

bool isOpen(int fd)
{
    return ::fcntl(fd, F_GETFD) >= 0;
}

void closeOnExec(int fd)
{
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

Environment ownEnvironment()
{
    Environment lines;
    for (char** line = environ; line && *line; ++line)
        lines.emplace_back(*line);
    return lines;
}

/// annex-display lies beside this program.
std::string displayProgram()
{
    std::string path(4096, '\0');
    ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
    if (length <= 0)
        return {};
    path.resize(static_cast<std::size_t>(length));
    path.replace(path.rfind('/') + 1, std::string::npos, "annex-display");
    return ::access(path.c_str(), X_OK) == 0 ? path : std::string{};
}

} // namespace

int main()
{
    if (::getpid() != 1) {
        note("runs only as the first process of a guest; annexd starts it there");
        return 2;
    }
    GuestOptions options;
    if (!isOpen(options.control) || !isOpen(options.displayStream)) {
        note("descriptors 3 (control) and 4 (display) must be inherited");
        return 2;
    }
    if (!isOpen(options.pool))
        options.pool = -1;
    for (int fd : {options.control, options.displayStream, options.pool}) {
        if (fd >= 0)
            closeOnExec(fd);
    }
    options.displayProgram = displayProgram();
    options.environment = guestEnvironment(ownEnvironment(), ::getuid());

    // Programs of the guest run under the same account: they shall not read this process' memory nor take its descriptors.
    ::prctl(PR_SET_DUMPABLE, 0);
    // Programs that crash leave nothing behind, and Xwayland is started with -core. 1 byte and not 0: only then the kernel leaves the host's core
    // handler alone, too. The keeper has set the same; this holds where no keeper did.
    rlimit noCore{1, 1};
    ::setrlimit(RLIMIT_CORE, &noCore);
    raiseDescriptorLimit();

    auto loop = annex::init::Loop::create();
    if (!loop)
        return 1;
    Guest guest(**loop, std::move(options));
    guest.start();
    return (*loop)->run();
}
