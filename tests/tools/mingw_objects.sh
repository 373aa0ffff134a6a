#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles the portable modules for Windows, to objects: mingw_objects.sh SOURCE_ROOT WORK_FOLDER
#
# What is portable is read off the tree: every .cpp below the folders named here, unless its path has a posix/ or linux/ part
# (and tools/, which are build programs). Headers of the seam that no .cpp includes are compiled by themselves.
set -eu

root=$1
work=$2
folders="base policy app/control vgpu/display/protocol vgpu/display/host"
headers="isolation/*.h app/control/*.h"
compiler=x86_64-w64-mingw32-g++-posix

command -v "$compiler" > /dev/null || { echo "mingw_objects: $compiler is missing (package g++-mingw-w64-x86-64-posix)" >&2; exit 1; }
mkdir -p "$work/include" "$work/objects"

# Headers of libraries, without the system's own beside them: -I/usr/include would bring glibc's.
copy() {
    [ -e "$1" ] || { echo "mingw_objects: $1 is missing" >&2; exit 1; }
    cp -a --update "$1" "$work/include/${2:-}"
}
for library in fmt spdlog nlohmann tl asio openssl; do copy "/usr/include/$library"; done
for library in asio.hpp sqlite3.h; do copy "/usr/include/$library"; done
# OpenSSL keeps the generated part in a folder of the architecture.
copy "/usr/include/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2> /dev/null || echo x86_64-linux-gnu)/openssl/." openssl

cd "$root"
list=$work/sources
# shellcheck disable=SC2086 # the folders are separate words
{
    find $folders -name '*.cpp' ! -path '*/posix/*' ! -path '*/linux/*' ! -path '*/tools/*'
    find isolation -maxdepth 1 -name '*.cpp' # the seam itself; engines belong to their systems
} | LC_ALL=C sort > "$list"
# shellcheck disable=SC2086
for header in $headers; do
    unit=$work/$(echo "$header" | tr / _).cpp
    line="#include \"$header\""
    [ "$(cat "$unit" 2> /dev/null)" = "$line" ] || echo "$line" > "$unit"
    echo "$unit"
done >> "$list"
count=$(wc -l < "$list")
[ "$count" -ge 20 ] || { echo "mingw_objects: only $count sources found; is $root the repository?" >&2; exit 1; }

launcher=$(command -v ccache || true)
export launcher compiler work root
# One shell per source, as many at once as there are processors.
# shellcheck disable=SC2016 # expanded by the inner shell
xargs -P "$(nproc)" -I SOURCE sh -c '
    object=$work/objects/$(echo "SOURCE" | tr / _).o
    $launcher $compiler -std=c++20 -O0 -Wall -Wextra -Werror -DUNICODE -D_UNICODE -D_WIN32_WINNT=0x0A00 -DNOMINMAX -DWIN32_LEAN_AND_MEAN \
        -DASIO_STANDALONE -DASIO_NO_DEPRECATED -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL -isystem "$work/include" -I"$root" \
        -c "SOURCE" -o "$object" || { echo "mingw_objects: SOURCE does not compile for Windows" >&2; exit 1; }
' < "$list" || exit 1

echo "mingw_objects: $count objects for Windows"
