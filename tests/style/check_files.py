#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""File rules: a licence line first, at most 600 lines, a main.cpp at most 150, no platform conditionals outside platform folders,
no colour literals outside ui/theme, no unfinished work."""
import pathlib
import re
import sys

SOURCES = {".h", ".cpp", ".c"}
PLATFORM_FOLDERS = {"linux", "windows", "posix", "namespaces", "qemu", "hyperv", "winsandbox"}
PLATFORM = re.compile(r"^#\s*(el)?if.*(_WIN32|__linux__|Q_OS_)")
COLOUR = re.compile(r'QColor\(\s*(0x|\d|")|"#[0-9A-Fa-f]{6}"|QRgb\(0x|qRgba?\(\s*\d')
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|not implemented)\b")
SKIPPED = re.compile(r"\b(QSKIP|QEXPECT_FAIL)\b")
TOPS = ("base", "policy", "isolation", "resources", "vgpu", "ui", "app", "tests")


def check_file(path, text):
    parts = path.split("/")
    lines = text.splitlines()
    problems = []
    if not lines or "SPDX-License-Identifier: Apache-2.0" not in "\n".join(lines[:2]):
        problems.append(f"{path}:1: no licence line")
    limit = 150 if parts[-1] == "main.cpp" else 600
    if len(lines) > limit:
        problems.append(f"{path}: {len(lines)} lines, at most {limit}")
    for number, line in enumerate(lines, 1):
        if PLATFORM.match(line) and not PLATFORM_FOLDERS & set(parts[:-1]):
            problems.append(f"{path}:{number}: platform conditional; let CMake choose a folder")
        if parts[0] in {"ui", "app"} and not path.startswith("ui/theme/") and COLOUR.search(line):
            problems.append(f"{path}:{number}: colour literal outside ui/theme")
        if UNFINISHED.search(line):
            problems.append(f"{path}:{number}: unfinished work")
        if parts[0] == "tests" and SKIPPED.search(line):
            problems.append(f"{path}:{number}: skipped or expected to fail")
    return problems


def main():
    root = pathlib.Path(sys.argv[1])
    problems, count = [], 0
    for top in TOPS:
        for file in sorted((root / top).rglob("*")):
            if file.suffix in SOURCES and file.is_file():
                count += 1
                problems += check_file(file.relative_to(root).as_posix(), file.read_text())
    print("\n".join(problems))
    print(f"{count} files read, {len(problems)} problems")
    return 1 if problems or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
