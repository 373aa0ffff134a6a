#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents name what exists: every `path/in/backticks` of a Markdown file is in the tree, every link resolves,
every promise of docs/security.md names tests that exist or says "not yet", and folder READMEs stay short."""
import pathlib
import re
import sys

TOPS = ("app/", "base/", "docs/", "installer/", "isolation/", "policy/", "resources/", "tests/", "ui/", "vgpu/", "cmake/")
TEST = re.compile(r"`(tst_[a-z0-9_]+)?(?:::([A-Za-z0-9*]+))?`")
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


def check_tests_named(line, sources):
    """Problems with the tests a promise names: `file::function`, or `::function` of the file named before. At least one."""
    problems, file, found = [], None, 0
    for name, function in TEST.findall(line):
        file = name or file
        if file not in sources:
            problems.append(f"there is no test {file}")
            continue
        found += 1
        if function and not re.search(r"\b" + function.replace("*", r"\w*") + r"\(", sources[file]):
            problems.append(f"{file} has no {function}")
    if not found and not problems:
        problems.append("a promise without a test")
    return problems


def check_promises(root):
    file = root / "docs/security.md"
    sources = {source.stem: source.read_text() for source in root.glob("tests/**/tst_*.cpp")}
    problems, seen = [], 0
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if PROMISE.match(line):
            seen += 1
            if "not yet" not in line:
                problems += [f"docs/security.md:{number}: {what}" for what in check_tests_named(line, sources)]
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
