#!/usr/bin/env python3
"""Many containers, one after another and at once: no command may fail that has no reason to, and nothing may be left.

Usage: soak.py APUS BUSYBOX FOLDER [--count N] [--seconds S]

COUNT cycles of create, start and delete, half of them with one id and half with new ones; COUNT execs in one container;
64 callers at once with ids of their own; 16 callers for S seconds with one id and random commands. Before and after,
processes, mounts, cgroups, keyrings, network devices, pseudoterminals, files and memory are counted. To be run as root in
a private mount namespace. Prints the figures; the exit status is 1 when anything failed or stayed.
"""

import argparse
import importlib.machinery
import importlib.util
import os
import random
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
loader = importlib.machinery.SourceFileLoader("walk_faults", f"{HERE}/walk-faults.py")
walk = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
loader.exec_module(walk)

PROBLEMS = []
# What a command of the churn may say: another caller was faster.
REASONS = (
    "does not exist", "already exists", "not running", "not stopped", "stopped", "already running", "being created",
    "paused", "has no record", "was removed by another caller", "lock", "died", "not paused", "killed", "being made",
    "state file", "signal", "no such file", "ended", "gone",
)


class Soak:
    def __init__(self, arguments):
        self.apus = arguments.apus
        self.folder = os.path.abspath(arguments.folder)
        self.root = self.folder + "/root"
        self.bundle = self.folder + "/bundle"
        self.mark = "soak-" + os.path.basename(self.folder)
        walk.make_rootfs(arguments)
        config = open(self.bundle + "/config.json").read()
        config = walk.json.loads(config)
        config["process"].update(terminal=False, args=["/bin/sleep", "1000"])
        with open(self.bundle + "/config.json", "w") as file:
            walk.json.dump(config, file)

    def call(self, *words, limit=30):
        process = subprocess.run(
            [self.apus, "--root", self.root, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, timeout=limit, env={"PATH": "/usr/bin:/bin"}, check=False)
        return process.returncode, process.stderr.decode(errors="replace")

    def must(self, *words):
        # Its standard error is a file, not a pipe: the container would keep that open.
        status, said = self.quiet(*words)
        if status:
            PROBLEMS.append(f"{words}: {status}: {said}")
        return status == 0

    def quiet(self, *words):
        path = f"{self.folder}/{threading.get_ident()}.err"
        with open(path, "w+") as file:
            status = subprocess.call(
                [self.apus, "--root", self.root, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=file, env={"PATH": "/usr/bin:/bin"}, timeout=60)
            file.seek(0)
            return status, file.read()

    def cycle(self, name):
        if self.must("create", "--bundle", self.bundle, name):
            self.must("start", name)
            self.must("delete", "--force", name)

    def cycles(self, count):
        def work(number):
            for turn in range(number, count, 2):
                self.cycle(f"{self.mark}-{number}" if turn % 4 < 2 else f"{self.mark}-{turn}-new")
        self.at_once(work, 2)

    def execs(self, count):
        name = self.mark + "-exec"
        self.must("create", "--bundle", self.bundle, name)
        self.must("start", name)

        def work(number):
            for _ in range(number, count, 2):
                self.must("exec", name, "/bin/busybox", "true")
        self.at_once(work, 2)
        pids = walk.read(f"/sys/fs/cgroup/pids/{name}/cgroup.procs").split()
        if len(pids) > 1:
            PROBLEMS.append(f"processes of exec are left: {pids}")
        self.must("delete", "--force", name)

    def callers(self, count):
        self.at_once(lambda number: self.cycle(f"{self.mark}-caller-{number}"), count)

    def churn(self, seconds):
        name = self.mark + "-churn"
        verbs = [
            ("create", "--bundle", self.bundle, name), ("start", name), ("kill", name, "KILL"), ("pause", name),
            ("resume", name), ("delete", name), ("delete", "--force", name), ("exec", name, "/bin/busybox", "true"),
            ("state", name), ("list",), ("update", "--pids-limit", "50", name),
        ]
        end = time.monotonic() + seconds
        done = [0] * 16

        def work(number):
            chance = random.Random(number)
            while time.monotonic() < end:
                words = chance.choice(verbs)
                try:
                    status, said = self.quiet(*words)
                except subprocess.TimeoutExpired:
                    PROBLEMS.append(f"{words} did not end within 60 s")
                    continue
                done[number] += 1
                lines = walk.errors(said)
                if status < 0 or (status and (len(lines) != 1 or not any(r in lines[0] for r in REASONS))):
                    # One that held the lock for too long is killed by a forced delete, and execs end with the container.
                    if status not in (-9, 137, 143):
                        PROBLEMS.append(f"{words}: {status}: {said}")
        self.at_once(work, 16)
        self.must("delete", "--force", name)
        return sum(done)

    @staticmethod
    def at_once(work, count):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def counts(self):
        """What there is of everything that a container could leave."""
        cgroups = 0
        for line in walk.read("/proc/self/mountinfo").splitlines():
            if " - cgroup" in line:
                for folder, _, _ in os.walk(line.split()[4]):
                    cgroups += self.mark in folder
        processes = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            status = walk.read(f"/proc/{pid}/cgroup") + walk.read(f"/proc/{pid}/cmdline")
            processes += self.mark in status and int(pid) != os.getpid() and "soak.py" not in status
        return {
            "processes": processes,
            "mounts": len(walk.read("/proc/self/mountinfo").splitlines()),
            "cgroups": cgroups,
            "state folders": len(os.listdir(self.root)) if os.path.isdir(self.root) else 0,
            "descriptors": len(os.listdir("/proc/self/fd")),
            "pseudoterminals": len(os.listdir("/dev/pts")),
            "network devices": len(walk.read("/proc/net/dev").splitlines()),
            "files": sum(len(files) for folder, _, files in os.walk(self.folder) if folder != self.folder),
        }

    @staticmethod
    def keys():
        """How many keys and keyrings root has: those of containers cannot be looked at from outside."""
        for line in walk.read("/proc/key-users").splitlines():
            user, _, keys = line.split()[:3]
            if user == "0:":
                return int(keys.split("/")[0])
        return 0

    @staticmethod
    def memory():
        """In MiB: what the kernel itself holds and cannot give back."""
        wanted = ("SUnreclaim", "KernelStack", "PageTables", "Percpu")
        lines = (line.split() for line in walk.read("/proc/meminfo").splitlines())
        return sum(int(fields[1]) for fields in lines if fields[0].rstrip(":") in wanted) // 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("apus")
    parser.add_argument("busybox")
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=5)
    arguments = parser.parse_args()
    soak = Soak(arguments)
    soak.cycle(soak.mark + "-first")
    before, keys, memory = soak.counts(), soak.keys(), soak.memory()
    figures = []
    for name, work in [
        (f"{arguments.count} cycles", lambda: soak.cycles(arguments.count)),
        (f"{arguments.count} execs", lambda: soak.execs(arguments.count)),
        ("64 callers at once", lambda: soak.callers(64)),
        ("16 callers with one id", lambda: soak.churn(arguments.seconds)),
    ]:
        begin = time.monotonic()
        done = work()
        count = f" ({done} commands)" if done else ""
        figures.append(f"{name}{count} in {time.monotonic() - begin:.1f} s")
    end = time.monotonic() + 20
    # Others on the machine have some too.
    spare = 64 + arguments.count // 50
    while ((after := soak.counts()) != before or soak.keys() > keys + spare) and time.monotonic() < end:
        time.sleep(0.2)  # the kernel collects keyrings a little later
    for name, number in after.items():
        if number != before[name]:
            PROBLEMS.append(f"{name}: {before[name]} before, {number} after")
    if soak.keys() > keys + spare:
        PROBLEMS.append(f"keys of root: {keys} before, {soak.keys()} after")
    grown = soak.memory() - memory
    if grown > spare:
        PROBLEMS.append(f"memory of the kernel: {grown} MiB more than before")
    for problem in PROBLEMS[:50]:
        print("problem: " + problem)
    print(", ".join(figures) + f"; the same number of {', '.join(after)} as before; kernel memory {grown:+d} MiB;"
          f" {len(PROBLEMS)} problems")
    sys.exit(1 if PROBLEMS else 0)


if __name__ == "__main__":
    main()
