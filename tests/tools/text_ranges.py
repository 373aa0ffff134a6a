# SPDX-License-Identifier: Apache-2.0
# Prints base/text_ranges.h from the Unicode data of this Python.
import unicodedata
def ranges(pred):
    out=[];start=None
    for c in range(0x110000):
        p=pred(c)
        if p and start is None: start=c
        if not p and start is not None: out.append((start,c-1)); start=None
    if start is not None: out.append((start,0x10ffff))
    return out
space=lambda c: c in (9,10,11,12,13,0x85) or unicodedata.category(chr(c)) in('Zs','Zl','Zp')
# Default_Ignorable_Code_Point beyond Cf/Cn
di=set([0x34f,0x115f,0x1160,0x17b4,0x17b5,0x3164,0xffa0]+list(range(0x180b,0x1810))+list(range(0x2060,0x2070))+list(range(0xfe00,0xfe10))+list(range(0xfff0,0xfff9))+list(range(0x1bca0,0x1bca4))+list(range(0x1d173,0x1d17b))+list(range(0xe0000,0xe1000)))
di|={0x2800} # braille blank: looks like a space
def unfit(c):
    if space(c): return False
    cat=unicodedata.category(chr(c))
    return cat in('Cc','Cf','Cs','Co') or c in di
comb=lambda c: not unfit(c) and unicodedata.category(chr(c)) in('Mn','Me')
def emit(name,rs,doc):
    s=f"/// {doc}\ninline constexpr std::array<CodeRange, {len(rs)}> {name} = {{{{\n"
    line="   "
    for a,b in rs:
        item=f" {{0x{a:04x}, 0x{b:04x}}},"
        if len(line)+len(item)>120: s+=line+"\n"; line="   "
        line+=item
    return s+line+"\n}};\n"
print(f"""// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

/// Ranges of the Unicode Character Database {unicodedata.unidata_version}, sorted, made by tests/tools/text_ranges.py.
namespace annex {{

struct CodeRange {{
    char32_t first;
    char32_t last;
}};
""")
print(emit("kSpaceRanges",ranges(space),"White space of every kind, line and paragraph separators included."))
print(emit("kUnfitRanges",ranges(unfit),"Control, format (bidirectional and zero-width), surrogates, private use, and the other default-ignorable characters."))
print(emit("kCombiningRanges",ranges(comb),"Non-spacing and enclosing marks."))
print("} // namespace annex")
