// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/bubblewrap_arguments.h"

#include <algorithm>

#include <fmt/format.h>

namespace annex::isolation {
namespace {

constexpr std::uint64_t kPage_bytes = 4096;
constexpr std::uint64_t kMaxDerivedInodes = 1u << 20; // some 1 GiB of kernel memory if all are used

/// Collects options and the contents that they name.
class PlanBuilder {
public:
    PlanBuilder(const GuestSpec& spec, const HostLayout& host) : m_spec(spec), m_host(host) {}

    BubblewrapPlan build(const std::vector<ByteVector>& filters)
    {
        m_plan.scratch = splitScratch(m_spec.storage);
        addNamespaces();
        addSystem();
        addDevices();
        addScratch();
        addEtc();
        addGuestPrograms();
        option({"--remount-ro", "/"});
        addEnvironment();
        addFilters(filters);
        option({"--info-fd", std::to_string(kInfoDescriptor), "--block-fd", std::to_string(kBlockDescriptor)});
        m_plan.command = {kGuestInit};
        return std::move(m_plan);
    }

private:
    bool weakened(std::string_view defence) const { return isWeakened(m_spec, defence); }

    void option(std::initializer_list<std::string> words) { m_plan.options.insert(m_plan.options.end(), words); }

    int content(ByteVector bytes)
    {
        const int number = kFirstDataDescriptor + static_cast<int>(m_plan.contents.size());
        m_plan.contents.push_back({number, std::move(bytes)});
        return number;
    }

    void file(const std::string& path, ByteVector bytes, const char* mode = "0444")
    {
        const int number = content(std::move(bytes));
        option({"--perms", mode, "--file", std::to_string(number), path});
    }

    void textFile(const std::string& path, std::string_view text)
    {
        const ByteSpan bytes = asBytes(text);
        file(path, ByteVector(bytes.begin(), bytes.end()));
    }

    /// Each namespace by name: a missing one must fail the start, and --unshare-all would go on without some.
    void addNamespaces()
    {
        option({"--unshare-user"});
        if (!weakened("userns"))
            option({"--disable-userns"});
        if (!weakened("ipc"))
            option({"--unshare-ipc"});
        if (!weakened("pid"))
            option({"--unshare-pid", "--as-pid-1"});
        if (!weakened("net"))
            option({"--unshare-net"});
        option({"--unshare-uts", "--hostname", m_spec.hostname});
        if (!weakened("cgroup"))
            option({"--unshare-cgroup"});
        const std::string user = std::to_string(kGuestUser);
        option({"--uid", user, "--gid", user, "--cap-drop", "ALL", "--die-with-parent"});
        if (!weakened("new-session"))
            option({"--new-session"});
    }

    void addSystem()
    {
        for (const std::string& folder : m_host.boundFolders) {
            if (!folder.starts_with("/etc/"))
                option({folder == "/usr" && weakened("readonly-usr") ? "--bind" : "--ro-bind", folder, folder});
        }
        for (const HostLink& link : m_host.links) {
            if (!link.path.starts_with("/etc/"))
                option({"--symlink", link.target, link.path});
        }
        if (weakened("files"))
            option({"--ro-bind", "/", "/host"});
        if (weakened("proc"))
            option({"--bind", "/proc", "/proc"});
        else
            option({"--proc", "/proc"});
    }

    /// The tmpfs that --dev makes has no size of its own, so nothing may be written to it afterwards.
    void addDevices() { option({"--dev", "/dev"}); }

    void addScratch()
    {
        for (const ScratchPlace& place : m_plan.scratch) {
            option({"--perms", fmt::format("{:04o}", place.mode)});
            if (!weakened("scratch"))
                option({"--size", std::to_string(place.size.count)});
            option({"--tmpfs", place.path});
        }
        option({"--remount-ro", "/dev"});
        option({"--perms", "0700", "--dir", kGuestHome});
        option({"--dir", "/run/user", "--perms", "0700", "--dir", kGuestRuntimeFolder});
        option({"--dir", "/var", "--symlink", "../run", "/var/run", "--symlink", "../tmp", "/var/tmp"});
        option({"--perms", "1777", "--dir", "/tmp/.X11-unix"}); // Xwayland's sockets; the folder must be sticky
        option({"--dir", "/var/lib/dbus", "--symlink", "/etc/machine-id", "/var/lib/dbus/machine-id"});
    }

    void addEtc()
    {
        if (weakened("etc")) {
            option({"--ro-bind", "/etc", "/etc"});
            return;
        }
        for (const std::string& folder : m_host.boundFolders) {
            if (folder.starts_with("/etc/"))
                option({"--ro-bind", folder, folder});
        }
        for (const HostFile& host : m_host.files)
            file(host.path, host.content);
        for (const HostLink& link : m_host.links) {
            if (link.path.starts_with("/etc/"))
                option({"--symlink", link.target, link.path});
        }
        addOwnEtc();
    }

    void addOwnEtc()
    {
        textFile("/etc/passwd", fmt::format("root:x:0:0:root:/nonexistent:/usr/sbin/nologin\n"
                                            "user:x:{0}:{0}:user:{1}:/bin/bash\n"
                                            "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
                                    kGuestUser, kGuestHome));
        textFile("/etc/group", fmt::format("root:x:0:\nuser:x:{}:\nnogroup:x:65534:\n", kGuestUser));
        textFile("/etc/machine-id", m_spec.machineId + "\n");
        textFile("/etc/hostname", m_spec.hostname + "\n");
        textFile("/etc/hosts", fmt::format("127.0.0.1 localhost {0}\n::1 localhost {0}\n", m_spec.hostname));
        textFile("/etc/resolv.conf", "# This workspace has no network.\n");
        option({"--symlink", "/usr/lib/os-release", "/etc/os-release"});
    }

    void addGuestPrograms()
    {
        for (const char* name : {"annex-init", "annex-display"}) {
            const std::string host = m_spec.guestProgramFolder + "/" + name;
            const bool needed = std::string_view(name) == "annex-init";
            const char* how = needed ? "--ro-bind" : "--ro-bind-try";
            if (weakened("readonly-programs"))
                how = needed ? "--bind" : "--bind-try";
            option({how, host, std::string(kGuestProgramFolder) + "/" + name});
        }
    }

    void addEnvironment()
    {
        if (!weakened("clearenv"))
            option({"--clearenv"});
        const std::pair<const char*, std::string> own[] = {
            {"HOME", kGuestHome},       {"USER", "user"},
            {"LOGNAME", "user"},        {"SHELL", "/bin/bash"},
            {"LANG", "C.UTF-8"},        {"PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"},
            {"TMPDIR", "/tmp"},         {"XDG_RUNTIME_DIR", kGuestRuntimeFolder},
        };
        for (const auto& [name, value] : own)
            option({"--setenv", name, value});
        for (const std::string& entry : m_spec.environment) {
            const std::size_t equals = entry.find('=');
            option({"--setenv", entry.substr(0, equals), entry.substr(equals + 1)});
        }
        option({"--chdir", kGuestHome});
    }

    void addFilters(const std::vector<ByteVector>& filters)
    {
        if (weakened("seccomp"))
            return;
        for (const ByteVector& filter : filters)
            option({"--add-seccomp-fd", std::to_string(content(filter))});
    }

    const GuestSpec& m_spec;
    const HostLayout& m_host;
    BubblewrapPlan m_plan;
};

} // namespace

std::vector<ScratchPlace> splitScratch(const StorageLimits& storage)
{
    const std::uint64_t pages = storage.quota.count / kPage_bytes;
    const std::uint64_t inodes = storage.inodes != 0 ? storage.inodes : std::min(pages, kMaxDerivedInodes);
    auto place = [&](const char* path, std::uint64_t percent, unsigned mode) {
        // Neither may become 0: to tmpfs that means "no limit".
        const std::uint64_t share = std::max<std::uint64_t>(pages * percent / 100, 1);
        return ScratchPlace{path, Bytes{share * kPage_bytes}, std::max<std::uint64_t>(inodes * percent / 100, 64), mode};
    };
    return {place("/home", 60, 0755), place("/tmp", 25, 01777), place("/dev/shm", 10, 01777), place("/run", 5, 0755)};
}

BubblewrapPlan bubblewrapPlan(const GuestSpec& spec, const HostLayout& host, const std::vector<ByteVector>& filters)
{
    return PlanBuilder(spec, host).build(filters);
}

const std::vector<std::string_view>& knownWeakenings()
{
    static const std::vector<std::string_view> kNames{
        "seccomp", "net",          "userns",            "new-session", "pid",  "proc",   "ipc",     "cgroup",
        "etc",     "readonly-usr", "readonly-programs", "files",       "clearenv", "limits", "scratch",     "delegation"};
    return kNames;
}

bool isWeakened(const GuestSpec& spec, std::string_view defence)
{
    return std::find(spec.weakenedForTest.begin(), spec.weakenedForTest.end(), defence) != spec.weakenedForTest.end();
}

} // namespace annex::isolation
