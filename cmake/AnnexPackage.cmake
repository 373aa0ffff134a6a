# SPDX-License-Identifier: Apache-2.0
# The Debian package (`./dev package`): what installer/ and app/ctl install, with the libraries that dpkg-shlibdeps finds.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME annex)
set(CPACK_PACKAGE_VENDOR "Annex")
set(CPACK_PACKAGE_CONTACT "The Annex authors <annex@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "open untrusted programs and files in an isolated desktop beside your own")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The guest's desktop: what annex-init and annex-display start by name.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "bubblewrap, dbus-daemon, shared-mime-info, xkb-data")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "xwayland, foot, qt6-wayland, fonts-dejavu, adwaita-icon-theme, desktop-file-utils")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "evince, firefox-esr")
set(CPACK_STRIP_FILES ON)
include(CPack)
