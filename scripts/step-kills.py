#!/usr/bin/env python3
"""Kills the runtime, the process between or the container's first process at every system call of every command, at its
entry and at its exit, and checks after each that the state is legal, that `delete --force` ends and removes all of it.
Then the shortages: few descriptors, few processes, a full state folder.

Usage: step-kills.py APUS BUSYBOX FOLDER [--stride N] [--only TEXT] [--workers N]

APUS is the shipped binary. With a stride of N every Nth call is taken, with another beginning for each command. To be run
as root in a private mount namespace. Prints what was done; the exit status is 1 when anything was found.
"""

import argparse
import importlib.machinery
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), f"{HERE}/{name}.py")
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


walk = load("walk-faults")
Problem = walk.Problem
STATUSES = walk.STATUSES | {"paused"}

# A command, the bundle, and what comes before it.
SCENES = [
    ("create", "plain", []), ("create", "users", []), ("create", "entered", []), ("create", "joined", []),
    ("run", "plain-run", []), ("start", "plain", ["create"]), ("exec", "plain", ["create", "start"]),
    ("exec", "users", ["create", "start"]), ("kill", "plain", ["create", "start"]),
    ("delete", "plain", ["create", "start"]), ("delete", "users", ["create"]), ("pause", "plain", ["create", "start"]),
    ("resume", "plain", ["create", "start", "pause"]), ("update", "plain", ["create", "start"]),
]


class Stage(walk.Worker):
    def __init__(self, number, arguments, rootfs, stepper):
        super().__init__(number, arguments, rootfs)
        self.stepper = stepper

    def words(self, verb, bundle):
        return {
            "create": ["create", "--bundle", bundle.folder, "--pid-file", self.folder + "/pid"] + bundle.options
                      + [self.id],
            "run": ["run", "--bundle", bundle.folder] + bundle.options + [self.id],
            "kill": ["kill", self.id, "KILL"], "delete": ["delete", "--force", self.id],
            "exec": ["exec", self.id, "/bin/busybox", "true"],
            "update": ["update", "--pids-limit", "100", "--memory", "100000000", self.id],
        }.get(verb, [verb, self.id])

    def call(self, words, before=(), limit=15):
        """The status and what was said, of the runtime or of something around it."""
        command = list(before) + [self.apus, "--root", self.root] + words
        with open(self.folder + "/stdout", "w+") as out, open(self.folder + "/stderr", "w+") as err:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
            status = self.reap(process, words, limit)
            out.seek(0)
            err.seek(0)
            return status, out.read(), err.read()

    @staticmethod
    def reap(process, words, limit):
        """The end of a process, and of every orphan meanwhile: a pid namespace waits for its last zombie."""
        end, pause = time.monotonic() + limit, 0.0003
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == process.pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return process.returncode
            if pid:
                continue
            if time.monotonic() > end:
                process.kill()
                process.wait()
                raise Problem(f"{words[0]} did not end within {limit} s")
            time.sleep(pause)
            pause = min(pause * 1.3, 0.004)

    def prepare(self, verb, bundle_name, before):
        bundle = self.bundle(bundle_name)
        bundle.reset()
        for earlier in before:
            status, _, said = self.call(self.words(earlier, bundle))
            if status:
                raise Problem(f"{earlier}: {status}: {said}")
        return self.words(verb, bundle), bundle

    def count(self, scene):
        words, _ = self.prepare(*scene)
        status, said, error = self.call(words, [self.stepper, "count", "--"])
        self.clean()
        if status:
            raise Problem(f"{scene}: {status}: {said} {error}")
        return [int(number) for number in said.split("\n")[-2].split()]

    def check(self, scene, role, number, edge):
        words, bundle = self.prepare(*scene)
        status, _, said = self.call(words, [self.stepper, str(role), str(number), edge, "--"])
        if status == 124:
            raise Problem(f"no end: {said}")
        if status in (126, 127):
            raise Problem(f"the stepper failed: {status}")
        if status not in (0, 125, 137) and len(walk.errors(said)) != 1:
            raise Problem(f"status {status} and not one line: {said}")
        if scene[0] == "create" and bundle.lines("ran"):
            raise Problem("the program ran")
        self.look()
        self.clean()
        return status != 125

    def look(self):
        begin = time.monotonic()
        status, out, said = self.call(["state", self.id])
        if status == 0:
            if json.loads(out)["status"] not in STATUSES:
                raise Problem(f"state: {out}")
        elif "does not exist" not in said:
            raise Problem(f"state: {status}: {said}")
        if time.monotonic() - begin > 1:
            raise Problem("state took more than a second")

    def delete(self):
        for _ in (1, 2):
            status, _, said = self.call(["delete", "--force", self.id])
            if status:
                raise Problem(f"delete --force: {status}: {said}")

    def clean(self):
        self.delete()
        end = time.monotonic() + 2
        while left := self.remains():
            if time.monotonic() > end:
                raise Problem(f"left: {left}")
            time.sleep(0.002)

    # Shortages

    def check_shortage(self, name, scene, before, undo):
        words, _ = self.prepare(*scene)
        try:
            status, _, said = self.call(words, before)
            lines = walk.errors(said)
            if status not in (0, 137) and (len(lines) != 1 or not lines[0].startswith("apus: ")):
                raise Problem(f"status {status} and not one line of apus: {said}")
            self.look()
            self.delete()
        finally:
            undo()
        self.clean()

    def shortages(self):
        """Names, scenes, the words around the command, and what ends the shortage."""
        nothing = lambda: None
        scenes = [SCENES[0], SCENES[1], SCENES[4], SCENES[5], SCENES[6], SCENES[9], SCENES[13]]
        for scene in scenes:
            for limit in list(range(3, 24, 2)) + [32]:
                yield f"{limit} descriptors", scene, ["/usr/bin/prlimit", f"--nofile={limit}", "--"], nothing
            if os.path.isdir("/sys/fs/cgroup/pids"):
                cgroup = f"/sys/fs/cgroup/pids/caller-of-{self.id}"
                for limit in (1, 2, 3, 4):
                    script = f"mkdir -p {cgroup} && echo {limit} >{cgroup}/pids.max && echo $$ >{cgroup}/tasks"
                    yield (f"{limit} processes", scene, ["/bin/sh", "-c", f'{script} && exec "$@"', "sh"],
                           lambda: self.remove(cgroup))
        for size in ("nr_inodes=2", "nr_inodes=3", "nr_inodes=4", "nr_inodes=6", "size=4k", "size=8k"):
            script = f'mkdir -p {self.root} && mount -t tmpfs -o {size} tmpfs {self.root} && exec "$@"'
            yield (f"a state folder of {size}", SCENES[0], ["/bin/sh", "-c", script, "sh"],
                   lambda: subprocess.run(["/bin/umount", "-l", self.root], check=False))

    @staticmethod
    def remove(cgroup):
        for _ in range(100):
            try:
                os.rmdir(cgroup)
                return
            except OSError:
                time.sleep(0.01)


def points(scene, counts, stride, begin):
    for role, calls in enumerate(counts):
        for number in range(1 + begin % stride, calls + 1, stride):
            for edge in ("entry", "exit"):
                yield scene, role, number, edge


def work(stage, share, shortages, report):
    walk.LIBC.prctl(1, signal.SIGKILL, 0, 0, 0)
    walk.LIBC.prctl(walk.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    done = 0
    for case in share:
        try:
            done += stage.check(*case)
        except (Problem, OSError, ValueError) as problem:
            os.write(report, f"problem: {case}: {problem!r}\n".encode())
            stage.clear()
    for name, scene, before, undo in shortages:
        try:
            stage.check_shortage(name, scene, before, undo)
            done += 1
        except (Problem, OSError, ValueError) as problem:
            os.write(report, f"problem: {name}: {scene}: {problem!r}\n".encode())
            stage.clear()
    os.write(report, f"done {done}\n".encode())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("apus")
    parser.add_argument("busybox")
    parser.add_argument("folder")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    arguments.folder = os.path.abspath(arguments.folder)
    begin = time.monotonic()
    stepper = arguments.folder + "/stepper"
    source = os.path.dirname(HERE) + "/Tests/Faults/stepper.c"
    subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", stepper, source], check=True)
    rootfs = walk.make_rootfs(arguments)
    walk.HOLDERS.update(
        pid=walk.hold(walk.CLONE_NEWPID | walk.CLONE_NEWNET), user=walk.hold(walk.CLONE_NEWUSER | walk.CLONE_NEWNET))
    # In a process of its own: the orphans of its containers come to it.
    reading, writing = os.pipe()
    counter = os.fork()
    if counter == 0:
        walk.LIBC.prctl(1, signal.SIGKILL, 0, 0, 0)
        walk.LIBC.prctl(walk.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        stage = Stage(90, arguments, rootfs, stepper)
        scenes = [scene for scene in SCENES if arguments.only in " ".join(scene[:2])]
        with os.fdopen(writing, "w") as file:
            json.dump([(scene, stage.count(scene)) for scene in scenes], file)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        counted = json.load(file)
    os.waitpid(counter, 0)
    cases = []
    for number, (scene, counts) in enumerate(counted):
        cases += points(scene, counts, arguments.stride, number * 7)
    calls = sum(sum(counts) for _, counts in counted)
    reading, writing = os.pipe()
    children = []
    for number in range(arguments.workers):
        child = os.fork()
        if child == 0:
            os.close(reading)
            stage = Stage(number, arguments, rootfs, stepper)
            shortages = [] if arguments.only else list(stage.shortages())[number::arguments.workers]
            work(stage, cases[number::arguments.workers], shortages, writing)
            os._exit(0)
        children.append(child)
    os.close(writing)
    with os.fdopen(reading) as file:
        lines = file.read().splitlines()
    ended = [os.waitpid(child, 0)[1] for child in children]
    for holder in walk.HOLDERS.values():
        os.kill(holder, signal.SIGKILL)
    problems = [line for line in lines if not line.startswith("done ")]
    for problem in problems:
        print(problem)
    reached = sum(int(line.split()[1]) for line in lines if line.startswith("done "))
    print(
        f"{len(counted)} commands of {calls} system calls, {len(cases)} kills, {reached} of them and of the shortages"
        f" reached, {len(problems)} problems, {time.monotonic() - begin:.0f} s")
    sys.exit(1 if problems or any(ended) else 0)


if __name__ == "__main__":
    main()
