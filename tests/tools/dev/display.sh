# SPDX-License-Identifier: Apache-2.0
# Sourced: a virtual display with a small window manager, for people without one and for tests.

# start_virtual_display [SIZE]: sets DISPLAY; remembers what it started in $virtual_pids.
start_virtual_display() {
    local number_file size=${1:-1600x1000}
    number_file=$(mktemp)
    virtual_pids=()
    # Without -noreset the server starts anew when its first client leaves, and takes a window manager along that has just connected.
    Xvfb -displayfd 3 -screen 0 "${size}x24" -nolisten tcp -noreset 3>"$number_file" >/dev/null 2>&1 </dev/null &
    virtual_pids+=($!)
    for _ in $(seq 600); do
        [ -s "$number_file" ] && break
        kill -0 "${virtual_pids[0]}" 2>/dev/null || { echo "dev: Xvfb did not start" >&2; return 1; }
        sleep 0.1
    done
    DISPLAY=:$(cat "$number_file")
    export DISPLAY
    unset XAUTHORITY WAYLAND_DISPLAY
    rm -f "$number_file"
    openbox >/dev/null 2>&1 </dev/null &
    virtual_pids+=($!)
    # The window manager is there when it says so on the root window.
    for _ in $(seq 600); do
        xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id' && return 0
        sleep 0.1
    done
    echo "dev: the window manager did not start" >&2
    return 1
}

stop_virtual_display() {
    local pid
    for pid in $(printf '%s\n' "${virtual_pids[@]}" | tac); do
        kill "$pid" 2>/dev/null || true
    done
    wait "${virtual_pids[@]}" 2>/dev/null || true
    virtual_pids=()
}

# wait_for SECONDS COMMAND…: until it succeeds; the deadline is generous and only a dead man's switch.
wait_for() {
    local seconds=$1 i
    shift
    for ((i = 0; i < seconds * 10; i++)); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    return 1
}
