# SPDX-License-Identifier: Apache-2.0
# Two verbs build the house: a module is one static library per concept, a test is one Qt Test program per unit.

function(_annex_use_qt target)
  set_target_properties(${target} PROPERTIES AUTOMOC ON AUTORCC ON)
  target_compile_definitions(${target} PRIVATE
    QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_URL_CAST_FROM_STRING)
endfunction()

# annex_add_module(NAME SOURCES ... [USES ...] [PRIVATE_USES ...] [QT])
# Makes annex_NAME and Annex::NAME. Headers are included from the repository root.
function(annex_add_module name)
  cmake_parse_arguments(arg "QT" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
  add_library(annex_${name} STATIC ${arg_SOURCES})
  add_library(Annex::${name} ALIAS annex_${name})
  target_include_directories(annex_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(annex_${name} PUBLIC ${arg_USES} PRIVATE annex_flags ${arg_PRIVATE_USES})
  if(arg_QT)
    _annex_use_qt(annex_${name})
  endif()
endfunction()

# annex_add_program(NAME SOURCES ... [USES ...] [QT])   a host or guest program, built into bin/
function(annex_add_program name)
  cmake_parse_arguments(arg "QT" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE annex_flags ${arg_USES})
  if(arg_QT)
    _annex_use_qt(${name})
  endif()
endfunction()

# annex_add_test(tst_NAME [SOURCES ...] [USES ...] [LABEL unit|integration|e2e|security] [TIMEOUT seconds])
# A Qt Test program named after the unit it tests; SOURCES defaults to tst_NAME.cpp.
# TIMEOUT is a dead man's switch and generous: machines are shared and tests assert no wall time.
function(annex_add_test name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;USES" ${ARGN})
  if(NOT arg_SOURCES)
    set(arg_SOURCES ${name}.cpp)
  endif()
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES
    AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE annex_flags Qt6::Test ${arg_USES})
  target_compile_definitions(${name} PRIVATE ANNEX_BIN_DIR="${CMAKE_BINARY_DIR}/bin"
    ANNEX_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
endfunction()
