#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev format: clang-format on the C++ files that differ from HEAD. In a staged checkout there is no git: run it as an ordinary user.
set -euo pipefail
cd "$ANNEX_CHECKOUT"
command -v clang-format >/dev/null || { echo "dev: clang-format is not installed (package clang-format)" >&2; exit 1; }
git rev-parse --git-dir >/dev/null 2>&1 || { echo "dev: format works on a git checkout, as the user who owns it" >&2; exit 1; }
git diff --name-only --diff-filter=d HEAD -- '*.cpp' '*.h' | xargs -r clang-format -i
