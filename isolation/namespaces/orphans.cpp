// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/orphans.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/posix/unique_fd.h"
#include "isolation/namespaces/bubblewrap_arguments.h"
#include "isolation/namespaces/control_group_files.h"

namespace annex::isolation {
namespace fs = std::filesystem;
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

enum class Kind { Other, Keeper, Bubblewrap, First };

/// By the command line, which only its own program can change; a guest's program that imitates one of these gains its own end.
Kind kindOf(const fs::path& process)
{
    auto line = readGroupFile(process / "cmdline");
    if (!line)
        return Kind::Other;
    static const std::string kBubblewrap = "bwrap\0--args\0"s + std::to_string(kArgumentsDescriptor) + "\0--\0"s + kGuestInit;
    if (line->starts_with("annex-keeper\0--guest-id\0"sv))
        return Kind::Keeper;
    if (line->starts_with(kBubblewrap))
        return Kind::Bubblewrap;
    return line->starts_with(std::string(kGuestInit) + '\0') ? Kind::First : Kind::Other;
}

pid_t parentOf(const fs::path& process)
{
    auto text = readGroupFile(process / "stat");
    const char* end = text ? std::strrchr(text->c_str(), ')') : nullptr; // the name before it may hold anything
    int parent = 0;
    return end != nullptr && std::sscanf(end, ") %*c %d", &parent) == 1 ? parent : 0;
}

/// Whether a living keeper stands above: directly, or with bubblewraps and the guest's first process between. That one stands there as well
/// because each program that it starts is a fork of it first, under its name.
bool isKept(const fs::path& proc, fs::path process)
{
    constexpr int kDeepest = 6; // fork of the first process, that one, bubblewrap's child, bubblewrap, keeper
    for (int depth = 0; depth < kDeepest; ++depth) {
        process = proc / std::to_string(parentOf(process));
        const Kind kind = kindOf(process);
        if (kind != Kind::Bubblewrap && kind != Kind::First)
            return kind == Kind::Keeper;
    }
    return false;
}

bool isCandidate(const fs::path& process)
{
    const Kind kind = kindOf(process);
    return kind == Kind::Bubblewrap || kind == Kind::First;
}

} // namespace

int endOrphans(const fs::path& proc)
{
    int found = 0;
    std::error_code error;
    for (fs::directory_iterator it(proc, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        if (!isCandidate(it->path()))
            continue;
        // Held before it is judged: what is judged is what gets the signal. Another account's process refuses it.
        UniqueFd held(static_cast<int>(::syscall(SYS_pidfd_open, std::atoi(name.c_str()), 0)));
        if (held && !isKept(proc, it->path()) && isCandidate(it->path()) && ::syscall(SYS_pidfd_send_signal, held.get(), SIGKILL, nullptr, 0) == 0)
            ++found;
    }
    return found;
}

} // namespace annex::isolation
