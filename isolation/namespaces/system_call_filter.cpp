// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/system_call_filter.h"

#include <array>
#include <cerrno>
#include <string>

#include <linux/sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/handle.h"
#include "base/posix/unique_fd.h"

namespace annex::isolation {
namespace {

using UniqueFilter = UniqueHandle<scmp_filter_ctx, seccomp_release>;

constexpr std::uint64_t kLow32 = 0xffffffffu; // the kernel looks at an int; a program may set what lies above it

// From the kernel's headers; named here because libc's differ between versions.
constexpr std::uint64_t kTiocsti = 0x5412;   // puts input into a terminal's queue
constexpr std::uint64_t kTioclinux = 0x541C; // the console's selection: injects, too
constexpr std::uint64_t kTiocsetd = 0x5423;  // loads line disciplines

// CLONE_NEWTIME is missing on purpose: clone() has no bit for it (it lies in the exit signal), and clone3 is not on the list.
constexpr std::array<std::uint64_t, 7> kNewNamespaces{CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                                      CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};

/// Builds one filter; the first rule that libseccomp refuses is remembered.
class FilterBuilder {
public:
    static Result<FilterBuilder> create(std::uint32_t defaultAction)
    {
        FilterBuilder builder;
        builder.m_filter.reset(seccomp_init(defaultAction));
        if (!builder.m_filter)
            return fail(Errc::Internal, "make a system call filter");
        // Calls of other ABIs: as if this kernel did not have them.
        if (const int bad = seccomp_attr_set(builder.m_filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)); bad != 0)
            return failErrno("make a system call filter", -bad);
        // Binary search instead of a chain: a third of the time per call with a list this long.
        (void)seccomp_attr_set(builder.m_filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
        return builder;
    }

    void rule(std::uint32_t action, std::string_view name, const std::vector<scmp_arg_cmp>& arguments = {})
    {
        const int number = seccomp_syscall_resolve_name(std::string(name).c_str());
        if (number < 0)
            return; // this processor or this libseccomp does not have it
        const int bad = seccomp_rule_add_array(m_filter.get(), action, number, static_cast<unsigned>(arguments.size()), arguments.data());
        if (bad != 0 && m_error == 0) {
            m_error = -bad;
            m_culprit = name;
        }
    }

    Result<ByteVector> exported()
    {
        if (m_error != 0)
            return failErrno("add a rule for " + m_culprit, m_error);
        UniqueFd file(::memfd_create("annex-filter", MFD_CLOEXEC));
        if (!file)
            return failErrno("export a system call filter");
        if (const int bad = seccomp_export_bpf(m_filter.get(), file.get()); bad != 0)
            return failErrno("export a system call filter", -bad);
        struct stat info {};
        if (::fstat(file.get(), &info) != 0)
            return failErrno("export a system call filter");
        ByteVector bytes(static_cast<std::size_t>(info.st_size));
        if (::pread(file.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
            return failErrno("export a system call filter");
        return bytes;
    }

private:
    UniqueFilter m_filter;
    int m_error = 0;
    std::string m_culprit;
};

scmp_arg_cmp lowIs(unsigned argument, std::uint64_t value)
{
    return {argument, SCMP_CMP_MASKED_EQ, kLow32, value};
}

Result<ByteVector> allowList()
{
    auto builder = FilterBuilder::create(SCMP_ACT_ERRNO(ENOSYS));
    if (!builder)
        return tl::unexpected<Error>(std::move(builder.error()));
    for (std::string_view name : allowedSystemCalls())
        builder->rule(SCMP_ACT_ALLOW, name);
    // Linux' own personality, and asking for it; others bring back old address layouts without randomness.
    for (std::uint64_t personality : {std::uint64_t{PER_LINUX}, kLow32})
        builder->rule(SCMP_ACT_ALLOW, "personality", {lowIs(0, personality)});
    for (std::string_view name : refusedSystemCalls())
        builder->rule(SCMP_ACT_ERRNO(EPERM), name);
    return builder->exported();
}

/// socket(): the host's virtual sockets, raw packets, crypto, Bluetooth and all that loads a kernel module on demand are out of reach; what is
/// left exists only in the guest's own network namespace.
void refuseForeignSockets(FilterBuilder& builder)
{
    constexpr std::uint64_t kHighestFamily = 64; // AF_MAX of Linux is 46; the next rule refuses whatever lies above
    auto allowed = [](std::uint64_t family) {
        return family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK;
    };
    for (std::uint64_t family = 0; family < kHighestFamily; ++family) {
        if (allowed(family))
            continue;
        builder.rule(SCMP_ACT_ERRNO(EAFNOSUPPORT), "socket", {lowIs(0, family)});
    }
    builder.rule(SCMP_ACT_ERRNO(EAFNOSUPPORT), "socket", {{0, SCMP_CMP_GE, kHighestFamily, 0}});
    // Of netlink only routes (getifaddrs): anything else loads modules or reaches wide parsers.
    builder.rule(SCMP_ACT_ERRNO(EPROTONOSUPPORT), "socket", {lowIs(0, AF_NETLINK), {2, SCMP_CMP_NE, 0, 0}});
    for (std::uint64_t family : {AF_INET, AF_INET6}) {
        constexpr std::uint64_t kTypeBits = 0xf; // without SOCK_NONBLOCK and SOCK_CLOEXEC
        for (std::uint64_t type = 0; type <= kTypeBits; ++type) {
            if (type != SOCK_STREAM && type != SOCK_DGRAM)
                builder.rule(SCMP_ACT_ERRNO(EPROTONOSUPPORT), "socket", {lowIs(0, family), {1, SCMP_CMP_MASKED_EQ, kTypeBits, type}});
        }
        // TCP is 6, UDP 17, 0 the usual one of the type. SCTP, DCCP, UDP-Lite, MPTCP and SMC are all above 17 or in a refused type.
        builder.rule(SCMP_ACT_ERRNO(EPROTONOSUPPORT), "socket", {lowIs(0, family), {2, SCMP_CMP_GT, 17, 0}});
    }
    builder.rule(SCMP_ACT_ERRNO(EAFNOSUPPORT), "socketpair", {{0, SCMP_CMP_NE, AF_UNIX, 0}});
}

Result<ByteVector> argumentFilter()
{
    auto builder = FilterBuilder::create(SCMP_ACT_ALLOW);
    if (!builder)
        return tl::unexpected<Error>(std::move(builder.error()));
    for (std::uint64_t flag : kNewNamespaces)
        builder->rule(SCMP_ACT_ERRNO(EPERM), "clone", {{0, SCMP_CMP_MASKED_EQ, flag, flag}});
    for (std::uint64_t request : {kTiocsti, kTioclinux, kTiocsetd})
        builder->rule(SCMP_ACT_ERRNO(EPERM), "ioctl", {lowIs(1, request)});
    // The guest's first process must not outlive what started it: PR_SET_PDEATHSIG may be set to SIGKILL and never be taken back.
    builder->rule(SCMP_ACT_ERRNO(EPERM), "prctl", {lowIs(0, PR_SET_PDEATHSIG), {1, SCMP_CMP_NE, 9 /* SIGKILL */, 0}});
    // A core limit of 1 byte keeps the host's core handler, a root process, from reading a guest's memory (keeper_specification.cpp). Lowering it
    // to 0 would start that handler again. Programs do lower it, so they are told that it was done.
    builder->rule(SCMP_ACT_ERRNO(0), "setrlimit", {lowIs(0, RLIMIT_CORE)});
    builder->rule(SCMP_ACT_ERRNO(0), "prlimit64", {lowIs(1, RLIMIT_CORE), {2, SCMP_CMP_NE, 0, 0}});
    refuseForeignSockets(*builder);
    return builder->exported();
}

} // namespace

Result<std::vector<ByteVector>> compileSystemCallFilters()
{
    auto arguments = argumentFilter();
    if (!arguments)
        return while_("compile the filter of arguments", std::move(arguments));
    auto calls = allowList();
    if (!calls)
        return while_("compile the list of allowed system calls", std::move(calls));
    std::vector<ByteVector> filters;
    filters.push_back(std::move(*arguments));
    filters.push_back(std::move(*calls));
    return filters;
}

} // namespace annex::isolation
