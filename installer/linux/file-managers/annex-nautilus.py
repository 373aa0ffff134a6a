# SPDX-License-Identifier: Apache-2.0
"""Nautilus: "Open in Annex" and, for programs, "Run in Annex" in the menu of files (needs python3-nautilus)."""
import subprocess

from gi.repository import GObject, Nautilus

PROGRAMS = {
    "application/x-executable",
    "application/x-pie-executable",
    "application/x-sharedlib",
    "application/x-shellscript",
    "application/vnd.appimage",
}


class AnnexMenu(GObject.GObject, Nautilus.MenuProvider):
    def get_file_items(self, *arguments):
        files = arguments[-1]  # before Nautilus 43 a window comes first
        paths = [file.get_location().get_path() for file in files]
        if not paths or None in paths or any(file.is_directory() for file in files):
            return []
        items = [self._item("AnnexMenu::Open", "Open in Annex", ["annex-open", "--", *paths])]
        if all(file.get_mime_type() in PROGRAMS for file in files):
            items.append(self._item("AnnexMenu::Run", "Run in Annex", ["annex-open", "--run", "--", *paths]))
        return items

    @staticmethod
    def _item(name, label, command):
        item = Nautilus.MenuItem(name=name, label=label, icon="annex")
        item.connect("activate", lambda _: subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True))
        return item
