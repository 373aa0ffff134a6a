#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev bench [NAME…]: each measure against its floor or its peers, interleaved in one run, on a virtual display of its own.

Names: exec first-frame typing flood steady idle. Prints every round, then medians with the wished reach; writes JSON and a table.
"""
import argparse
import json
import os
import pathlib
import shutil
import socket as sockets
import statistics
import subprocess
import sys
import tempfile
import time

import machine
import peers


class Bench:
    def __init__(self, options):
        self.bin = pathlib.Path(options.bin)
        self.rounds = options.rounds
        self.only = options.peers
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="annex-bench-"))
        self.results = {}
        for name, folder in (("XDG_RUNTIME_DIR", "run"), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state"),
                             ("XDG_CACHE_HOME", "cache")):
            path = self.scratch / folder
            path.mkdir(mode=0o700)
            os.environ[name] = str(path)
        os.environ["LC_ALL"] = "C.UTF-8"
        machine.become_subreaper()
        self.display = machine.Display()

    def started(self):
        return machine.Started(self.scratch, self.display.pids())

    def annexctl(self, *arguments, **options):
        return subprocess.run([self.bin / "annexctl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                              timeout=120, **options).stdout

    def tool(self, name, *arguments, timeout=180):
        done = subprocess.run([str(self.bin / name), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        if not done.stdout.strip():
            raise RuntimeError(f"{name} measured nothing: {done.stderr.strip()[-300:]}")
        return json.loads(done.stdout)

    def record(self, measure, who, figures):
        self.results.setdefault(measure, {}).setdefault(who, []).append(figures)
        print(f"  {measure:12} {who:18} " + "  ".join(f"{k} {v}" for k, v in figures.items()), flush=True)

    def end(self):
        self.display.end()
        shutil.rmtree(self.scratch, ignore_errors=True)

    # -- measures -------------------------------------------------------------------------------------------------------

    def timed_ms(self, *command):
        start = time.perf_counter()
        subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        return (time.perf_counter() - start) * 1000

    def exec(self):
        started = self.started()
        try:
            self.annexctl("start", "Untrusted")
            self.annexctl("exec", "-w", "Untrusted", "true")
            for _ in range(self.rounds):
                samples = {"exec": [], "version": [], "true": []}
                for _ in range(20):
                    samples["exec"].append(self.timed_ms(self.bin / "annexctl", "exec", "-w", "Untrusted", "true"))
                    samples["version"].append(self.timed_ms(self.bin / "annexctl", "version"))
                    samples["true"].append(self.timed_ms("/bin/true"))
                medians = {name: statistics.median(values) for name, values in samples.items()}
                self.record("exec", "annexctl exec true", {"ms": round(medians["exec"], 2)})
                self.record("exec", "version + true", {"ms": round(medians["version"] + medians["true"], 2)})
        finally:
            started.end()

    PROGRAMS = {"foot": ["foot", "-o", "cursor.blink=no", "cat"], "xterm": ["xterm", "-e", "cat"]}

    def first_frame(self):
        for _ in range(self.rounds):
            for name, command in self.PROGRAMS.items():
                for who, measure in (("floor", self.floor_first_frame), ("Annex", self.annex_first_frame)):
                    for kind in ("running", "cold"):
                        started = self.started()
                        try:
                            figure = measure(started, kind, command)
                        finally:
                            started.end()
                        self.record(f"first {name}, {kind}", who, {"ms": figure})

    def annex_first_frame(self, started, kind, command):
        started.run("annex", self.bin / "annex", "--background")
        machine.wait_for(lambda: json.loads(self.annexctl("doctor", "--json") or "{}"), 60, "annexd")
        if kind == "running":
            self.annexctl("start", "Untrusted")
            machine.wait_for(lambda: "attached" in self.annexctl("list", "--json"), 60, "the viewer")
            self.annexctl("exec", "-w", "Untrusted", "true")
        return self.tool("change_meter", "--", self.bin / "annexctl", "run", "-w", "Untrusted", *command)["ms"]

    def floor_first_frame(self, started, kind, command):
        """annex-display and annex-viewer on a socketpair, unboxed, no broker."""
        launcher = [self.bin / "annex-pair-launcher", "--xwayland", "--socket", f"bench-{time.monotonic_ns()}"]
        if kind == "cold":
            return self.tool("change_meter", "--", *launcher, *command)["ms"]
        names = self.scratch / "display.env"
        names.unlink(missing_ok=True)
        script = 'printf "%s\n" "WAYLAND_DISPLAY=$WAYLAND_DISPLAY" "DISPLAY=$DISPLAY" >"$0.new" && mv "$0.new" "$0" && exec sleep 600'
        started.run("pair", *launcher, "sh", "-c", script, names)
        machine.wait_for(names.exists, 60, "annex-display and annex-viewer")
        return self.tool("change_meter", "--", "env", *names.read_text().split(), *command)["ms"]

    def each_peer(self, measure, load, figures_of):
        for _ in range(self.rounds):
            for kind in peers.ALL:
                if self.only and kind.name not in self.only:
                    continue
                peer, started = kind(self.bin, self.scratch), self.started()
                try:
                    peer.start(started, load)
                    place = peers.locate(peer, load)
                    time.sleep(1)
                    self.record(measure, kind.name, figures_of(started, place))
                except (RuntimeError, subprocess.SubprocessError, OSError) as problem:
                    self.record(measure, kind.name, {"failed": str(problem)[:80]})
                finally:
                    started.end()

    def typing(self):
        def figures(_, place):
            x, y, width, height = place
            region = f"{x},{y},{min(width, 700)},{min(height, 400)}"
            found = self.tool("latency_meter", "--samples", "100", "--region", region)
            return {"p50_ms": found["p50_ms"], "p95_ms": found["p95_ms"], "lost": found["lost"]}
        self.each_peer("typing", "type", figures)

    def frames(self, measure, load):
        def figures(started, place):
            pids = started.pids()
            before, start = machine.cpu_seconds(pids), time.monotonic()
            found = self.tool("frame_meter", "--seconds", "6", "--at", f"{place[0] + 8},{place[1] + 8}")
            share = 100 * (machine.cpu_seconds(pids) - before) / (time.monotonic() - start)
            return {"shown_per_s": found["shown_per_s"], "skipped_per_s": found["skipped_per_s"], "cpu_percent": round(share, 1)}
        self.each_peer(measure, load, figures)

    def flood(self):
        self.frames("flood", "flood")

    def steady(self):
        self.frames("steady", "steady")

    def idle(self):
        for _ in range(self.rounds):
            for who, start in (("foot + annex-display", self.idle_floor), ("Annex", self.idle_annex)):
                started = self.started()
                try:
                    start(started)
                    time.sleep(12)  # programs settle; GTK and Qt caches are written
                    pids = started.pids()
                    memory, bounded = machine.pss_kb(pids)
                    before = machine.context_switches(pids)
                    time.sleep(10)
                    after = machine.context_switches(started.pids())
                    woken = {name: (after[name] - before.get(name, 0)) / 10 for name in after if after[name] != before.get(name, 0)}
                    self.record("idle", who, {"pss_MB": round(memory / 1024, 1), "wakeups_per_s": round(sum(woken.values()), 1),
                                              "woken": woken, "counted_by_rss": bounded})
                finally:
                    started.end()

    def idle_floor(self, started):
        socket = f"bench-{time.monotonic_ns()}"
        pool = os.memfd_create("pool", os.MFD_ALLOW_SEALING)
        os.ftruncate(pool, 256 << 20)

        display, relay = sockets.socketpair(), sockets.socketpair()
        self.kept = (pool, display, relay)
        for fd in (pool, display[1].fileno(), relay[1].fileno()):
            os.set_inheritable(fd, True)
        command = f'exec "$0" --socket {socket} --xwayland 3<&{display[1].fileno()} 4<&{pool} 5<&{relay[1].fileno()}'
        log = open(self.scratch / "display.log", "ab")
        started.processes.append(subprocess.Popen(["bash", "-c", command, str(self.bin / "annex-display")], close_fds=False, start_new_session=True,
                                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        machine.wait_for((pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / socket).exists, 30, "annex-display")
        started.run("foot", "foot", "-o", "cursor.blink=no", "cat", WAYLAND_DISPLAY=socket)

    def idle_annex(self, started):
        started.run("annex", self.bin / "annex", "--background")
        self.annexctl("run", "-w", "Untrusted", "foot", "-o", "cursor.blink=no", "cat")
        machine.wait_for(lambda: machine.window_geometry(r"^\[Untrusted"), 60, "foot's window")


def median_of(rounds, key):
    values = [r[key] for r in rounds if isinstance(r.get(key), (int, float)) and r[key] >= 0]
    return statistics.median(values) if values else None


def ratio(a, b):
    return None if a is None or not b else a / b


def summary(results):
    """→ rows (what, figure, against, reach, reached) from the medians."""
    rows = []

    def row(what, value, against, reach, good):
        rows.append((what, value, against, reach, "–" if good is None else "yes" if good else "no"))

    if "exec" in results:
        a, b = (median_of(results["exec"][w], "ms") for w in ("annexctl exec true", "version + true"))
        row("exec true", f"{a - b:+.1f} ms", f"{a:.1f} against {b:.1f} ms", "≤ 15 ms more", a - b <= 15)
    for name in [n for n in results if n.startswith("first ")]:
        r = ratio(median_of(results[name]["Annex"], "ms"), median_of(results[name]["floor"], "ms"))
        limit = 1.3 if "running" in name else 2
        row(name, r and f"{r:.2f} ×", "display + viewer on a socketpair", f"≤ {limit} ×", r and r <= limit)
    isolating = [p.name for p in peers.ALL if p.isolates and not p.name.startswith("Annex")]
    if "typing" in results:
        figures = {who: median_of(rounds, "p50_ms") for who, rounds in results["typing"].items()}
        best = min((figures[p] for p in isolating if figures.get(p)), default=None)
        r = ratio(figures.get("Annex"), figures.get("X11 direct"))
        row("typing p50", r and f"{r:.2f} ×", "X11 direct", "≤ 2.5 ×", r and r <= 2.5)
        r = ratio(figures.get("Annex"), best)
        row("typing p50", r and f"{r:.2f} ×", "best isolating peer", "≤ 0.35 ×", r and r <= 0.35)
    if "flood" in results:
        figures = {who: median_of(rounds, "shown_per_s") for who, rounds in results["flood"].items()}
        best = max((figures[p] for p in isolating if figures.get(p)), default=None)
        r = ratio(figures.get("Annex"), figures.get("X11 direct"))
        row("full damage", r and f"{r:.2f} ×", "X11 direct", "≥ 0.8 × (quiet cores)", r and r >= 0.8)
        r = ratio(figures.get("Annex"), best)
        row("full damage", r and f"{r:.1f} ×", "best isolating peer", "≥ 10 ×", r and r >= 10)
    if "steady" in results:
        figures = {who: median_of(rounds, "cpu_percent") for who, rounds in results["steady"].items()}
        r = ratio(figures.get("Annex"), figures.get("X11 direct"))
        row("60 frames/s, CPU", r and f"{r:.1f} ×", "X11 direct", "≤ 4 ×", r and r <= 4)
    if "idle" in results:
        a, b = (median_of(results["idle"][w], "pss_MB") for w in ("Annex", "foot + annex-display"))
        row("idle memory", f"{a - b:+.0f} MB", "foot + annex-display", "≤ 90 MB more", a - b <= 90)
        wake = median_of(results["idle"]["Annex"], "wakeups_per_s")
        row("idle wake-ups", f"{wake} /s", "–", "none periodic", wake < 0.5)
    return rows


def main():
    names = ["exec", "first-frame", "typing", "flood", "steady", "idle"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="which measures; all without")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", nargs="+", metavar="PEER", help="only these of: " + ", ".join(p.name for p in peers.ALL))
    parser.add_argument("--bin", required=True, help="folder of the built programs")
    parser.add_argument("--out", required=True, help="folder for results")
    options = parser.parse_args()
    for name in options.names:
        if name not in names:
            parser.error(f"no measure '{name}'; there are: {' '.join(names)}")
    if os.getuid() == 0:
        parser.error("run as an ordinary account; ./dev bench does")
    bench = Bench(options)
    try:
        for name in options.names or names:
            print(f"== {name}", flush=True)
            getattr(bench, name.replace("-", "_"))()
    finally:
        bench.end()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    rows = summary(bench.results)
    (out / "results.json").write_text(json.dumps({"rounds": bench.results, "summary": rows}, indent=1))
    table = "\n".join(["| What | Median | Against | Reach | Reached |", "| --- | --- | --- | --- | --- |"] + ["| " + " | ".join(map(str, r)) + " |" for r in rows])
    (out / "results.md").write_text(table + "\n")
    print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
