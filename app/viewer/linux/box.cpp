// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/linux/box.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/posix/unique_fd.h"

namespace annex::viewer {

namespace {

using UniqueFilter = UniqueHandle<scmp_filter_ctx, seccomp_release>;

/// What painting text, pointers and words may still read after the start. Missing folders are left out.
constexpr std::array kReadable{
    "/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig", // glyphs of fonts not yet opened
    "/usr/share/icons", "/usr/share/pixmaps",                                                                      // cursor themes
    "/usr/share/X11/locale", "/usr/share/locale", "/usr/lib/locale",                                               // names of things
};

// ---- Landlock: newer fields and bits than the headers of Debian 12 know ---------------------------------------------------

struct RulesetAttributes {
    std::uint64_t fileSystem = 0, network = 0, scoped = 0;
};
constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE, kReadFolder = LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kScopeAbstractSocket = 1, kScopeSignal = 2, kTcpBind = 1, kTcpConnect = 2;

std::uint64_t allFileRights(int abi)
{
    // Version 1 has 13 rights; 2 adds renaming across folders, 3 truncation, 5 device ioctls.
    const int count = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
    return (1ull << count) - 1;
}

/// A place that may be read, with what lies beneath it. Missing ones are left out.
Result<void> addReadable(int ruleset, const char* path, std::uint64_t rights)
{
    UniqueFd place(::open(path, O_PATH | O_CLOEXEC));
    if (!place)
        return {};
    landlock_path_beneath_attr rule{};
    rule.allowed_access = rights;
    rule.parent_fd = place.get();
    if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        return failErrno("add a Landlock rule");
    return {};
}

int landlockAbi()
{
    return std::max(0, static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION)));
}

Result<UniqueFd> makeRuleset(const RulesetAttributes& attributes, int abi)
{
    const std::size_t size = abi >= 6 ? sizeof(attributes) : abi >= 4 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
    UniqueFd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
    if (!ruleset)
        return failErrno("make a Landlock ruleset");
    return ruleset;
}

Result<void> enterRuleset(int ruleset)
{
    if (::syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        return failErrno("enter the Landlock ruleset");
    return {};
}

Result<int> restrictFiles()
{
    const int abi = landlockAbi();
    if (abi < 1)
        return 0; // not in this kernel, or switched off
    auto ruleset = makeRuleset({allFileRights(abi), abi >= 4 ? kTcpBind | kTcpConnect : 0, abi >= 6 ? kScopeAbstractSocket | kScopeSignal : 0}, abi);
    if (!ruleset)
        return tl::unexpected<Error>(std::move(ruleset.error()));
    for (const char* folder : kReadable)
        if (auto added = addReadable(ruleset->get(), folder, kReadFile | kReadFolder); !added)
            return tl::unexpected<Error>(std::move(added.error()));
    if (auto entered = enterRuleset(ruleset->get()); !entered)
        return tl::unexpected<Error>(std::move(entered.error()));
    return abi;
}

/// Where Xlib looks for the key to the server.
std::string authorityFile()
{
    if (const char* named = std::getenv("XAUTHORITY"); named && *named)
        return named;
    const char* home = std::getenv("HOME");
    return home ? std::string(home) + "/.Xauthority" : std::string();
}

// ---- seccomp ---------------------------------------------------------------------------------------------------------------

/// Calls without conditions: reading, memory, waiting, talking on the sockets we hold.
constexpr std::array kAllowed{
    // descriptors we hold
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(dup),
    SCMP_SYS(fstat), SCMP_SYS(fstatfs), SCMP_SYS(fcntl), SCMP_SYS(getdents64), SCMP_SYS(ftruncate), SCMP_SYS(memfd_create), SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2), SCMP_SYS(poll), SCMP_SYS(ppoll),
    // sockets we hold
    SCMP_SYS(recvmsg), SCMP_SYS(recvfrom), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(shutdown), SCMP_SYS(getsockopt), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    // names of files: what may be read is Landlock's to say
    SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
    // memory; MIT-SHM takes System V segments where the X server gives no descriptor
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(shmdt), SCMP_SYS(shmctl),
    // threads, time, signals of our own
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    // who we are
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(uname), SCMP_SYS(sysinfo),
    SCMP_SYS(getrlimit),
};

constexpr scmp_datum_t kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
constexpr scmp_datum_t kThread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FILES | CLONE_FS;
constexpr scmp_datum_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

Result<void> restrictCalls()
{
    UniqueFilter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
    if (!filter)
        return fail(Errc::SystemFailed, "make a seccomp filter");
    // Qt's threads as well: code in this process can write into their memory.
    int failed = -seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    const auto rule = [&](std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> conditions = {}) {
        const int result = seccomp_rule_add_array(filter.get(), action, call, static_cast<unsigned>(conditions.size()), conditions.begin());
        if (result != 0 && failed == 0)
            failed = -result;
    };
    for (int call : kAllowed)
        rule(SCMP_ACT_ALLOW, call);
    // Files: reading only.
    rule(SCMP_ACT_ALLOW, SCMP_SYS(openat), {SCMP_A2(SCMP_CMP_MASKED_EQ, kWriting, 0)});
    rule(SCMP_ACT_ALLOW, SCMP_SYS(open), {SCMP_A1(SCMP_CMP_MASKED_EQ, kWriting, 0)});
    // Memory: never executable from here on. Everything that needs code was loaded before.
    rule(SCMP_ACT_ALLOW, SCMP_SYS(mmap), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
    rule(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
    // Threads (Qt starts some late), but no processes and no namespaces. clone3 hides its flags in memory: glibc falls back to clone.
    rule(SCMP_ACT_ALLOW, SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, kThread | kNamespaces, kThread)});
    rule(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
    rule(SCMP_ACT_ALLOW, SCMP_SYS(prctl), {SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)});
    rule(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), {SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)}); // to read our own limits
    rule(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()))}); // abort()
    rule(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), {SCMP_A1(SCMP_CMP_EQ, FIONREAD)});
    rule(SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), {SCMP_A1(SCMP_CMP_EQ, TCGETS)});
    if (failed != 0)
        return failErrno("write the seccomp filter", failed);
    if (const int loaded = seccomp_load(filter.get()); loaded != 0)
        return failErrno("load the seccomp filter", -loaded);
    return {};
}

void limit(__rlimit_resource what, rlim_t value)
{
    rlimit now{};
    if (::getrlimit(what, &now) != 0)
        return;
    now.rlim_cur = now.rlim_max = std::min(now.rlim_max, value);
    ::setrlimit(what, &now);
}

} // namespace

void closeDescriptorsFrom(unsigned first) { ::close_range(first, ~0u, 0); }

Result<void> enterOuterBox()
{
    constexpr std::array kFolders{"/usr", "/lib", "/lib64", "/bin", "/etc", "/var/cache/fontconfig"};
    const int abi = landlockAbi();
    if (abi < 1)
        return {};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failErrno("set no_new_privs");
    // Abstract sockets stay for now: the X server may listen on one.
    auto ruleset = makeRuleset({allFileRights(abi), abi >= 4 ? kTcpBind : 0, 0}, abi);
    if (!ruleset)
        return while_("shut in the viewer", std::move(ruleset));
    for (const char* folder : kFolders)
        if (auto added = addReadable(ruleset->get(), folder, kReadFile | kReadFolder); !added)
            return while_("shut in the viewer", std::move(added));
    if (auto added = addReadable(ruleset->get(), authorityFile().c_str(), kReadFile); !added)
        return while_("shut in the viewer", std::move(added));
    if (auto entered = enterRuleset(ruleset->get()); !entered)
        return while_("shut in the viewer", std::move(entered));
    return {};
}

Result<BoxResult> enterBox(std::uint64_t pool_bytes)
{
    constexpr rlim_t kDescriptors = 512;        // two connections, shared segments of some windows, fonts
    constexpr rlim_t kOwnMemory = 4ull << 30;   // backing stores of many large windows; a taken-over viewer ends here
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failErrno("set no_new_privs");
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, kDescriptors);
    limit(RLIMIT_MEMLOCK, 0);
    limit(RLIMIT_AS, pool_bytes + kOwnMemory);
    BoxResult result;
    auto landlock = restrictFiles();
    if (!landlock)
        return while_("shut in the viewer", std::move(landlock));
    result.landlockAbi = *landlock;
    if (auto calls = restrictCalls(); !calls)
        return while_("shut in the viewer", std::move(calls));
    result.seccomp = true;
    return result;
}

} // namespace annex::viewer
