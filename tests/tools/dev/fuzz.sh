#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev fuzz [NAME [SECONDS]]: libFuzzer on one target, or on each for a minute. New inputs that reach new code are kept in tests/data/corpus/NAME.
set -euo pipefail
. "$ANNEX_CHECKOUT/tests/tools/dev/build.sh"
build_preset fuzz fuzzers
seconds=${2:-60}
found=0
for target in "$ANNEX_BUILD"/bin/fuzz_${1:-*}; do
    name=$(basename "$target")
    name=${name#fuzz_}
    case "$name" in replay_*) continue ;; esac
    corpus=$ANNEX_CHECKOUT/tests/data/corpus/$name
    new=$ANNEX_CHECKOUT/out/fuzz/$name
    mkdir -p "$corpus" "$new"
    say "fuzzing $name for $seconds s"
    "$target" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=2048 -artifact_prefix="$new/" "$new" "$corpus" 2>&1 | tail -4
    "$target" -merge=1 "$corpus" "$new" >/dev/null 2>&1
    found=$((found + 1))
done
[ "$found" -gt 0 ] || { echo "dev: no fuzz target '${1:-}'" >&2; exit 2; }
echo "$found targets fuzzed; what was kept is in tests/data/corpus, failures in out/fuzz"
