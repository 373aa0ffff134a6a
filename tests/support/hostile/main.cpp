// SPDX-License-Identifier: Apache-2.0
// annex-hostile ATTACK ARGUMENTS…: one attack a call.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>

#include <unistd.h>

#include "tests/support/hostile/attacks.h"

namespace annex::hostile {

void say(const std::string& line)
{
    std::puts(line.c_str());
    std::fflush(stdout);
}

void sayOutcome(const std::string& name, bool got)
{
    const int error = errno;
    say(got ? name + ": got" : name + ": refused by " + std::to_string(error) + " (" + std::strerror(error) + ")");
}

void waitForEnd()
{
    char buffer[256];
    while (::read(STDIN_FILENO, buffer, sizeof buffer) > 0) {
    }
}

int hold(const Words&)
{
    say("holding");
    waitForEnd();
    return 0;
}

} // namespace annex::hostile

int main(int argc, char** argv)
{
    using namespace annex::hostile;
    static const std::map<std::string, Attack> kAttacks{
        {"find-file", findFile},       {"find-process", findProcess},     {"signal", signalProcess},
        {"environment", showEnvironment}, {"connect-path", connectPath},  {"connect-abstract", connectAbstract},
        {"connect-tcp", connectTcp},   {"kernel-log", readKernelLog},     {"make-shared", makeShared},
        {"read-shared", readShared},   {"listen-abstract", listenAbstract}, {"inject", injectInput},
        {"descriptors", listDescriptors}, {"overwrite", overwritePrograms}, {"user-namespace", makeUserNamespace},
        {"calls", makeCalls},          {"fork-bomb", forkBomb},           {"memory-bomb", memoryBomb},
        {"disk-bomb", diskBomb},       {"inode-bomb", inodeBomb},         {"crash-bomb", crashBomb},
        {"hold", hold},
    };
    const auto attack = argc > 1 ? kAttacks.find(argv[1]) : kAttacks.end();
    if (attack == kAttacks.end()) {
        std::fputs("annex-hostile: no such attack\n", stderr);
        return 2;
    }
    const int result = attack->second(Words(argv + 2, argv + argc));
    say("ended"); // an attack that was cut short does not look like one that found nothing
    return result;
}
