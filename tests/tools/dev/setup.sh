# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev. Packages, account, staging: what has to happen before an ordinary account may build and run.

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }

missing_packages() { # LIST…
    local name
    while read -r name; do
        # shellcheck disable=SC2016 # ${Status} is dpkg's
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
    done < <(sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$@")
}

# as_root COMMAND…: directly as root, else by sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -- "$@"; fi
}

install_packages() { # COMMAND
    local missing lists=("$ANNEX_CHECKOUT/cmake/packages.txt")
    [ "$1" != bench ] || lists+=("$ANNEX_CHECKOUT/cmake/packages-bench.txt")
    command -v dpkg-query >/dev/null || die "this is not a Debian-like system: install what cmake/packages.txt lists, then use --no-setup"
    mapfile -t missing < <(missing_packages "${lists[@]}")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        die "missing packages and no sudo; ask an administrator for: ${missing[*]}"
    fi
    say "installing ${#missing[@]} packages: ${missing[*]}"
    as_root apt-get -o DPkg::Lock::Timeout=600 update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null || die "apt could not install the packages; nothing else was changed"
}

# The machine's part for one account: runtime folder, X socket folder, delegated control group.
prepare_machine() { # UID
    local uid=$1
    if [ ! -d "/run/user/$uid" ]; then
        as_root install -d -m 0755 /run/user
        as_root install -d -m 0700 -o "$uid" -g "$(id -g "$uid" 2>/dev/null || echo "$uid")" "/run/user/$uid"
    fi
    [ -d /tmp/.X11-unix ] || as_root install -d -m 1777 -o root -g root /tmp/.X11-unix
    as_root bash "$ANNEX_CHECKOUT/tests/tools/delegate_cgroups.sh" "$uid" ||
        say "no control group could be delegated: limits will be shown as unlimited"
}

account_name() {
    if [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
        echo "$SUDO_USER"
        return
    fi
    id annex-dev >/dev/null 2>&1 ||
        useradd --system --create-home --home-dir /var/lib/annex-dev --shell /bin/bash annex-dev
    echo annex-dev
}

# Copies the checkout (tracked and unignored files) to where the account may read and build it.
stage_checkout() { # ACCOUNT TARGET
    local account=$1 target=$2 list
    install -d -m 0755 "$(dirname "$target")"
    install -d -o "$account" -g "$(id -gn "$account")" "$target"
    list=$(mktemp)
    if git -c safe.directory='*' -C "$ANNEX_CHECKOUT" ls-files -z --cached --others --exclude-standard >"$list" 2>/dev/null &&
        [ -s "$list" ]; then
        # A deleted but still tracked file is listed and missing: rsync would stop for it.
        (cd "$ANNEX_CHECKOUT" && xargs -0 -r sh -c 'for f; do [ -e "$f" ] || [ -L "$f" ] && printf "%s\0" "$f"; done' sh) <"$list" >"$list.there"
    else
        (cd "$ANNEX_CHECKOUT" && find . -path ./build -prune -o -path ./out -prune -o -path ./.git -prune -o \( -type f -o -type l \) -print0) >"$list.there"
    fi
    # What was removed from the checkout is removed here too; build trees and results stay.
    # By content, and with the time of the copy: an edit made while a build ran is older than that build's objects, and would be
    # taken for built.
    rsync -rlp --checksum --files-from="$list.there" --from0 --chown="$account:$(id -gn "$account")" "$ANNEX_CHECKOUT/" "$target/"
    (cd "$target" && find . -path ./build -prune -o -path ./out -prune -o \( -type f -o -type l \) -print0) |
        sed -z 's|^\./||' | sort -z >"$list.have"
    sed -z 's|^\./||' "$list.there" | sort -z >"$list.want"
    (cd "$target" && comm -z -23 "$list.have" "$list.want" | xargs -0 -r rm -f --)
    rm -f "$list" "$list.there" "$list.have" "$list.want"
}

# A display of the caller's is lent to the account by a copy of its key.
lend_display() { # ACCOUNT RUNTIME
    local account=$1 runtime=$2 key
    [ -n "${DISPLAY:-}" ] || return 0
    key=${XAUTHORITY:-$HOME/.Xauthority}
    [ -r "$key" ] || return 0
    install -m 0600 -o "$account" "$key" "$runtime/annex-dev.Xauthority"
    echo "$runtime/annex-dev.Xauthority"
}

# A file that the caller names may be unreadable to the account: it gets a copy of a document or program to open.
lend_arguments() { # ACCOUNT TARGET ARGS… → fills $lent
    local account=$1 target=$2 first
    shift 2
    lent=("$@")
    [ $# -gt 0 ] || return 0
    first=$1
    if [ -f "$first" ]; then
        install -d -o "$account" "$target/out/lent"
        cp --preserve=mode,timestamps -- "$first" "$target/out/lent/"
        chown "$account" -- "$target/out/lent/$(basename -- "$first")"
        lent[0]=$target/out/lent/$(basename -- "$first")
    fi
}

# What ./dev docs made replaces what is tracked.
publish_docs() { cp "$ANNEX_CHECKOUT"/out/docs/*.md "$ANNEX_CHECKOUT/docs/"; }

copy_results_back() { # TARGET COMMAND
    [ -d "$1/out" ] || return 0
    install -d "$ANNEX_CHECKOUT/out"
    rsync -a --exclude lent/ --chown="$(stat -c %U:%G "$ANNEX_CHECKOUT")" "$1/out/" "$ANNEX_CHECKOUT/out/"
    [ "$2" != docs ] || publish_docs
}

enter() { # SETUP COMMAND ARGS…
    local setup=$1 command=$2
    shift 2
    if [ "$(id -u)" != 0 ]; then
        if [ "$setup" = yes ]; then
            install_packages "$command"
            prepare_machine "$(id -u)"
        fi
        export LANG=C.UTF-8 XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" ANNEX_CALLER_FOLDER="$PWD"
        [ "$command" = docs ] || exec bash "$ANNEX_CHECKOUT/tests/tools/dev/$command.sh" "$@"
        bash "$ANNEX_CHECKOUT/tests/tools/dev/docs.sh"
        publish_docs
        exit 0
    fi

    [ "$setup" = no ] || install_packages "$command"
    local account uid target runtime key status lent
    account=$(account_name)
    uid=$(id -u "$account")
    target=/var/cache/annex-dev/src
    [ "$account" = annex-dev ] || target=/var/cache/annex-dev/src-$account
    runtime=/run/user/$uid
    prepare_machine "$uid"
    stage_checkout "$account" "$target"
    key=$(lend_display "$account" "$runtime")
    lend_arguments "$account" "$target" "$@"
    status=0
    runuser -u "$account" -- env -i HOME="$(getent passwd "$account" | cut -d: -f6)" USER="$account" LOGNAME="$account" \
        PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 TERM="${TERM:-dumb}" CI="${CI:-}" XDG_RUNTIME_DIR="$runtime" \
        ${DISPLAY:+DISPLAY="$DISPLAY"} ${key:+XAUTHORITY="$key"} ANNEX_CHECKOUT="$target" ANNEX_SHOWN_CHECKOUT="$ANNEX_CHECKOUT" \
        ANNEX_CALLER_FOLDER="$target" bash "$target/tests/tools/dev/$command.sh" "${lent[@]}" </dev/stdin || status=$?
    copy_results_back "$target" "$command"
    exit "$status"
}
