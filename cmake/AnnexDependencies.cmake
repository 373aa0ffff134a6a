# SPDX-License-Identifier: Apache-2.0
# What Annex is built on, each with its purpose. Debian 12 package names are in cmake/packages.txt.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)   # errors as values until the compiler has std::expected
find_package(fmt REQUIRED)           # formatting: GCC 12 has no std::format
find_package(spdlog REQUIRED)        # logging
find_package(nlohmann_json REQUIRED) # API messages, policy files
find_package(CLI11 REQUIRED)         # command lines
find_package(SQLite3 REQUIRED)       # policy database
find_package(OpenSSL REQUIRED)       # SHA-256 chain of the audit trail
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets Network DBus Svg Test)

pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)       # system call filters
pkg_check_modules(wlroots REQUIRED IMPORTED_TARGET wlroots)          # the guest's compositor
pkg_check_modules(wayland_server REQUIRED IMPORTED_TARGET wayland-server)
pkg_check_modules(wayland_client REQUIRED IMPORTED_TARGET wayland-client) # test clients
pkg_check_modules(xkbcommon REQUIRED IMPORTED_TARGET xkbcommon)
pkg_check_modules(xkbcommon_x11 REQUIRED IMPORTED_TARGET xkbcommon-x11) # the host's keymap
pkg_check_modules(pixman REQUIRED IMPORTED_TARGET pixman-1)
pkg_check_modules(xcb REQUIRED IMPORTED_TARGET xcb)
pkg_check_modules(xcb_res REQUIRED IMPORTED_TARGET xcb-res) # the X server names the process of a window
pkg_get_variable(WAYLAND_PROTOCOLS_DIR wayland-protocols pkgdatadir)
find_program(WAYLAND_SCANNER wayland-scanner REQUIRED)

# asio: header-only, stand-alone (no Boost).
add_library(annex_asio INTERFACE)
target_compile_definitions(annex_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
target_link_libraries(annex_asio INTERFACE Threads::Threads)
# GCC 12 sees asio's own pair of coroutine allocation functions as mismatched once they are inlined (false: both are asio's).
target_compile_options(annex_asio INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-mismatched-new-delete>)
add_library(Annex::asio ALIAS annex_asio)
