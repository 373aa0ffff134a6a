#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev test [SUITE…]: what CI runs. Suites are ctest labels; with none all of them run.
set -euo pipefail
. "$ANNEX_CHECKOUT/tests/tools/dev/build.sh"
. "$ANNEX_CHECKOUT/tests/tools/dev/display.sh"

known="style unit integration e2e security fuzz windows"
labels=
for suite in "$@"; do
    case " $known " in
        *" $suite "*) labels=${labels:+$labels|}$suite ;;
        *) echo "dev: no suite '$suite'; there are: $known" >&2; exit 2 ;;
    esac
done

build_preset dev
# One display for all tests that need one; those that need it for themselves run alone (RUN_SERIAL).
start_virtual_display 1920x1080
trap stop_virtual_display EXIT

say "testing${labels:+ ($labels)}"
mkdir -p "$ANNEX_CHECKOUT/out/logs"
cd "$ANNEX_CHECKOUT"
# A second try for what fails once: these machines are shared, and a test that fails twice is broken. ctest prints both tries.
ctest --preset dev --parallel 2 --repeat until-pass:2 ${labels:+-L "^($labels)\$"} --output-junit "$ANNEX_CHECKOUT/out/logs/tests.xml"
