# SPDX-License-Identifier: Apache-2.0
# Sourced by the commands: configure and build one preset in the checkout. Sets $ANNEX_BUILD.

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

build_preset() { # PRESET [TARGET…]
    local preset=$1
    shift
    ANNEX_BUILD=$ANNEX_CHECKOUT/build/$preset
    export ANNEX_BUILD
    mkdir -p "$ANNEX_CHECKOUT/out/logs"
    say "configuring ($preset)"
    (cd "$ANNEX_CHECKOUT" && cmake --preset "$preset") >"$ANNEX_CHECKOUT/out/logs/configure-$preset.log" 2>&1 || {
        tail -30 "$ANNEX_CHECKOUT/out/logs/configure-$preset.log" >&2
        return 1
    }
    say "building ($preset); the first time takes some minutes"
    (cd "$ANNEX_CHECKOUT" && cmake --build --preset "$preset" ${1:+--target "$@"})
}
