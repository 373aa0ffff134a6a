#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves the README's two commands on a bare Debian 12: a minimal root made by mmdebstrap, entered by pivot_root in a
# mount namespace of its own (in a plain chroot the kernel refuses user namespaces), first as root, then as a user with
# sudo, each command twice. Needs root and the package mmdebstrap; takes the better part of an hour on two cores.
#
#   clean_root.sh [--keep] [--as root|sudo|both] [--only run|test|both] [--times N] [--folder DIR] [--ccache DIR]
#
# --ccache copies a compiler cache in for the accounts that build: the steps are the same, the compiling is quicker.
set -euo pipefail

checkout=$(cd "$(dirname "$0")/../.." && pwd)
keep=no as=both only=both times=2 folder= ccache=
while [ $# -gt 0 ]; do
    case "$1" in
        --keep) keep=yes ;;
        --as) as=$2; shift ;;
        --only) only=$2; shift ;;
        --times) times=$2; shift ;;
        --folder) folder=$2; shift ;;
        --ccache) ccache=$2; shift ;;
        *) sed -n '3,11p' "$0"; exit 2 ;;
    esac
    shift
done
[ "$(id -u)" = 0 ] || { echo "clean_root.sh: needs root to make a root" >&2; exit 1; }
command -v mmdebstrap >/dev/null || apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null

[ -n "$folder" ] || folder=$(mktemp -d /var/tmp/annex-clean-root.XXXXXX)
cleanup() { [ "$keep" = yes ] || rm -rf --one-file-system "$folder"; }
trap cleanup EXIT

if [ ! -e "$folder/etc/debian_version" ]; then
    echo "==> making a minimal Debian 12 in $folder"
    # The machine's own package sources are used; the new root holds apt, a shell and nothing of ours.
    mmdebstrap --variant=minbase --include=sudo,ca-certificates bookworm "$folder" \
        $(find /etc/apt/sources.list /etc/apt/sources.list.d -type f \( -name '*.list' -o -name '*.sources' \) -size +0 2>/dev/null) >"$folder.log" 2>&1 ||
        { tail -20 "$folder.log" >&2; exit 1; }
    cp /etc/apt/apt.conf.d/*proxy* "$folder/etc/apt/apt.conf.d/" 2>/dev/null || true
fi
rm -rf "$folder/src"
mkdir -p "$folder/src"
git -c safe.directory='*' -C "$checkout" archive HEAD | tar -x -C "$folder/src"

rm -rf "$folder/ccache"
[ -z "$ccache" ] || cp -r "$ccache" "$folder/ccache"

cat >"$folder/prove.sh" <<'INNER'
#!/bin/bash
# Runs inside the clean root.
set -euo pipefail
as=$1 only=$2 times=$3
export LANG=C.UTF-8 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
unset DISPLAY WAYLAND_DISPLAY XAUTHORITY SUDO_USER
prove() { # WHO COMMAND…
    local who=$1 n
    shift
    for n in $(seq "$times"); do
        echo "==> $who: $* (time $n of $times)"
        "$@" </dev/null
    done
}
both() { # WHO PREFIX…
    local who=$1
    shift
    [ "$only" = test ] || prove "$who" "$@" ./dev run
    [ "$only" = run ] || prove "$who" "$@" ./dev test
}
lend_ccache() { # ACCOUNT HOME
    [ -d /ccache ] || return 0
    install -d -o "$1" "$2/.cache"
    cp -r /ccache "$2/.cache/ccache"
    chown -R "$1": "$2/.cache"
}
cd /src
id annex-dev >/dev/null 2>&1 || [ ! -d /ccache ] || {
    useradd --system --create-home --home-dir /var/lib/annex-dev --shell /bin/bash annex-dev
    lend_ccache annex-dev /var/lib/annex-dev
}
if [ "$as" != sudo ]; then both root env; fi
if [ "$as" != root ]; then
    id visitor >/dev/null 2>&1 || useradd --create-home --shell /bin/bash visitor
    echo 'visitor ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/visitor
    rm -rf /home/visitor/annex
    cp -r /src /home/visitor/annex
    rm -rf /home/visitor/annex/build /home/visitor/annex/out
    chown -R visitor: /home/visitor/annex
    lend_ccache visitor /home/visitor
    cd /home/visitor/annex
    both "a user with sudo" runuser -u visitor -- env -i HOME=/home/visitor USER=visitor PATH=/usr/bin:/bin LANG=C.UTF-8
fi
echo "==> proven"
INNER
chmod +x "$folder/prove.sh"

# Everything below happens in namespaces of its own and ends with them.
unshare --mount --pid --ipc --uts --fork --kill-child --propagation private bash -euo pipefail -c '
    root=$1; shift
    mount --bind "$root" "$root"
    mkdir -p "$root"/{proc,sys,dev,tmp,run,old}
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    for node in null zero full random urandom tty; do touch "$root/dev/$node"; mount --bind "/dev/$node" "$root/dev/$node"; done
    ln -s /proc/self/fd "$root/dev/fd"; ln -s fd/0 "$root/dev/stdin"; ln -s fd/1 "$root/dev/stdout"; ln -s fd/2 "$root/dev/stderr"
    mkdir -p "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    mount -t tmpfs -o mode=755 run "$root/run"
    mount -t tmpfs -o mode=1777 tmp "$root/tmp"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    cp -L /etc/hosts "$root/etc/hosts" 2>/dev/null || true
    cd "$root"
    pivot_root . old
    umount -l /old
    exec env -i TERM=dumb ${http_proxy:+http_proxy=$http_proxy} ${https_proxy:+https_proxy=$https_proxy} /bin/bash /prove.sh "$@"
' clean-root "$folder" "$as" "$only" "$times"
