# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks need of the machine: processes that end with us, a display, processor time, memory and wake-ups of a process tree."""
import ctypes
import os
import pathlib
import re
import signal
import subprocess
import time

PR_SET_CHILD_SUBREAPER = 36
TICKS = os.sysconf("SC_CLK_TCK")


def become_subreaper():
    """Detached grandchildren come back to us, so that what a peer started can be counted and ended as a tree."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children_by_parent():
    table = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if fields[0] != "Z":
                table.setdefault(int(fields[1]), []).append(int(entry.name))
    return table


def tree(root, leave_out=()):
    """Pids of all descendants of `root`, without those in `leave_out` and theirs."""
    table, found, stack = children_by_parent(), [], [root]
    while stack:
        for pid in table.get(stack.pop(), []):
            if pid not in leave_out:
                found.append(pid)
                stack.append(pid)
    return found


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def pss_kb(pids):
    """→ (sum of PSS in kB, names counted by RSS because they hide their maps). RSS is an upper bound."""
    total, bounded = 0, []
    for pid in pids:
        base = pathlib.Path(f"/proc/{pid}")
        try:
            total += int(re.search(r"^Pss:\s+(\d+)", (base / "smaps_rollup").read_text(), re.M)[1])
        except (OSError, TypeError):
            try:
                total += int((base / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
                bounded.append((base / "comm").read_text().strip())
            except OSError:
                continue
    return total, bounded


def context_switches(pids):
    per_name = {}
    for pid in pids:
        for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
            try:
                text = status.read_text()
            except OSError:
                continue
            count = sum(int(n) for n in re.findall(r"ctxt_switches:\s+(\d+)", text))
            thread = re.search(r"^Name:\s+(.*)$", text, re.M)[1]
            name = f"{thread}[{pid}]"
            per_name[name] = per_name.get(name, 0) + count
    return per_name


def wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise RuntimeError(f"waited {seconds} s in vain for {what}")


class Started:
    """Programs started for one measurement; `end()` stops them and everything that they started."""

    def __init__(self, log_folder, leave_out):
        self.log_folder, self.leave_out, self.processes = log_folder, leave_out, []

    def run(self, name, *command, **environment):
        log = open(self.log_folder / f"{name}.log", "ab")
        process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   env={**os.environ, **{k: str(v) for k, v in environment.items()}}, start_new_session=True)
        log.close()
        self.processes.append(process)
        return process

    def pids(self):
        return tree(os.getpid(), self.leave_out)

    def end(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + 5
            while (pids := self.pids()) and time.monotonic() < deadline:
                for pid in pids:
                    try:
                        os.kill(pid, number)
                    except ProcessLookupError:
                        pass
                self.reap()
                time.sleep(0.1)
        self.reap()
        self.processes.clear()

    @staticmethod
    def reap():
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass


class Display:
    """One Xvfb with openbox; sets DISPLAY for everything started later."""

    def __init__(self, size="1920x1080"):
        for _ in range(3):  # -displayfd takes a free number, and another server may have taken the same one in that moment
            number = self.start_server(size)
            if number and self.server.poll() is None:
                break
        os.environ["DISPLAY"] = f":{number}"
        os.environ.pop("WAYLAND_DISPLAY", None)
        os.environ.pop("XAUTHORITY", None)
        self.manager = subprocess.Popen(["openbox"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: "window id" in output("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), 30, "the window manager")
        except RuntimeError:
            self.end()
            raise

    def start_server(self, size):
        read_end, write_end = os.pipe()
        os.set_inheritable(write_end, True)
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"],
                                       pass_fds=[write_end], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write_end)
        number = os.read(read_end, 16).decode().strip()
        os.close(read_end)
        return number

    def pids(self):
        return (self.server.pid, self.manager.pid)

    def end(self):
        for process in (self.manager, self.server):
            process.terminate()
            process.wait()


def output(*command, timeout=60):
    try:
        return subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout).stdout
    except (subprocess.TimeoutExpired, FileNotFoundError):
        return ""


def window_geometry(name_pattern):
    """→ (id, x, y, width, height) of the newest visible window with that name, or None."""
    ids = output("xdotool", "search", "--onlyvisible", "--name", name_pattern).split()
    if not ids:
        return None
    values = dict(line.split("=", 1) for line in output("xdotool", "getwindowgeometry", "--shell", ids[-1]).splitlines() if "=" in line)
    try:
        return int(ids[-1]), int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"])
    except KeyError:
        return None
