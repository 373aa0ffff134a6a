#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The style checks can fail: each rule is shown a line that breaks it and one that does not."""
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_files  # noqa: E402
import check_includes  # noqa: E402

LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
CASES = [
    (check_includes.check_file, "policy/a.cpp", '#include "ui/b.h"\n', 1),
    (check_includes.check_file, "policy/a.cpp", '#include "base/b.h"\n', 0),
    (check_includes.check_file, "isolation/fake/a.cpp", '#include "isolation/namespaces/b.h"\n', 0),
    (check_includes.check_file, "resources/a.cpp", '#include "isolation/engine.h"\n', 1),
    (check_includes.check_file, "app/init/a.cpp", '#include "app/broker/b.h"\n', 1),
    (check_includes.check_file, "app/daemon/a.cpp", "#include <QString>\n", 1),
    (check_includes.check_file, "ui/pages/a.cpp", "#include <QString>\n", 0),
    (check_includes.check_file, "app/display/a.cpp", "#include <wlr/types/wlr_seat.h>\n", 1),
    (check_files.check_file, "base/a.cpp", "int x;\n", 1),
    (check_files.check_file, "base/a.cpp", LICENCE + "int x;\n", 0),
    (check_files.check_file, "base/a.cpp", LICENCE + "int x;\n" * 600, 1),
    (check_files.check_file, "app/x/main.cpp", LICENCE + "int x;\n" * 150, 1),
    (check_files.check_file, "base/posix/a.cpp", LICENCE + "#ifdef _WIN32\n", 0),
    (check_files.check_file, "base/a.cpp", LICENCE + "#if defined(_WIN32)\n", 1),
    (check_files.check_file, "ui/pages/a.cpp", LICENCE + 'QColor("#ff0000");\n', 1),
    (check_files.check_file, "ui/theme/a.cpp", LICENCE + 'QColor("#ff0000");\n', 0),
    (check_files.check_file, "base/a.cpp", LICENCE + "// TO" + "DO later\n", 1),
]
failed = 0
for check, path, text, expected in CASES:
    found = len(check(path, text))
    if found != expected:
        failed += 1
        print(f"{check.__module__} on {path} {text!r}: {found} problems, expected {expected}")
print(f"{len(CASES) - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
