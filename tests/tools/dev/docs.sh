#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev docs: the documents that are made from the code, into out/docs; ./dev itself copies them to docs/ of the checkout it was called in.
set -euo pipefail
. "$ANNEX_CHECKOUT/tests/tools/dev/build.sh"
build_preset dev annex-docgen annex-api-docs
mkdir -p "$ANNEX_CHECKOUT/out/docs"
"$ANNEX_BUILD/bin/annex-docgen" >"$ANNEX_CHECKOUT/out/docs/settings.md"
"$ANNEX_BUILD/tools/annex-api-docs" >"$ANNEX_CHECKOUT/out/docs/api.md"
say "made: docs/settings.md docs/api.md"
