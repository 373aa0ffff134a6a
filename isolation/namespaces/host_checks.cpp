// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/host_checks.h"

#include <fmt/format.h>

namespace annex::isolation {
namespace {

using State = HostCheck::State;

HostCheck bubblewrapCheck(const HostFacts& facts)
{
    HostCheck check{State::Fine, "namespaces.bubblewrap", "bubblewrap", {}, {}};
    if (!facts.bubblewrap) {
        check.state = State::Broken;
        check.id = "engine.no-bubblewrap";
        check.finding = "It is not installed. Annex uses it to set a workspace up.";
        check.cure = "Install it: sudo apt install bubblewrap";
    } else if (compareVersions(*facts.bubblewrap, kOldestBubblewrap) < 0) {
        check.state = State::Broken;
        check.id = "engine.old-bubblewrap";
        check.finding = fmt::format("Version {} cannot forbid nested user namespaces; {} is the first that can.", *facts.bubblewrap, kOldestBubblewrap);
        check.cure = "Upgrade the package bubblewrap.";
    } else {
        check.finding = fmt::format("Version {} is installed.", *facts.bubblewrap);
    }
    return check;
}

HostCheck userNamespaceCheck(const HostFacts& facts)
{
    HostCheck check{State::Fine, "namespaces.user", "User namespaces", "Programs of your account may make them.", {}};
    const auto broken = [&](const char* id, std::string finding, std::string cure) {
        check = {State::Broken, id, "User namespaces", std::move(finding), std::move(cure)};
        return check;
    };
    if (facts.inChroot)
        return broken("engine.in-chroot", "Annex runs inside a changed root folder (chroot), where the kernel refuses them.",
            "Start Annex outside of it, or in a container that mounts its root (pivot_root).");
    if (!facts.mostUserNamespaces)
        return broken("engine.no-userns", "This kernel was built without them.", "Use your distribution's own kernel.");
    if (*facts.mostUserNamespaces == 0)
        return broken("engine.no-userns", "They are switched off: user.max_user_namespaces is 0.",
            "As administrator: echo 'user.max_user_namespaces = 15000' > /etc/sysctl.d/60-annex.conf && sysctl --system");
    if (facts.unprivilegedUserNamespaces == 0)
        return broken("engine.no-userns", "They are switched off for ordinary accounts: kernel.unprivileged_userns_clone is 0.",
            "As administrator: echo 'kernel.unprivileged_userns_clone = 1' > /etc/sysctl.d/60-annex.conf && sysctl --system");
    if (facts.apparmorRestriction.value_or(0) != 0 && !facts.bubblewrapWorks)
        return broken("engine.apparmor-userns",
            facts.apparmorLetsBubblewrap ? "AppArmor allows them to named programs only; a profile for bubblewrap is installed but not in force."
                                         : "AppArmor allows them to named programs only, and bubblewrap is not among them.",
            facts.apparmorLetsBubblewrap ? "As administrator: systemctl reload apparmor"
                                         : "As administrator, name bubblewrap and nothing else: install the profile bwrap-userns-restrict "
                                           "(package apparmor-profiles) into /etc/apparmor.d and reload AppArmor.");
    return check;
}

HostCheck runCheck(const HostFacts& facts)
{
    if (facts.bubblewrapWorks)
        return {State::Fine, "namespaces.run", "A box of namespaces", "One was made and a program ran in it.", {}};
    const std::string words = facts.bubblewrapSays.empty() ? "it said nothing" : facts.bubblewrapSays;
    return {State::Broken, "engine.bubblewrap-failed", "A box of namespaces", "bubblewrap could not make one: " + words + ".",
            "If Annex itself runs in a container, that container must allow user namespaces and new mounts of /proc."};
}

HostCheck seccompCheck(const HostFacts& facts)
{
    if (facts.seccomp)
        return {State::Fine, "namespaces.seccomp", "System call filter", "The kernel has it; a workspace may make a listed part of all system calls.", {}};
    return {State::Broken, "engine.no-seccomp", "System call filter", "This kernel has no system call filters (seccomp).",
            "Use your distribution's own kernel."};
}

HostCheck kernelCheck(const HostFacts& facts)
{
    const std::string version = versionIn(facts.kernel);
    if (compareVersions(version, kOldestKernel) >= 0)
        return {State::Fine, "namespaces.kernel", "Kernel", fmt::format("Version {} counts processes for each workspace by itself.", version), {}};
    return {State::Look, "namespaces.kernel", "Kernel",
            fmt::format("Version {} counts the processes of all workspaces and of your own programs together.", version),
            fmt::format("Use a kernel of version {} or newer.", kOldestKernel)};
}

HostCheck landlockCheck(const HostFacts& facts)
{
    if (facts.landlock > 0)
        return {State::Fine, "namespaces.landlock", "Landlock", fmt::format("Version {} is there: what shows windows can shut itself in.", facts.landlock), {}};
    return {State::Look, "namespaces.landlock", "Landlock", "This kernel has none; what shows windows is held by its system call filter alone.",
            "Use a kernel of version 5.13 or newer with Landlock among its security modules."};
}

HostCheck delegationCheck(const HostFacts& facts)
{
    const Delegation& given = facts.delegation;
    std::string missing;
    const auto miss = [&](bool is, const char* what) {
        if (is)
            missing += (missing.empty() ? "" : ", ") + std::string(what);
    };
    miss(given.memory.empty(), "memory");
    miss(given.processor.empty() || !given.canCapProcessor, "processor");
    miss(given.processes.empty(), "a second count of processes");
    miss(given.freezer.empty(), "pause");
    if (missing.empty())
        return {State::Fine, "namespaces.limits", "Limits", "Memory and processor of a workspace can be limited, and it can be paused.", {}};
    return {State::Look, "namespaces.limits", "Limits",
            "Not to be had here: " + missing + ". Such a default is shown as unlimited; if you choose one, the workspace does not start.",
            "Start Annex from a systemd user session (systemd-run --user --scope annex), or let an administrator give your account a control group: "
            "tests/tools/delegate_cgroups.sh shows how."};
}

HostCheck guestDataCheck(const HostFacts& facts)
{
    if (facts.fonts && facts.mimeTypes)
        return {State::Fine, "namespaces.data", "Fonts and file types", "Both are installed; workspaces use the host's.", {}};
    std::string packages = facts.fonts ? "" : " fonts-dejavu";
    packages += facts.mimeTypes ? "" : " shared-mime-info";
    return {State::Look, "namespaces.data", "Fonts and file types",
            facts.fonts ? "The list of file types is missing: files cannot be opened by their kind." : "Fonts are missing: programs show boxes instead of letters.",
            "Install:" + packages};
}

HostCheck programsCheck(const HostFacts& facts)
{
    if (facts.missingPrograms.empty())
        return {State::Fine, "namespaces.programs", "Annex's own programs", "All are where they belong.", {}};
    std::string names;
    for (const std::string& name : facts.missingPrograms)
        names += (names.empty() ? "" : ", ") + name;
    return {State::Broken, "engine.programs-missing", "Annex's own programs", "Missing beside annexd: " + names + ".", "Install Annex again."};
}

} // namespace

std::vector<HostCheck> hostChecks(const HostFacts& facts)
{
    std::vector<HostCheck> checks{programsCheck(facts), bubblewrapCheck(facts), userNamespaceCheck(facts), seccompCheck(facts)};
    // Whether a box can be made says nothing new when it is known already why not.
    bool explained = false;
    for (const HostCheck& check : checks)
        explained |= check.state == State::Broken && check.id != "engine.programs-missing";
    if (!explained)
        checks.push_back(runCheck(facts));
    for (auto look : {kernelCheck, delegationCheck, landlockCheck, guestDataCheck})
        checks.push_back(look(facts));
    return checks;
}

Result<void> canRun(const HostFacts& facts)
{
    for (const HostCheck& check : hostChecks(facts)) {
        if (check.state != State::Broken)
            continue;
        Error error;
        error.code = Errc::Unsupported;
        error.id = check.id;
        error.context = check.finding + " " + check.cure;
        return tl::unexpected<Error>(std::move(error));
    }
    return {};
}

} // namespace annex::isolation
