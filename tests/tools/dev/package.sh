#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev package: the Debian package, built with the release preset, into out/.
set -euo pipefail
. "$ANNEX_CHECKOUT/tests/tools/dev/build.sh"
build_preset release product
mkdir -p "$ANNEX_CHECKOUT/out"
say "packing"
(cd "$ANNEX_BUILD" && cpack -G DEB -B "$ANNEX_BUILD/package") >"$ANNEX_CHECKOUT/out/logs/package.log" 2>&1 || {
    tail -30 "$ANNEX_CHECKOUT/out/logs/package.log" >&2
    exit 1
}
rm -f "$ANNEX_CHECKOUT"/out/annex_*.deb
cp "$ANNEX_BUILD"/package/annex_*.deb "$ANNEX_CHECKOUT/out/"
echo "Package: $(cd "${ANNEX_SHOWN_CHECKOUT:-$ANNEX_CHECKOUT}" && pwd)/out/$(cd "$ANNEX_CHECKOUT/out" && ls annex_*.deb)"
