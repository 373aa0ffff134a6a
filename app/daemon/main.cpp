// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/signal_set.hpp>

#include "app/daemon/composition.h"
#include "app/daemon/options.h"
#include "app/daemon/single_instance.h"
#include "base/log.h"

namespace {

using namespace annex;

// What goes wrong before the log exists, or before anybody listens.
int refuse(int readyFd, const std::string& sentence)
{
    std::fprintf(stderr, "annexd: %s\n", sentence.c_str());
    daemon::tellStarter(readyFd, sentence);
    return 1;
}

int serve(const daemon::Options& options, const Paths& paths)
{
    asio::io_context loop(1);
    SystemClock clock;
    auto broker = daemon::compose(loop, clock, options, paths);
    if (!broker)
        return refuse(options.readyFd, broker.error().describe());

    // Running guests are their keepers' and go on; the next broker finds them.
    asio::signal_set signals(loop, SIGTERM, SIGINT, SIGHUP);
    const auto end = [&] {
        (*broker)->close();
        signals.cancel();
        loop.stop();
    };
    signals.async_wait([&](asio::error_code error, int number) {
        if (!error) {
            log("daemon").info("signal {}", number);
            end();
        }
    });
    (*broker)->onFinished(end);

    int code = 0;
    asio::co_spawn(loop, (*broker)->open(), [&](std::exception_ptr, Result<void> opened) {
        if (opened) {
            log("daemon").info("annexd {} listens", ANNEX_VERSION);
            return daemon::tellStarter(options.readyFd, "ready");
        }
        code = refuse(options.readyFd, opened.error().describe());
        end();
    });
    loop.run();
    return code;
}

} // namespace

int main(int argc, char** argv)
{
    int code = 0;
    const auto options = daemon::parseOptions(argc, argv, code);
    if (!options)
        return code;
    if (::getuid() == 0 || ::geteuid() == 0)
        return refuse(options->readyFd, "Annex does not run as root: a program for untrusted files has no business with root's rights. Run it as an ordinary user.");
    ::umask(0077);
    std::signal(SIGPIPE, SIG_IGN);
    const auto paths = daemon::pathsFor(*options);
    if (!paths)
        return refuse(options->readyFd, paths.error().describe());
    if (options->readyFd >= 0)
        if (auto detached = daemon::detach(); !detached)
            return refuse(options->readyFd, detached.error().describe());
    const auto lock = daemon::takeLock(*paths, options->lockFd);
    if (!lock)
        return refuse(options->readyFd, lock.error().describe());
    if (auto logging = setUpLogging(paths->logFolder(), options->logLevel, "annexd"); !logging)
        return refuse(options->readyFd, logging.error().describe());
    return serve(*options, *paths);
}
