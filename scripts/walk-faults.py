#!/usr/bin/env python3
"""Goes through every step at which a fault build of apus can be stopped, in every way, and checks after each that the
container is in a legal state, that `delete --force` ends and removes all of it, and that its id can be used again.

Usage: walk-faults.py APUS BUSYBOX FOLDER [--only TEXT] [--workers N]

APUS is the fault build, BUSYBOX a static busybox, FOLDER an empty folder for everything that is made. To be run as root
in a private mount namespace. Prints what was done; the exit status is 1 when anything was found.
"""

import argparse
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_CHILD_SUBREAPER = 36
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
SECONDS = time.monotonic
# What a hanging process waits in: poll without descriptors, by its number on x86_64 and aarch64 (ppoll there).
POLLS = {"7", "271", "73"}
STATUSES = {"creating", "created", "running", "paused", "stopped"}
# What is done to a container that runs.
ON_RUNNING = ("kill", "exec", "pause", "resume", "update", "checkpoint")
# What takes a CRIU that can do its work on this kernel.
BY_CRIU = ("checkpoint", "restore")
ERRORS = ["ENOSPC", "EPERM", "ENOMEM"]


class Problem(Exception):
    pass


class Bundle:
    """A bundle of one worker: the options that go with it, and where its hooks write to."""

    def __init__(self, folder, config, options):
        self.folder = folder
        self.options = options
        self.out = folder + "/out"
        os.makedirs(self.out)
        text = json.dumps(config).replace("@OUT@", self.out)
        with open(folder + "/config.json", "w") as file:
            file.write(text)

    def reset(self):
        for name in os.listdir(self.out):
            os.unlink(self.out + "/" + name)

    def lines(self, name):
        try:
            with open(f"{self.out}/{name}") as file:
                return len(file.readlines())
        except FileNotFoundError:
            return 0


class Process:
    """A started apus whose outputs go to files."""

    live = set()

    def __init__(self, worker, words, fault=None):
        self.words = words
        self.paths = worker.folder + "/stdout", worker.folder + "/stderr"
        # With names that nobody can see, no keyring that is left could be told from others.
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "APUS_DEFENCE_OFF": "keyring-name"}
        if fault:
            environment["APUS_FAULT"] = fault
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        self.pid = os.posix_spawn(
            worker.apus, ["apus", "--root", worker.root] + words, environment,
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
            + [(os.POSIX_SPAWN_OPEN, n + 1, path, flags, 0o600) for n, path in enumerate(self.paths)])
        self.status = None
        self.live.add(self.pid)

    def poll(self):
        self.reap_orphans()
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.live.discard(pid)
                self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def reap_orphans(self):
        """A pid namespace waits for its last zombie, and one of a killed exec is this process's child."""
        while True:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None or ended.si_pid in self.live:
                return
            os.waitpid(ended.si_pid, 0)

    def wait(self, limit):
        end = SECONDS() + limit
        pause = 0.0003
        while self.poll() is None:
            if SECONDS() > end:
                children = [f"{pid} {read(f'/proc/{pid}/stack')}" for pid in children_of(self.pid)]
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                self.live.discard(self.pid)
                raise Problem(f"{self.words[0]} did not end within {limit} s; its children: {children}")
            time.sleep(pause)
            pause = min(pause * 1.3, 0.005)
        return self.status

    @property
    def stdout(self):
        return read(self.paths[0])

    @property
    def stderr(self):
        return read(self.paths[1])


def read(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def errors(said):
    """What was said without warnings, of which there may be any number where there is no log."""
    return [line for line in said.splitlines() if not (line.startswith('time="') and '" level=warning msg=' in line)]


def children_of(pid):
    return [int(child) for child in read(f"/proc/{pid}/task/{pid}/children").split()]


def hangs(pid):
    fields = read(f"/proc/{pid}/syscall").split()
    return len(fields) > 2 and fields[0] in POLLS and fields[2] == "0x0"


class Worker:
    """Does cases one after another, all with one id: each shows that the id of the one before can be used again."""

    def __init__(self, number, arguments, rootfs):
        self.apus = arguments.apus
        number = f"{number:02}"  # no id is the beginning of another
        self.folder = f"{arguments.folder}/{number}"
        self.root = self.folder + "/root"
        self.id = f"fault-{os.path.basename(arguments.folder)}-{number}"
        os.makedirs(self.folder)
        self.rootfs = rootfs
        self.bundles = {}
        self.mounts = read("/proc/self/mountinfo")
        self.device = "apus-" + number
        self.canary = arguments.folder + "/canary"
        self.hierarchies = [
            line.split()[4] for line in self.mounts.splitlines() if " - cgroup" in line]

    def bundle(self, name):
        if name not in self.bundles:
            config, options = configuration(name, self.rootfs, self.device)
            folder = f"{self.folder}/{name}"
            self.bundles[name] = Bundle(folder, config, options)
        return self.bundles[name]

    def run(self, *words, fault=None, limit=5):
        process = Process(self, list(words), fault)
        process.wait(limit)
        return process

    def create(self, bundle, fault=None, command="create", options=()):
        pid_file = self.folder + "/pid"
        words = [command, "--bundle", bundle.folder, "--pid-file", pid_file] + bundle.options + list(options) + [self.id]
        return Process(self, words, fault)

    def checkpoint(self):
        shutil.rmtree(self.folder + "/images", ignore_errors=True)
        return ["checkpoint", "--image-path", self.folder + "/images", "--manage-cgroups-mode", "ignore"]

    def check(self, case):
        """One case from the beginning to the end."""
        bundle = self.bundle(case.bundle)
        bundle.reset()
        if case.bundle.startswith("network"):
            words = ["ip", "link", "add", self.device, "type", "veth", "peer", "name", self.device + "p"]
            # The last case's pair ends with its namespace, a moment after the container.
            deadline = time.monotonic() + 5
            while not os.path.exists("/sys/class/net/" + self.device):
                if subprocess.run(words, check=False, stderr=subprocess.DEVNULL).returncode == 0:
                    break
                if time.monotonic() > deadline:
                    raise Problem("no network device could be made")
                time.sleep(0.02)
        prepared = case.operation in ("start", "delete", "restore") + ON_RUNNING
        if prepared:
            fault = case.fault if case.side != "runtime" and case.operation == "start" else None
            first = self.create(bundle, fault)
            if first.wait(5) != 0:
                raise Problem(f"create: {first.status}: {first.stderr}")
            if case.operation in ON_RUNNING + ("restore",):
                self.expect(self.run("start", self.id))
            if case.operation in BY_CRIU:
                # Its standard streams are the null device when it has said that it runs.
                end = SECONDS() + 2
                while not bundle.lines("ran") and SECONDS() < end:
                    time.sleep(0.002)
            if case.operation == "restore":
                self.expect(self.run(*self.checkpoint(), self.id))
                bundle.reset()
            if case.operation == "resume":
                self.expect(self.run("pause", self.id))
        process = self.begin(case, bundle)
        self.strike(case, process)
        status = process.wait(5)
        self.check_answer(case, process, status)
        self.check_state(case, bundle)
        for _ in (1, 2):
            answer = self.run("delete", "--force", self.id)
            if answer.status != 0:
                raise Problem(f"delete --force: {answer.status}: {answer.stderr}")
        self.check_remains(case, bundle)

    def begin(self, case, bundle):
        if case.operation in ("create", "run", "undo"):
            return self.create(bundle, case.fault, "run" if case.operation == "run" else "create")
        if case.operation == "restore":
            options = ["--detach", "--image-path", self.folder + "/images", "--manage-cgroups-mode", "ignore"]
            return self.create(bundle, case.fault, "restore", options)
        words = {"delete": ["delete", "--force"], "update": ["update", "--pids-limit", "100"]}.get(
            case.operation, [case.operation])
        if case.operation == "checkpoint":
            words = self.checkpoint()
        tail = {"kill": ["KILL"], "exec": ["/bin/busybox", "true"]}.get(case.operation, [])
        own = case.side == "runtime" or case.operation == "exec"
        return Process(self, words + [self.id] + tail, case.fault if own else None)

    def strike(self, case, process):
        """For a process that hangs: waits until it does, and ends what the case wants ended."""
        if case.action == "stop":
            time.sleep(case.delay)
            try:
                os.kill(process.pid, signal.SIGSTOP)
            except ProcessLookupError:
                return
        elif not case.hangs:
            return
        else:
            self.await_hang(case, process)
        if case.victim == "runtime":
            os.kill(process.pid, signal.SIGKILL)
        elif case.victim == "delete":
            begin = SECONDS()
            answer = Process(self, ["delete", "--force", self.id])
            if answer.wait(5) != 0:
                raise Problem(f"delete --force: {answer.status}: {answer.stderr} after {SECONDS() - begin:.1f} s")
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        else:
            for child in children_of(process.pid) or self.container():
                os.kill(child, signal.SIGKILL)
            os.kill(process.pid, signal.SIGKILL if process.poll() is None and case.side == "runtime" else 0)

    def container(self):
        pid = json.loads(self.run("state", self.id).stdout or "{}").get("pid", 0)
        return [pid] if pid > 1 else []

    def await_hang(self, case, process):
        end = SECONDS() + 3
        while SECONDS() < end:
            if case.side == "runtime":
                if hangs(process.pid):
                    return
            elif any(hangs(child) for child in children_of(process.pid) + children_of(os.getpid())
                     if child != process.pid):
                return
            if process.poll() is not None:
                raise Problem(f"the point was not reached: {process.status}: {process.stderr}")
            time.sleep(0.0005)
        raise Problem("the point was not reached in 3 s")

    def check_answer(self, case, process, status):
        if case.action == "stop" or case.hangs:
            return
        if case.action == "kill" and case.side == "runtime":
            if status != -signal.SIGKILL:
                raise Problem(f"the point was not reached: {status}: {process.stderr}")
            return
        if status == 0 and case.may_succeed:
            return
        if status == 0:
            raise Problem("the point was not reached, or its fault was passed over: status 0")
        lines = errors(process.stderr)
        if status not in (1, 137, 255) or (status != 137 and len(lines) != 1):
            raise Problem(f"status {status} and {len(lines)} lines: {process.stderr}")
        if lines and not lines[0].startswith("apus: "):
            raise Problem(f"no line of apus: {lines[0]}")

    def check_state(self, case, bundle):
        state = self.run("state", self.id, limit=1)
        if state.status == 0:
            status = json.loads(state.stdout)["status"]
            if status not in STATUSES:
                raise Problem(f"status {status}")
            if case.operation in ("create", "undo") and status == "running":
                raise Problem("running after a fault in create")
        elif "does not exist" not in state.stderr:
            raise Problem(f"state: {state.status}: {state.stderr}")
        if case.operation in ("create", "undo") and bundle.lines("ran"):
            raise Problem("the program ran after a fault in create")

    def check_remains(self, case, bundle):
        end = SECONDS() + 1
        while True:
            left = self.remains()
            if not left:
                break
            if SECONDS() > end:
                raise Problem(f"left: {left}")
            time.sleep(0.002)
        if case.bundle.startswith("network"):
            # It is where it was, or has ended with its namespace.
            subprocess.run(["ip", "link", "del", self.device], check=False, stderr=subprocess.DEVNULL)
        created, stopped = bundle.lines("createRuntime"), bundle.lines("poststop")
        if stopped > 1:
            raise Problem(f"the poststop hook ran {stopped} times")
        if created and not stopped and "hooks.poststop" not in case.fault:
            raise Problem("the createRuntime hook ran and the poststop hook did not")

    def remains(self):
        left = []
        if os.path.exists(f"{self.root}/{self.id}"):
            left.append(f"{self.root}/{self.id}: {os.listdir(f'{self.root}/{self.id}')}")
        for hierarchy in self.hierarchies:
            left += [f"{hierarchy}/{name}" for name in os.listdir(hierarchy) if self.id in name]
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
            left += [f"process {pid}: {read(f'/proc/{pid}/cmdline')!r}" for pid in children_of(os.getpid())]
        except ChildProcessError:
            pass
        if os.listdir(self.canary) != ["file"] or read(self.canary + "/file") != "keep":
            left.append("the canary was touched")
        if read("/proc/self/mountinfo") != self.mounts:
            left.append("mounts: " + read("/proc/self/mountinfo"))
        return left

    @staticmethod
    def expect(process):
        if process.status != 0:
            raise Problem(f"{process.words[0]}: {process.status}: {process.stderr}")

    def clear(self):
        """After a problem: whatever is left is ended from outside, so that the next case begins clean."""
        for pid in children_of(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        end = SECONDS() + 2
        while self.remains() and SECONDS() < end:
            shutil.rmtree(f"{self.root}/{self.id}", ignore_errors=True)
            for hierarchy in self.hierarchies:
                for name in os.listdir(hierarchy):
                    if self.id in name:
                        for pid in read(f"{hierarchy}/{name}/cgroup.procs").split():
                            os.kill(int(pid), signal.SIGKILL)
                        try:
                            os.rmdir(f"{hierarchy}/{name}")
                        except OSError:
                            pass
            time.sleep(0.01)


class Case:
    def __init__(self, operation, point, edge, action, bundle, victim=None, delay=0.0):
        self.operation = operation
        self.side = point.split(".")[0]
        self.point, self.edge, self.action, self.bundle, self.victim = point, edge, action, bundle, victim
        self.delay = delay
        self.fault = f"{point}:{edge}:{action}" if action != "stop" else ""
        if operation == "undo":
            self.fault += " runtime.persisted.told:before:err=ENOSPC"

    hangs = property(lambda self: self.action == "hang")

    @property
    def may_succeed(self):
        if self.point == "runtime.end.awaited" or self.operation == "undo":
            return False
        # The init is told to live on before this border; what comes after it is no part of create.
        if self.operation == "create":
            return (self.point, self.edge) in (("init.ready", "after"), ("init.start.awaited", "before"))
        # After its last word the init's death is no other than the program's.
        late = [("init.program.announced", "after"), ("init.seccomp", "before"), ("init.seccomp", "after"),
                ("init.execve", "before")]
        return self.action == "kill" and self.operation == "start" and (self.point, self.edge) in late

    def __str__(self):
        victim = f" and then {self.victim}" if self.victim else ""
        return f"{self.bundle}: {self.operation} {self.fault or f'SIGSTOP after {self.delay * 1000:.1f} ms'}{victim}"


def configuration(name, rootfs, device):
    """The configuration of a bundle by its name, and the options for create."""
    busybox = rootfs + "/bin/busybox"

    def hook(point):
        return [{"path": busybox, "args": ["sh", "-c", f"echo x >> @OUT@/{point}"]}]

    config = json.loads(read(rootfs + "/../config.json"))
    config["root"]["path"] = rootfs
    script = "exec >/dev/null 2>&1; echo x > /out/ran; " + ("exit 0" if name.endswith("-run") else "exec sleep 1000")
    config["process"].update(
        terminal=False, args=["/bin/busybox", "sh", "-c", script], oomScoreAdj=100,
        # Less niceness than the caller's would need privileges that a user namespace does not give.
        scheduler={"policy": "SCHED_OTHER", "nice": os.nice(0)}, ioPriority={"class": "IOPRIO_CLASS_BE", "priority": 4})
    config["mounts"].append(
        {"destination": "/out", "type": "bind", "source": "@OUT@", "options": ["rbind", "rw"]})
    config["mounts"].append({"destination": "/link/new", "type": "tmpfs", "source": "tmpfs"})
    config["domainname"] = "faults"
    config["linux"].update(
        sysctl={"net.ipv4.ip_forward": "1"}, personality={"domain": "LINUX"}, rootfsPropagation="private")
    config["hooks"] = {
        "prestart": hook("prestart"), "createRuntime": hook("createRuntime"),
        "createContainer": [{"path": "/bin/true"}],
        "startContainer": [{"path": "/bin/busybox", "args": ["busybox", "true"]}],
        "poststart": hook("poststart"), "poststop": hook("poststop")}
    options = []
    base = name.removesuffix("-run")
    if base == "users":
        mapping = [{"containerID": 0, "hostID": 100000, "size": 65536}]
        config["linux"].update(uidMappings=mapping, gidMappings=mapping)
        config["linux"]["timeOffsets"] = {"boottime": {"secs": 100}}
        config["linux"]["namespaces"] += [{"type": "user"}, {"type": "time"}]
    if base == "joined":
        join(config, "pid", f"/proc/{HOLDERS['pid']}/ns/pid_for_children")
        join(config, "network", f"/proc/{HOLDERS['pid']}/ns/net")
    if base == "entered":
        join(config, "user", f"/proc/{HOLDERS['user']}/ns/user")
        join(config, "network", f"/proc/{HOLDERS['user']}/ns/net")
    if base == "network":
        config["linux"]["netDevices"] = {device: {"name": "eth0"}}
    if base == "moved":
        options = ["--no-pivot"]
    if base == "chroot":
        config["linux"]["namespaces"] = [n for n in config["linux"]["namespaces"] if n["type"] != "mount"]
        config["mounts"] = []
        config["root"]["readonly"] = False
        config["process"]["args"] = ["/bin/busybox", "sleep", "1000"]
        for property in ("maskedPaths", "readonlyPaths", "rootfsPropagation", "sysctl"):
            config["linux"].pop(property, None)
    return config, options


BUNDLES = ["plain", "users", "moved", "chroot", "joined", "entered", "network"]
HOLDERS = {}


def join(config, kind, path):
    namespaces = [n for n in config["linux"]["namespaces"] if n["type"] != kind]
    config["linux"]["namespaces"] = namespaces + [{"type": kind, "path": path}]


def hold(flags):
    """A process in namespaces of its own, which a container can join; for a pid namespace with an init in it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        LIBC.prctl(1, signal.SIGKILL, 0, 0, 0)
        if LIBC.unshare(flags):
            os._exit(1)
        if flags & CLONE_NEWPID and os.fork() == 0:
            LIBC.prctl(1, signal.SIGKILL, 0, 0, 0)
            os.write(writing, b"x")
            signal.pause()
        if not flags & CLONE_NEWPID:
            os.write(writing, b"x")
        signal.pause()
        os._exit(1)
    os.read(reading, 1)
    os.close(reading)
    os.close(writing)
    if flags & CLONE_NEWUSER:
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{pid}/{name}", "w") as file:
                file.write("0 100000 65536")
    return pid


def cases(worker):
    """Every case: those of the plain bundle, and of the others what the bundles before do not have."""
    seen, quick, patient = set(), [], []
    works = criu_works()
    for name in BUNDLES:
        bundle = worker.bundle(name)
        words = [worker.apus, "debug", "steps", "--bundle", bundle.folder, "--pid-file", "x"] + bundle.options
        steps = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in steps.splitlines():
            operation, point = line.split(" ", 1)
            if (operation, point) in seen or (operation in BY_CRIU and not works):
                continue
            seen.add((operation, point))
            quick += quick_cases(operation, point, name, len(seen))
            if operation in ("create", "start", "delete", "run") and point != "init.execve":
                patient += patient_cases(operation, point, name)
    patient += [Case("create", "runtime.any", "before", "stop", "plain", "delete", n * 0.0007) for n in range(20)]
    return seen, quick, patient


def criu_works():
    """Whether the CRIU of this machine, if there is one, can do its work on this kernel."""
    try:
        check = subprocess.run(["criu", "check"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return check.returncode == 0


def quick_cases(operation, point, name, number):
    side = point.split(".")[0]
    if operation == "run":
        name += "-run"
    edges = ["before", "after"]
    if point == "init.start.awaited" and operation in ("create", "start"):
        edges = ["before"] if operation == "create" else ["after"]
    if point == "init.execve":
        edges = ["before"]
    found = []
    for edge in edges:
        error = "err=" + ERRORS[number % len(ERRORS)]
        if operation != "undo":
            found.append(Case(operation, point, edge, error, name))
        found.append(Case(operation, point, edge, "kill", name))
        # Its own sign of life is gone with the init when the runtime of start comes to wait for it.
        late = (point, edge) in (("init.ready", "after"), ("init.start.awaited", "before"))
        if operation in ("create", "run", "restore") and point != "runtime.end.awaited" and not (late and operation == "create"):
            found.append(Case(operation, point, edge, "hang", name, "runtime"))
        if side == "runtime" and operation in ("create", "start", "delete") + ON_RUNNING:
            found.append(Case(operation, point, edge, "hang", name, "init"))
    return found


def patient_cases(operation, point, name):
    """A caller that hangs for ever, and `delete --force` by another one, which waits for two seconds before it acts."""
    if operation == "run" or point in ("runtime.sealed", "runtime.folder.made", "init.start.awaited"):
        return []
    if operation == "delete":
        return []
    if operation == "start" and not point.startswith("runtime."):
        return []
    return [Case(operation, point, "after" if point == "runtime.lock.taken" else "before", "hang", name, "delete")]


def work(number, arguments, rootfs, list_of_cases, report):
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    worker = Worker(number, arguments, rootfs)
    for case in list_of_cases:
        try:
            worker.check(case)
        except (Problem, OSError, ValueError) as problem:
            os.write(report, f"{case}: {problem!r}\n".encode())
            worker.clear()
    os.write(report, b"")


def make_rootfs(arguments):
    rootfs = arguments.folder + "/bundle/rootfs"
    for folder in ("bin", "dev", "etc", "proc", "sys", "tmp", "out"):
        os.makedirs(f"{rootfs}/{folder}")
    shutil.copy(arguments.busybox, rootfs + "/bin/busybox")
    for applet in ("sh", "sleep"):
        os.symlink("busybox", f"{rootfs}/bin/{applet}")
    # What is mounted below this link belongs below the same path in the container, and not on the host.
    os.chmod(arguments.folder, 0o755)
    canary = os.path.abspath(arguments.folder) + "/canary"
    os.makedirs(canary)
    with open(canary + "/file", "w") as file:
        file.write("keep")
    os.makedirs(f"{rootfs}{canary}/new")
    os.symlink(canary, rootfs + "/link")
    subprocess.run([arguments.apus, "spec", "--bundle", arguments.folder + "/bundle"], check=True)
    return rootfs


def programs():
    """How many BPF programs there are."""
    BPF_PROG_GET_NEXT_ID, found, attributes = 11, 0, (ctypes.c_uint32 * 32)()
    while LIBC.syscall(321 if os.uname().machine == "x86_64" else 280, BPF_PROG_GET_NEXT_ID, attributes, 128) == 0:
        found += 1
        attributes[0] = attributes[1]
    return found


def traces(arguments):
    """What a container could leave in the kernel, which lets some of it go a little later only."""
    mark = f"_ses.fault-{os.path.basename(arguments.folder)}-"
    return {
        "keyrings": sum(mark in line for line in read("/proc/keys").splitlines()),
        "BPF programs": programs(),
        "network devices": len(os.listdir("/sys/class/net")),
        "pseudoterminals": len(os.listdir("/dev/pts")),
    }


def what_stays(before, arguments):
    end = SECONDS() + 20
    while True:
        after = traces(arguments)
        more = [f"{after[name] - before[name]} {name} more than before\n" for name in after if after[name] > before[name]]
        if not more or SECONDS() > end:
            return more
        time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("apus")
    parser.add_argument("busybox")
    parser.add_argument("folder")
    parser.add_argument("--only", default="")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--patient", type=int, default=12)
    arguments = parser.parse_args()
    begin = SECONDS()
    before = traces(arguments)
    rootfs = make_rootfs(arguments)
    HOLDERS.update(pid=hold(CLONE_NEWPID | CLONE_NEWNET), user=hold(CLONE_NEWUSER | CLONE_NEWNET))
    seen, quick, patient = cases(Worker(99, arguments, rootfs))
    quick = [case for case in quick if arguments.only in str(case)]
    patient = [case for case in patient if arguments.only in str(case)]
    reading, writing = os.pipe()
    children = []
    shares = [quick[n::arguments.workers] for n in range(arguments.workers)]
    shares += [patient[n::arguments.patient] for n in range(arguments.patient)]
    for number, share in enumerate(shares):
        child = os.fork()
        if child == 0:
            os.close(reading)
            work(number, arguments, rootfs, share, writing)
            os._exit(0)
        children.append(child)
    os.close(writing)
    with os.fdopen(reading) as file:
        problems = file.readlines()
    ended = [os.waitpid(child, 0)[1] for child in children]
    for holder in HOLDERS.values():
        os.kill(holder, signal.SIGKILL)
    problems += what_stays(before, arguments)
    for problem in problems:
        print("problem: " + problem, end="")
    sides = [point.split(".")[0] for point in {point for _, point in seen}]
    print(
        f"{len(sides)} steps ({sides.count('runtime')} of the runtime, {sides.count('init')} of the init,"
        f" {sides.count('intermediate')} between them{'' if criu_works() else ', without CRIU'}), {len(quick) + len(patient)} faults, {len(problems)} problems,"
        f" {SECONDS() - begin:.0f} s")
    sys.exit(1 if problems or any(ended) else 0)


if __name__ == "__main__":
    main()
