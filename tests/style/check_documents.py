#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents name what exists: every `path/in/backticks` of a Markdown file is in the tree, every link resolves,
every promise of docs/security.md names tests that exist or says "not yet", and folder READMEs stay short."""
import pathlib
import re
import sys

TOPS = ("app/", "base/", "docs/", "installer/", "isolation/", "policy/", "resources/", "tests/", "ui/", "vgpu/", "cmake/")
TICKED = re.compile(r"`([A-Za-z0-9_./-]+)`")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
PROMISE = re.compile(r"^\|\s*(S\d+)\b")


def named_paths(text):
    for match in TICKED.finditer(text):
        name = match[1]
        if name.startswith(TOPS) and "NAME" not in name and "..." not in name:
            yield name


def exists(root, base, name):
    return (root / name).exists() or (base / name).exists() or bool(list(root.glob(name + ".*")))


def check_document(root, file):
    text = file.read_text()
    shown = file.relative_to(root).as_posix()
    problems = [f"{shown}: names {name}, which is not in the tree"
                for name in named_paths(text) if not exists(root, file.parent, name)]
    problems += [f"{shown}: link to {target}, which is not there"
                 for target in LINK.findall(text) if not (file.parent / target).exists()]
    if file.name == "README.md" and file.parent != root and len(text.splitlines()) > 60:
        problems.append(f"{shown}: a folder's README has at most 60 lines")
    return problems


def check_promises(root):
    file = root / "docs/security.md"
    problems, seen = [], 0
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if PROMISE.match(line):
            seen += 1
            tests = [name for name in TICKED.findall(line) if name.startswith("tests/")]
            if not tests and "not yet" not in line:
                problems.append(f"docs/security.md:{number}: a promise without a test")
    if seen == 0:
        problems.append("docs/security.md: no promises found")
    return problems


def main():
    root = pathlib.Path(sys.argv[1])
    skip = {"build", "out", ".git"}
    files = [f for f in root.rglob("*.md") if not skip & set(f.relative_to(root).parts)]
    problems = [p for f in sorted(files) for p in check_document(root, f)] + check_promises(root)
    print("\n".join(problems))
    print(f"{len(files)} documents read, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
