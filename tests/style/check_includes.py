#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `#include "folder/..."` lines with the table of arrows (docs/architecture.md, "Arrows").

The longest matching prefix on the left decides what a file may include. A new arrow is a change to this table, to be reviewed.
"""
import pathlib
import re
import sys

# folder → prefixes it may include besides itself
ARROWS = {
    "base": [],
    "policy": ["base"],
    "isolation": ["base"],
    "isolation/namespaces": ["isolation", "base"],
    "isolation/fake": ["isolation", "base"],
    "resources": ["isolation/guest_spec.h", "base"],
    "vgpu/display/protocol": ["base"],
    "vgpu/display/host": ["vgpu/display/protocol", "base"],
    "vgpu/display/guest": ["vgpu/display/protocol", "base"],
    "ui": ["vgpu/display/host", "vgpu/display/protocol", "base"],
    "app": ["ui", "vgpu", "isolation", "resources", "policy", "base"],
}
# Programs of the guest must not reach into the host's part, and the viewer not into the broker's.
FORBIDDEN = {
    "app/init": ["app/broker", "app/api", "app/viewer", "app/desktop", "ui", "policy", "isolation", "vgpu"],
    "app/display": ["app/broker", "app/api", "app/viewer", "app/desktop", "ui", "policy", "isolation", "vgpu/display/host"],
    "app/viewer": ["app/broker", "app/api", "app/desktop", "app/control", "policy", "isolation"],
    "app/keeper": ["app/broker", "app/api", "ui", "policy", "vgpu/display/guest"],
    "app/ctl": ["app/broker", "ui", "policy", "isolation", "vgpu"],
    "app/desktop": ["app/broker", "policy", "isolation", "vgpu/display/guest"],
}
# These folders alone may include the headers named.
ONLY_IN = {
    r"wlr/": "vgpu/display/guest/wlroots",
    r"sqlite3\.h": "policy/store",
    r"Q[A-Z]\w+|Qt\w*/": ("ui", "app/desktop", "app/viewer", "tests"),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def within(path, prefix):
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")


def allowed(path, included):
    """Why `path` may not include `included`, or None."""
    top = included.split("/")[0]
    if top not in {a.split("/")[0] for a in ARROWS}:
        return None  # generated or local header
    for folder, banned in FORBIDDEN.items():
        if within(path, folder):
            for prefix in banned:
                if within(included, prefix):
                    return f"{folder} must not use {prefix}"
    rules = [folder for folder in ARROWS if within(path, folder)]
    if not rules:
        return None
    folder = max(rules, key=len)
    if within(included, folder) or (folder == "ui" and within(included, "ui")):
        return None
    if any(within(included, prefix) for prefix in ARROWS[folder]):
        return None
    return f"there is no arrow {folder} → {included}"


def check_file(path, text):
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        if match[1]:
            reason = allowed(path, match[1])
            if reason:
                problems.append(f"{path}:{number}: {reason}")
        else:
            for pattern, homes in ONLY_IN.items():
                homes = (homes,) if isinstance(homes, str) else homes
                if re.match(pattern, match[2]) and not any(within(path, home) for home in homes):
                    problems.append(f"{path}:{number}: <{match[2]}> belongs in {', '.join(homes)} only")
    return problems


def main():
    root = pathlib.Path(sys.argv[1])
    problems, count = [], 0
    for top in ("base", "policy", "isolation", "resources", "vgpu", "ui", "app"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix in {".h", ".cpp", ".c", ".hpp"}:
                count += 1
                problems += check_file(file.relative_to(root).as_posix(), file.read_text())
    print("\n".join(problems))
    print(f"{count} files read, {len(problems)} problems")
    return 1 if problems or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
