#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev bench [NAME…]: release build, meters, peers, table.
set -euo pipefail
. "$ANNEX_CHECKOUT/tests/tools/dev/build.sh"
missing=
for peer in waypipe Xtigervnc vncviewer xpra xfreerdp weston /usr/sbin/sshd; do
    command -v "$peer" >/dev/null || missing="$missing $peer"
done
[ -z "$missing" ] || say "peers not installed, their rows will say so:$missing (see cmake/packages-bench.txt)"
build_preset release product bench_tools
exec python3 "$ANNEX_CHECKOUT/tests/bench/run.py" --bin "$ANNEX_BUILD/bin" --out "$ANNEX_CHECKOUT/out/bench" "$@"
