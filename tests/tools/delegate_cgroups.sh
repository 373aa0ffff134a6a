#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lets an account hold limits for its workspaces: makes a control group `annex-UID` that belongs to it. Needs root; may be run again.
#
#   delegate_cgroups.sh UID [PID…]
#
# Version 1: under the memory, pids, cpu and freezer controllers. Version 2: one group with those controllers switched on below it; there a
# process can only be moved inside what its account owns, so the PIDs given (default: the script's callers up to the first that is not the
# account's or root's shell) are put into the group's leaf `host`, and what they start later stays inside.
set -euo pipefail

uid=${1:?usage: delegate_cgroups.sh UID [PID…]}
shift
[[ $uid =~ ^[0-9]+$ ]] || { echo "delegate_cgroups.sh: UID is a number" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "delegate_cgroups.sh: needs root" >&2; exit 1; }
gid=$(id -g "$uid" 2>/dev/null || echo "$uid")
name=annex-$uid
controllers=(memory pids cpu freezer)

mount_of() { # CONTROLLER → folder of its version 1 hierarchy
    awk -v want="$1" '$3 == "cgroup" { n = split($4, o, ","); for (i = 1; i <= n; ++i) if (o[i] == want) { print $2; exit } }' /proc/mounts
}
unified_mount() { awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts; }
kernel_has() { awk -v want="$1" '$1 == want && $4 == 1 { found = 1 } END { exit !found }' /proc/cgroups; }

# A bare container or virtual machine may have mounted nothing yet.
mount_version_1() { # CONTROLLER
    local at=/sys/fs/cgroup/$1
    kernel_has "$1" || return 1
    [ "$(stat -f -c %T /sys/fs/cgroup)" = tmpfs ] || mount -t tmpfs -o mode=755 annex-cgroup /sys/fs/cgroup || return 1
    mkdir -p "$at" && mount -t cgroup -o "$1" "$1" "$at"
}

delegate_version_1() {
    local controller at held=0
    for controller in "${controllers[@]}"; do
        at=$(mount_of "$controller")
        if [ -z "$at" ] && mount_version_1 "$controller" 2>/dev/null; then
            at=$(mount_of "$controller")
        fi
        [ -n "$at" ] || { echo "delegate_cgroups.sh: the $controller controller is not to be had" >&2; continue; }
        mkdir -p "$at/$name" 2>/dev/null || { echo "delegate_cgroups.sh: $at cannot be written to" >&2; continue; }
        # Old kernels count children apart unless told before there are any.
        [ ! -e "$at/$name/memory.use_hierarchy" ] || echo 1 >"$at/$name/memory.use_hierarchy" 2>/dev/null || true
        chown "$uid:$gid" "$at/$name" "$at/$name/cgroup.procs" "$at/$name/tasks"
        held=$((held + 1))
    done
    [ "$held" -gt 0 ]
}

callers() { # shells and programs between init and us
    local pid=$PPID
    while [ "$pid" -gt 1 ]; do
        echo "$pid"
        pid=$(awk '{ print $4 }' "/proc/$pid/stat" 2>/dev/null || echo 0)
        # A session's own root (login, sshd, a terminal) stays where it is.
        case "$(cat "/proc/$pid/comm" 2>/dev/null || true)" in bash | sh | dash | dev | sudo | make | ninja | ctest) ;; *) break ;; esac
    done
}

delegate_version_2() { # MOUNT PID…
    local group=$1/$name pid controller
    shift
    mkdir -p "$group/host" || return 1
    for controller in memory pids cpu; do
        echo "+$controller" >"${group%/*}/cgroup.subtree_control" 2>/dev/null || true
        echo "+$controller" >"$group/cgroup.subtree_control" 2>/dev/null ||
            echo "delegate_cgroups.sh: the $controller controller is not to be had" >&2
    done
    chown "$uid:$gid" "$group" "$group/host"
    for file in cgroup.procs cgroup.subtree_control cgroup.threads; do
        chown "$uid:$gid" "$group/$file" "$group/host/$file"
    done
    [ $# -gt 0 ] || mapfile -t moved < <(callers)
    for pid in "${@:-${moved[@]}}"; do
        echo "$pid" >"$group/host/cgroup.procs" 2>/dev/null || echo "delegate_cgroups.sh: process $pid stays where it is" >&2
    done
}

# A hybrid host mounts version 2 without controllers beside version 1: where the controllers are decides.
unified=$(unified_mount)
if [ -n "$unified" ] && grep -qw memory "$unified/cgroup.controllers"; then
    delegate_version_2 "$unified" "$@"
else
    delegate_version_1
fi
