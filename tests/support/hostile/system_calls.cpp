// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <iostream>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/hostile/attacks.h"

namespace annex::hostile {
namespace {

constexpr long kX32Bit = 0x40000000;

#if defined(__x86_64__)
long callI386(long number)
{
    long result = 0;
    asm volatile("int $0x80"
                 : "=a"(result)
                 : "a"(number), "b"(0l), "c"(0l), "d"(0l), "S"(0l), "D"(0l)
                 : "memory", "r8", "r9", "r10", "r11");
    return static_cast<int>(result);
}
#else
long callI386(long)
{
    return -ENOSYS;
}
#endif

/// All arguments 0: where it is let through, the kernel finds nothing to do or a bad pointer.
long makeCall(const std::string& abi, long number)
{
    if (abi == "i386")
        return callI386(number);
    const long result = ::syscall(abi == "x32" ? number | kX32Bit : number, 0, 0, 0, 0, 0, 0);
    return result < 0 ? -errno : result;
}

} // namespace

int makeCalls(const Words&)
{
    auto* answer = static_cast<long*>(::mmap(nullptr, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    std::string abi;
    for (long number = 0; std::cin >> abi >> number;) {
        const pid_t child = ::fork();
        if (child == 0) {
            *answer = makeCall(abi, number);
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        const std::string outcome = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status)) : std::to_string(*answer);
        say(abi + " " + std::to_string(number) + " " + outcome);
    }
    return 0;
}

} // namespace annex::hostile
