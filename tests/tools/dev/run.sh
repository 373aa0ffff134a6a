#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev run: build, start Annex, open something. Runs as an ordinary account.
set -euo pipefail
. "$ANNEX_CHECKOUT/tests/tools/dev/build.sh"
. "$ANNEX_CHECKOUT/tests/tools/dev/display.sh"

build_preset dev
bin=$ANNEX_BUILD/bin
shown=${ANNEX_SHOWN_CHECKOUT:-$ANNEX_CHECKOUT}

open_it() {
    cd "$ANNEX_CALLER_FOLDER"
    if [ $# -eq 0 ]; then
        "$bin/annexctl" run foot
    elif [ -f "$1" ] && [ ! -x "$1" ]; then
        "$bin/annexctl" open "$@"
    else
        "$bin/annexctl" run "$@"
    fi
}

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    setsid "$bin/annex" >/dev/null 2>&1 </dev/null &
    open_it "$@"
    cat <<TEXT

Annex is running. Its window has a coloured frame that only this computer draws.
  $bin/annexctl list          what runs
  $bin/annexctl open FILE     a document in a fresh workspace
  $bin/annexctl stop --all    close everything again
TEXT
    exit 0
fi

say "no display: starting a virtual one"
shots=$ANNEX_CHECKOUT/out/screenshots
mkdir -p "$shots"
start_virtual_display
finish() {
    "$bin/annexctl" stop --all >/dev/null 2>&1 || true
    "$bin/annexctl" quit >/dev/null 2>&1 || true
    [ -z "${host_program:-}" ] || kill "$host_program" 2>/dev/null || true
    stop_virtual_display
}
trap finish EXIT

xsetroot -solid '#b8c4d4'
xterm -geometry 90x28+60+60 -fa 'DejaVu Sans Mono' -fs 10 -T 'Host program (not isolated)' \
    -e sh -c 'echo "This is a program of the host."; echo; id; uname -a; exec cat' >/dev/null 2>&1 </dev/null &
host_program=$!
wait_for 60 xdotool search --onlyvisible --name 'Host program' || { echo "dev: the host program did not show" >&2; exit 1; }

open_it "$@"
workspace_window() { xdotool search --onlyvisible --name '^\[Untrusted'; }
wait_for 120 workspace_window || { echo "dev: no window of the workspace appeared; see annexctl list and out/logs" >&2; exit 1; }
# A program draws its first content after its first frame: wait until two looks are equal.
previous=
for _ in $(seq 100); do
    import -window root "$shots/run.png"
    current=$(identify -format '%#' "$shots/run.png")
    [ "$current" = "$previous" ] && break
    previous=$current
    sleep 1
done
"$bin/annexctl" list
echo "Screenshot: $shown/out/screenshots/run.png"
