// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/host_facts.h"

#include <cstdlib>
#include <sstream>

#include <linux/landlock.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "isolation/namespaces/control_group_files.h"

namespace annex::isolation {
namespace fs = std::filesystem;
namespace {

std::optional<long> numberIn(const fs::path& file)
{
    auto text = readGroupFile(file);
    if (!text)
        return std::nullopt;
    char* end = nullptr;
    const long value = std::strtol(text->c_str(), &end, 10);
    return end == text->c_str() ? std::nullopt : std::optional<long>(value);
}

bool hasEntries(const fs::path& folder)
{
    std::error_code error;
    const fs::directory_iterator first(folder, error);
    return !error && first != fs::directory_iterator();
}

/// In a chroot the root folder is no mount of the list; the kernel refuses user namespaces there.
bool rootIsNoMount(const fs::path& proc)
{
    auto text = readGroupFile(proc / "self/mountinfo");
    if (!text)
        return false; // cannot tell
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string id, parent, device, from, to;
        if (fields >> id >> parent >> device >> from >> to && to == "/")
            return false;
    }
    return true;
}

bool apparmorLetsBubblewrap(const fs::path& root)
{
    for (const char* profile : {"etc/apparmor.d/bwrap-userns-restrict", "etc/apparmor.d/bwrap", "etc/apparmor.d/annex"}) {
        std::error_code ignored;
        if (fs::exists(root / profile, ignored))
            return true;
    }
    return false;
}

std::string kernelRelease()
{
    utsname names{};
    return ::uname(&names) == 0 ? names.release : "";
}

int landlockVersion()
{
    const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? static_cast<int>(version) : 0;
}

} // namespace

HostFacts readHostFacts(const fs::path& root, const std::vector<fs::path>& programs)
{
    HostFacts facts;
    const fs::path kernel = root / "proc/sys/kernel";
    facts.kernel = kernelRelease();
    facts.unprivilegedUserNamespaces = numberIn(kernel / "unprivileged_userns_clone");
    facts.mostUserNamespaces = numberIn(root / "proc/sys/user/max_user_namespaces");
    facts.apparmorRestriction = numberIn(kernel / "apparmor_restrict_unprivileged_userns");
    facts.apparmorLetsBubblewrap = apparmorLetsBubblewrap(root);
    facts.inChroot = rootIsNoMount(root / "proc");
    auto actions = readGroupFile(kernel / "seccomp/actions_avail");
    facts.seccomp = actions && actions->find("errno") != std::string::npos;
    facts.landlock = landlockVersion();
    facts.fonts = hasEntries(root / "usr/share/fonts");
    facts.mimeTypes = hasEntries(root / "usr/share/mime/packages");
    for (const fs::path& program : programs) {
        if (::access(program.c_str(), X_OK) != 0)
            facts.missingPrograms.push_back(program.filename().string());
    }
    facts.delegation = findDelegation(::geteuid(), root / "proc");
    return facts;
}

std::string versionIn(const std::string& text)
{
    const std::size_t begin = text.find_first_of("0123456789");
    if (begin == std::string::npos)
        return {};
    const std::size_t end = text.find_first_not_of("0123456789.", begin);
    return text.substr(begin, end == std::string::npos ? end : end - begin);
}

int compareVersions(const std::string& a, const std::string& b)
{
    std::istringstream left(a), right(b);
    for (;;) {
        std::string x, y;
        std::getline(left, x, '.');
        std::getline(right, y, '.');
        if (x.empty() && y.empty())
            return 0;
        const long first = std::strtol(x.c_str(), nullptr, 10);
        const long second = std::strtol(y.c_str(), nullptr, 10);
        if (first != second)
            return first < second ? -1 : 1;
    }
}

} // namespace annex::isolation
