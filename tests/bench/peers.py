# SPDX-License-Identifier: Apache-2.0
"""The programs that Annex is measured against, each started as docs/performance.md says.

A peer shows one of three loads: "type" (a terminal that echoes), "flood" (full damage as fast as it goes) and "steady" (the same at 60 frames/s).
`origin` is where the load's first pixel lies in the window that `window` names.
"""
import os
import pathlib
import time

from machine import output, wait_for, window_geometry

SIZE = "1900x1000"


class Peer:
    name = ""
    isolates = True
    origin = (0, 0)
    click_first = False

    def __init__(self, tools, scratch):
        self.tools, self.scratch = tools, scratch

    def x11_load(self, load):
        if load == "type":
            return ["xterm", "-geometry", "80x24+0+0", "-e", "cat"]
        return [self.tools / "animation_x11", "--size", SIZE] + (["--fps", "60"] if load == "steady" else [])

    def wayland_load(self, load):
        if load == "type":  # foot without its own render delay: the same program must not cost time of its own
            return ["foot", "-o", "cursor.blink=no", "-o", "tweak.delayed-render-lower=0", "-o", "tweak.delayed-render-upper=0", "cat"]
        return [self.tools / "animation_wayland", "--size", SIZE] + (["--fps", "60"] if load == "steady" else [])

    def window(self, load):
        return "^cat$|^xterm$" if load == "type" else "^animation$"

    def start(self, started, load):
        raise NotImplementedError


class X11Direct(Peer):
    name, isolates = "X11 direct", False

    def start(self, started, load):
        started.run("x11", *self.x11_load(load))


class SshX(Peer):
    name, isolates = "ssh -X", False

    def start(self, started, load):
        home = self.scratch / "ssh"
        home.mkdir(exist_ok=True)
        for key in ("host", "user"):
            if not (home / key).exists():
                output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / key)
        (home / "authorized").write_text((home / "user.pub").read_text())
        os.chmod(home / "authorized", 0o600)
        (home / "config").write_text(
            f"Port 22077\nListenAddress 127.0.0.1\nHostKey {home}/host\nAuthorizedKeysFile {home}/authorized\nX11Forwarding yes\n"
            f"X11UseLocalhost yes\nStrictModes no\nUsePAM no\nPidFile none\nXAuthLocation /usr/bin/xauth\n")
        started.run("sshd", "/usr/sbin/sshd", "-D", "-e", "-f", home / "config")
        started.run("ssh", "ssh", "-Y", "-p", "22077", "-i", home / "user", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                    "-o", "ConnectionAttempts=30", "127.0.0.1", "env", "ANNEX_BENCH_NO_SHM=1", *self.x11_load(load))


class Weston:
    """A nested weston on the X11 display, for peers that need a Wayland host."""

    def up(self, started, scratch):
        socket = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "bench-weston"
        started.run("weston", "weston", "--backend=x11-backend.so", "--width=1900", "--height=1040", "--no-config", "--socket=bench-weston",
                    "--shell=kiosk-shell.so", "--use-pixman", "--idle-time=0")
        wait_for(socket.exists, 30, "weston")
        time.sleep(1)


class Waypipe(Peer):
    name, click_first = "waypipe", True

    def window(self, load):
        return "Weston"

    def start(self, started, load):
        Weston().up(started, self.scratch)
        socket = self.scratch / "waypipe.sock"
        socket.unlink(missing_ok=True)
        started.run("waypipe-client", "waypipe", "--no-gpu", "--compress", "none", "-s", socket, "client", WAYLAND_DISPLAY="bench-weston")
        wait_for(socket.exists, 30, "waypipe")
        started.run("waypipe-server", "waypipe", "--no-gpu", "--compress", "none", "-s", socket, "server", "--", *self.wayland_load(load))


class TigerVnc(Peer):
    name, click_first = "TigerVNC", True

    def window(self, load):
        return "TigerVNC"

    def start(self, started, load):
        started.run("vnc-server", "Xtigervnc", ":81", "-SecurityTypes", "None", "-rfbport", "5981", "-geometry", SIZE, "-localhost", "-depth", "24")
        wait_for(lambda: "depth" in output("xdpyinfo", "-display", ":81"), 30, "Xtigervnc")
        started.run("vnc-load", *self.x11_load(load), DISPLAY=":81")
        started.run("vnc-viewer", "vncviewer", "-SecurityTypes", "None", "-RemoteResize=0", "127.0.0.1::5981")


class Xpra(Peer):
    name = "xpra"
    OPTIONS = ("--daemon=no --mdns=no --pulseaudio=no --notifications=no --dbus-launch=no --dbus-control=no --dbus-proxy=no --html=off --webcam=no "
               "--printing=no --speaker=off --microphone=off --systemd-run=no --file-transfer=no").split()

    def start(self, started, load):
        folder = self.scratch / "xpra"
        folder.mkdir(exist_ok=True)
        command = " ".join(str(c) for c in self.x11_load(load))
        # xpra takes the first python3 in PATH and fails where that is not Debian's.
        started.run("xpra-server", "xpra", "start", ":88", *self.OPTIONS, f"--socket-dir={folder}", f"--bind={folder}/",
                    "--xvfb=Xvfb +extension Composite -screen 0 1920x1080x24 -nolisten tcp -noreset", f"--start-child={command}",
                    "--exit-with-children=yes", PATH="/usr/bin:/bin")
        time.sleep(6)
        started.run("xpra-client", "xpra", "attach", ":88", f"--socket-dir={folder}", "--mmap=yes", "--opengl=no", "--tray=no", "--mdns=no",
                    "--notifications=no", PATH="/usr/bin:/bin")


class Rdp(Peer):
    name, click_first = "RDP", True

    def window(self, load):
        return "FreeRDP"

    def start(self, started, load):
        key = self.scratch / "rdp.key"
        if not key.exists():
            output("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", self.scratch / "rdp.crt", "-days", "30",
                   "-subj", "/CN=bench")
        started.run("weston-rdp", "weston", "--backend=rdp-backend.so", "--width=1900", "--height=1040", "--port=3391", "--address=127.0.0.1",
                    f"--rdp-tls-cert={self.scratch}/rdp.crt", f"--rdp-tls-key={key}", "--no-config", "--socket=bench-rdp",
                    "--shell=kiosk-shell.so", "--idle-time=0")
        wait_for((pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "bench-rdp").exists, 30, "weston's RDP server")
        time.sleep(1)
        started.run("rdp-viewer", "xfreerdp", "/v:127.0.0.1:3391", "/cert:ignore", f"/size:{SIZE}", "/u:x", "/p:x")
        time.sleep(4)
        started.run("rdp-load", *self.wayland_load(load), WAYLAND_DISPLAY="bench-rdp")


class Annex(Peer):
    name = "Annex"
    origin = (6, 35)  # inside the frame: 1 + 4 + 1 px at the side, 1 + 34 px at the top
    xwayland = False

    def window(self, load):
        return r"^\[Untrusted"

    def start(self, started, load):
        annexctl = self.tools / "annexctl"
        # --uncapped takes the cap of one frame per screen refresh away, for the flood only.
        started.run("annex", self.tools / "annex", "--background", *(["--uncapped"] if load == "flood" else []))
        command = self.x11_load(load) if self.xwayland else self.wayland_load(load)
        started.run("annexctl", annexctl, "run", "-w", "Untrusted", *command)


class AnnexXwayland(Annex):
    name, xwayland = "Annex, Xwayland", True


ALL = [X11Direct, SshX, Waypipe, TigerVnc, Xpra, Rdp, Annex, AnnexXwayland]


def locate(peer, load):
    """Waits for the peer's window, gives it the focus, → screen coordinates of the load's first pixel and the window's size."""
    window, x, y, width, height = wait_for(lambda: window_geometry(peer.window(load)), 60, f"a window of {peer.name}")
    output("xdotool", "windowactivate", "--sync", window, timeout=10)
    output("xdotool", "mousemove", x + 200, y + 200)
    if peer.click_first:
        output("xdotool", "click", "1")
    time.sleep(1)
    window, x, y, width, height = window_geometry(peer.window(load)) or (window, x, y, width, height)
    return x + peer.origin[0], y + peer.origin[1], width - 2 * peer.origin[0], height - peer.origin[1]
