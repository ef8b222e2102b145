#!/usr/bin/env python3
"""Measures apus beside crun, runc and two C floors on one bundle, interleaved, in one private mount namespace.

Needs root and Python's standard library only; `make bench` installs the rest. Runtimes: APUS, CRUN, RUNC in the
environment or on PATH; what is missing or refuses this machine is named and left out. BENCH_RUNS (default 200) is the
number of measured runs per figure.

Two states are measured. Hot: ten in a row of one program, after one that is not counted, then the next program's turn.
Settled: one at a time, 40 ms of idling before each command. On cgroup v1 the two differ by the wait for an RCU grace
period (about 10 ms) that each separate phase of attaching costs when nobody else has just paid for it.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from datetime import datetime, timezone

import picture
import report
from bundles import HERE, WORK, bundle, make_bundles, write_little_bundle
from programs import SCRATCH, Failed, Floor, OwnFloor, Runtime, Spawner

IDLE = 0.040
IN_A_ROW = 10
# A program that is this much slower than all others, in seconds per figure, is measured less often.
PATIENCE = 15
LIMIT_STEP = 64 << 10
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def compile_tools():
    for name, source, *flags in (
            ("floor", "floor"), ("own-floor", "floor", "-DOWN_FLOOR"), ("spawn", "spawn"), ("filter", "filter")):
        subprocess.run(["gcc", "-O2", "-static", *flags, "-o", os.path.join(WORK, name),
                        os.path.join(HERE, f"{source}.c")], check=True)


def read_afresh(path):
    """Puts a program into the page cache in one way for all: dropped, then read from start to end. How it got there
    shows: one that a linker or strip has just written lies there in large folios, of which a fault maps more than it
    needs (twice the resident memory), and one that was read page by page as it ran starts 0.3 ms later."""
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    while os.read(file, 128 << 10):
        pass
    os.close(file)


def isolate():
    """Starts this program again in a mount namespace of its own, then hides what must not be touched or seen."""
    if os.environ.get("APUS_BENCH_ISOLATED") != "1":
        os.environ["APUS_BENCH_ISOLATED"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    os.makedirs(SCRATCH)


def hide_unified():
    """crun refuses a hybrid machine; without the v2 tree it is a v1 machine."""
    path = "/sys/fs/cgroup/unified"
    if os.path.isdir(path):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", path], check=True)
        return True
    return False


def turns(programs, count):
    """The programs in an order that rotates, `count` times."""
    for index in range(count):
        shift = index % len(programs)
        yield programs[shift:] + programs[:shift]


class Bench:
    def __init__(self, runs):
        self.runs = runs
        self.samples = report.Samples()

    def able(self, programs, operation, state="first try"):
        """Those that can do it at all; the others are named with the reason."""
        passed = []
        for program in programs:
            try:
                getattr(program, operation)()
                passed.append(program)
            except Failed as error:
                self.samples.fail(program, state, operation, error)
        return passed

    def rounds(self, title, programs, operation, state, count, in_a_row, before=None):
        """`count` samples of each program, in turns of `in_a_row`; before a longer turn one that is not counted."""
        if not programs:
            return
        print(f"{time.strftime('%H:%M:%S')} {title}", flush=True)
        out, spent = set(), {program: 0.0 for program in programs}
        for order in turns(programs, max(1, -(-count // in_a_row))):
            for program in order:
                if program in out:
                    continue
                action = getattr(program, operation)
                begin = time.monotonic()
                try:
                    if in_a_row > 1:
                        action()
                    for _ in range(min(in_a_row, count)):
                        if before:
                            before()
                        self.samples.add(program.name, state, action())
                except Failed as error:
                    out.add(program)
                    self.samples.fail(program, state, operation, error)
                spent[program] += time.monotonic() - begin
                if spent[program] > PATIENCE and not before:
                    out.add(program)

    def hot(self, title, programs, operation, state="hot", count=None):
        self.rounds(title, programs, operation, state, count or self.runs, IN_A_ROW)

    def settled(self, title, programs, operation):
        self.rounds(f"{title}, settled", programs, operation, "settled", self.runs, 1, lambda: time.sleep(IDLE))

    def measure(self, spawner, runtimes, others):
        floors = [Floor(spawner), OwnFloor(spawner)]
        if os.path.isdir("/sys/fs/cgroup/unified"):
            hybrid = self.able([program for program in runtimes if program.name == "apus"], "run", "machine as it is")
            self.hot("run, machine as it is", hybrid, "run", "as it is")
        if hide_unified():
            print("a tmpfs hides /sys/fs/cgroup/unified from here on")
        runtimes = self.able(runtimes, "run")
        floors = self.able(floors, "run")
        self.hot("run", floors + runtimes, "run")
        self.settled("run", floors + runtimes, "run")
        self.rounds("100 runs, 2 at a time", floors + runtimes, "burst", "hot", max(2, self.runs // 20), 1)
        self.profiled(floors, runtimes)
        self.hot("create, start, delete", self.able(runtimes, "lifecycle"), "lifecycle")
        self.staying(runtimes)
        self.little(runtimes)
        self.many(floors, runtimes, others)

    def profiled(self, floors, runtimes):
        profiled = self.able(runtimes, "docker")
        own = [floor for floor in floors if floor.name == "own"]
        if own and profiled:
            try:
                own[0].take_filter(profiled[0])
            except Failed as error:
                self.samples.fail(own[0], "first try", "docker", error)
                own = []
        self.hot("run with Docker's profile", own + profiled, "docker")
        cached = [program for program in profiled if os.path.isdir(program.filter_cache)]
        self.hot("run with Docker's profile, cache cold", cached, "docker_cold")

    def staying(self, runtimes):
        staying = self.able(runtimes, "start_staying")
        entering = self.able(staying, "exec")
        self.hot("exec", entering, "exec")
        self.settled("exec", entering, "exec")
        self.hot("state", staying, "state")
        self.hot("kill", self.able(staying, "kill"), "kill")
        self.able(staying, "stop_staying")

    def little(self, runtimes):
        """By halving: the smallest limit, in steps of 64 KiB, at which 20 of 20 starts succeed."""
        print(f"{time.strftime('%H:%M:%S')} smallest memory limit", flush=True)
        for program in runtimes:
            low, high, middle = 0, 1024, 64
            while high - low > 1:
                write_little_bundle(middle * LIMIT_STEP)
                if program.starts_in():
                    high = middle
                else:
                    low = middle
                middle = (low + high) // 2
            if high < 1024:
                self.samples.add(program.name, "hot", {"little": {"limit": high * LIMIT_STEP / (1 << 20)}})

    def many(self, floors, runtimes, others):
        """Every runtime has that many containers of its own alive, all of them at once. What there was with none is
        measured anew: the figures of minutes ago are those of another machine."""
        self.hot("run beside none", floors + runtimes, "run", "beside none")
        print(f"{time.strftime('%H:%M:%S')} {others} containers of each runtime", flush=True)
        having = []
        for program in runtimes:
            try:
                program.start_others(others)
                having.append(program)
            except Failed as error:
                self.samples.fail(program, "first try", f"{others} containers", error)
        self.hot("list", self.able(having, "list"), "list")
        self.hot(f"run beside {others}", floors + having, "beside")
        print(f"{time.strftime('%H:%M:%S')} removal", flush=True)
        for program in having:
            program.stop_others()


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"Linux {platform.release()}, {os.cpu_count()} × {model}"


def replace(path, text):
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)


def write_into(path, text):
    with open(path) as file:
        page = file.read()
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    replace(path, f"{page[:start]}\n{text}\n{page[end:]}")


def find_runtimes(spawner):
    for name in ("apus", "crun", "runc"):
        path = os.environ.get(name.upper()) or shutil.which(name)
        if path and os.access(path, os.X_OK):
            yield Runtime(name, os.path.abspath(path), spawner)
        else:
            print(f"{name} is left out: not found")


def main():
    parser = argparse.ArgumentParser(description="Measures apus beside crun, runc and two C floors.")
    parser.add_argument("--runs", type=int, default=int(os.environ.get("BENCH_RUNS") or 200))
    parser.add_argument("--write", metavar="PAGE", help="put the table between the markers of this Markdown file")
    parser.add_argument("--picture", metavar="FILE", help="write the table as a picture, SVG")
    parser.add_argument("--table", metavar="FILE", help="write the table as JSON")
    parser.add_argument("--json", metavar="FILE", help="write every sample as JSON", default=os.environ.get("BENCH_JSON"))
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench.py starts containers with privilege and needs root")
    isolate()
    os.makedirs(WORK, exist_ok=True)
    compile_tools()

    spawner = Spawner()
    runtimes = list(find_runtimes(spawner))
    if not runtimes:
        sys.exit("no runtime to measure")
    make_bundles(runtimes[0].path)
    for path in [runtime.path for runtime in runtimes] + [
            os.path.join(WORK, "floor"), os.path.join(WORK, "own-floor"),
            os.path.join(bundle("true"), "rootfs/bin/busybox")]:
        read_afresh(path)

    others = min(1000, arguments.runs * 5)
    load = os.getloadavg()[0]
    started = time.monotonic()
    bench = Bench(arguments.runs)
    try:
        bench.measure(spawner, runtimes, others)
    finally:
        for runtime in runtimes:
            runtime.discard()
    table = report.summarize(bench.samples, others)
    took = time.monotonic() - started

    versions = "; ".join(f"{runtime.name}: {runtime.version()}" for runtime in runtimes)
    date = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    note = (f"{date}, {machine()}; {versions}. {arguments.runs} runs per figure, load average {load:.1f} before, "
            f"{took:.0f} s.")
    failures = "".join(f"\n- {failure}" for failure in bench.samples.failures)
    text = f"{note} {report.verdict(table)}\n\n{report.markdown(table)}" + (f"\n\nLeft out:\n{failures}" if failures else "")
    print(text)
    if arguments.write:
        write_into(arguments.write, text)
    if arguments.picture:
        replace(arguments.picture, picture.svg(table, note))
    if arguments.table:
        replace(arguments.table, json.dumps({"note": note, "rows": table}, indent=1, ensure_ascii=False) + "\n")
    if arguments.json:
        replace(arguments.json, json.dumps({"note": note, "rows": table, "samples": bench.samples.values}))


if __name__ == "__main__":
    main()
