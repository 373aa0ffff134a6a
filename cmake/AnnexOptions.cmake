# SPDX-License-Identifier: Apache-2.0
# Options and the flags that every target of ours shares.
option(ANNEX_WERROR "Treat warnings as errors (on in presets, off for packagers)" OFF)
option(ANNEX_FUZZERS "Build the libFuzzer targets (needs clang)" OFF)
set(ANNEX_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, empty for none")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(GNUInstallDirs)

# One output folder for programs, so that a build tree can be run as it stands:
# each program finds its siblings next to itself.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

add_library(annex_flags INTERFACE)
target_include_directories(annex_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_options(annex_flags INTERFACE
  -Wall -Wextra -Wshadow -Wcast-align -Wimplicit-fallthrough
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>
  $<$<BOOL:${ANNEX_WERROR}>:-Werror>)
if(NOT WIN32)
  target_compile_options(annex_flags INTERFACE -fstack-protector-strong)
endif()
if(ANNEX_SANITIZE)
  # GCC's own manual says it: with sanitizers -Wmaybe-uninitialized warns of what is not there.
  target_compile_options(annex_flags INTERFACE -fsanitize=${ANNEX_SANITIZE} -fno-sanitize-recover=all
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(annex_flags INTERFACE -fsanitize=${ANNEX_SANITIZE})
endif()
if(ANNEX_FUZZERS)
  target_compile_options(annex_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
