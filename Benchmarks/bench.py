#!/usr/bin/env python3
"""Measures apus beside crun, runc and a plain C floor on one bundle, interleaved, in one private mount namespace.

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
import re
import shutil
import statistics
import subprocess
import sys
import time
from datetime import datetime, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
WORK = os.path.join(ROOT, ".build-bench")
SCRATCH = "/run/apus-bench"
IDLE = 0.040
IN_A_ROW = 10
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


class Failed(Exception):
    pass


class Spawner:
    """The C program that starts and measures commands (spawn.c)."""

    def __init__(self):
        self.errors = os.path.join(SCRATCH, "stderr")
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [os.path.join(WORK, "spawn")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)

    def ask(self, *words):
        self.process.stdin.write("\t".join(words).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if len(answer) != 4:
            raise Failed("the spawner is gone")
        time_ns, cpu_us, peak_kib, status = map(int, answer)
        if status != 0 and words[0] == "run":
            with open(self.errors, errors="replace") as errors:
                lines = errors.read().strip().splitlines()
            raise Failed(f"{' '.join(words[1:])}: status {status}: {lines[-1] if lines else 'no message'}")
        return {"ms": time_ns / 1e6, "cpu": cpu_us / 1e3, "peak": peak_kib / 1024}


class Runtime:
    """One OCI runtime with a state folder of its own."""

    def __init__(self, name, path, spawner):
        self.name, self.path, self.spawner = name, path, spawner
        self.root = os.path.join(SCRATCH, name)
        self.pid_file = os.path.join(SCRATCH, f"{name}.pid")

    def version(self):
        lines = subprocess.run([self.path, "--version"], capture_output=True, text=True).stdout.splitlines()
        return lines[0] if lines else self.name

    def call(self, *words):
        return self.spawner.ask("run", self.path, "--root", self.root, *words)

    def reap(self):
        with open(self.pid_file) as file:
            self.spawner.ask("reap", file.read().strip())

    def run(self):
        return {"run": self.call("run", "--bundle", bundle("true"), f"run-{self.name}")}

    def docker(self):
        return {"docker": self.call("run", "--bundle", bundle("docker"), f"docker-{self.name}")}

    def lifecycle(self, before=lambda: None):
        name = f"life-{self.name}"
        before()
        create = self.call("create", "--bundle", bundle("true"), "--pid-file", self.pid_file, name)
        before()
        start = self.call("start", name)
        self.reap()
        before()
        delete = self.call("delete", name)
        total = {key: create[key] + start[key] + delete[key] for key in ("ms", "cpu")}
        total["peak"] = max(create["peak"], start["peak"], delete["peak"])
        return {"create": create, "start": start, "delete": delete, "lifecycle": total}

    def exec(self):
        return {"exec": self.call("exec", f"stay-{self.name}", "/bin/true")}

    def state(self):
        return {"state": self.call("state", f"stay-{self.name}")}

    def start_staying(self):
        self.call("create", "--bundle", bundle("stay"), "--pid-file", self.pid_file, f"stay-{self.name}")
        self.call("start", f"stay-{self.name}")

    def stop_staying(self):
        self.call("kill", f"stay-{self.name}", "KILL")
        with open(self.pid_file) as file:
            self.spawner.ask("reap", file.read().strip())
        self.call("delete", f"stay-{self.name}")

    def discard(self, operation=None):
        """Removes what a failed operation left, or everything."""
        left = {"run": ["run"], "docker": ["docker"], "lifecycle": ["life"], "start_staying": ["stay"]}
        for prefix in ["run", "docker", "life", "stay"] if operation is None else left.get(operation, []):
            subprocess.run([self.path, "--root", self.root, "delete", "--force", f"{prefix}-{self.name}"],
                           capture_output=True)


class Floor:
    """The plain C program of floor.c: no state, one command."""

    name = "floor"

    def __init__(self, spawner):
        self.spawner = spawner

    def run(self):
        return {"run": self.spawner.ask(
            "run", os.path.join(WORK, "floor"), os.path.join(bundle("true"), "rootfs"), "/bin/true")}

    def discard(self, operation=None):
        pass


def bundle(name):
    return os.path.join(WORK, name)


def make_bundles(runtime):
    """Two bundles with one root file system: /bin/true and a sleep. The config is that of `spec`, without a terminal
    and with a cgroup namespace, which runc's own leaves out on cgroup v1. The version is one that Debian's crun takes."""
    rootfs = os.path.join(bundle("true"), "rootfs")
    shutil.rmtree(rootfs, ignore_errors=True)
    for folder in ("bin", "dev", "proc", "sys", "tmp", "etc"):
        os.makedirs(os.path.join(rootfs, folder))
    shutil.copy2(shutil.which("busybox"), os.path.join(rootfs, "bin/busybox"))
    for applet in ("sh", "true", "sleep"):
        os.symlink("busybox", os.path.join(rootfs, "bin", applet))
    for name, args in (("true", ["/bin/true"]), ("stay", ["/bin/sleep", "100000"])):
        os.makedirs(bundle(name), exist_ok=True)
        path = os.path.join(bundle(name), "config.json")
        if os.path.exists(path):
            os.remove(path)
        subprocess.run([runtime, "spec"], cwd=bundle(name), check=True)
        with open(path) as file:
            config = json.load(file)
        config["ociVersion"] = "1.0.2"
        config["process"]["terminal"] = False
        config["process"]["args"] = args
        config["root"]["path"] = rootfs
        kinds = [namespace["type"] for namespace in config["linux"]["namespaces"]]
        if "cgroup" not in kinds:
            config["linux"]["namespaces"].append({"type": "cgroup"})
        with open(path, "w") as file:
            json.dump(config, file, indent=2)
    make_docker_bundle()


# What Docker's default profile leaves out of what it allows, for where no stored configuration of Docker's is at hand.
DENIED = """acct add_key bpf clock_adjtime clock_settime create_module delete_module finit_module fsconfig fsmount fsopen
fspick get_kernel_syms get_mempolicy init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp
kexec_file_load kexec_load keyctl lookup_dcookie mbind mount mount_setattr move_mount move_pages name_to_handle_at
nfsservctl open_by_handle_at open_tree perf_event_open pivot_root quotactl reboot request_key set_mempolicy setdomainname
sethostname setns settimeofday stime swapoff swapon sysfs _sysctl umount umount2 unshare uselib userfaultfd ustat vhangup
vm86 vm86old""".split()


def docker_profile():
    """Docker's default seccomp profile as Docker resolves it, or an equivalent: as many calls, as many conditions."""
    stored = os.path.join(ROOT, "..", "shared", "configs", "docker.json")
    if os.path.exists(stored):
        with open(stored) as file:
            return json.load(file)["linux"]["seccomp"]
    with open(os.path.join(ROOT, "Sources", "Seccomp", "Syscalls+names.swift")) as file:
        known = re.findall(r"^    ([a-z0-9_]+)$", file.read(), re.MULTILINE)
    allowed = sorted(set(known) - set(DENIED) - {"clone", "clone3", "personality"})
    architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]
    if platform.machine() != "x86_64":
        architectures = ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]
    rules = [{"names": allowed, "action": "SCMP_ACT_ALLOW"},
             {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
             {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [
                 {"index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]}]
    for value in (0, 8, 131072, 131080, 4294967295):
        rules.append({"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [
            {"index": 0, "value": value, "op": "SCMP_CMP_EQ"}]})
    return {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "architectures": architectures, "syscalls": rules}


def make_docker_bundle():
    """The bundle of /bin/true with Docker's profile, capabilities and mounts, those of the host's files left out."""
    with open(os.path.join(bundle("true"), "config.json")) as file:
        config = json.load(file)
    config["linux"]["seccomp"] = docker_profile()
    kept = ["CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
            "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"]
    config["process"]["capabilities"] = {
        kind: [f"CAP_{name}" for name in kept] for kind in ("bounding", "effective", "permitted")}
    config["process"]["noNewPrivileges"] = False
    if not any(mount["destination"] == "/sys/fs/cgroup" for mount in config["mounts"]):
        config["mounts"].append({"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
                                 "options": ["ro", "nosuid", "noexec", "nodev"]})
    os.makedirs(bundle("docker"), exist_ok=True)
    with open(os.path.join(bundle("docker"), "config.json"), "w") as file:
        json.dump(config, file, indent=2)


def compile_tools():
    for name in ("floor", "spawn"):
        subprocess.run(["gcc", "-O2", "-static", "-o", os.path.join(WORK, name), os.path.join(HERE, f"{name}.c")],
                       check=True)


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


class Samples:
    """Everything measured: values[program][operation][state] is a list of {ms, cpu, peak}."""

    def __init__(self):
        self.values = {}
        self.failures = []

    def fail(self, program, state, operation, error):
        """A program that fails once has no figure: the runs that worked would flatter it."""
        self.failures.append(f"{program.name} failed in {operation}, {state}: {error}")
        print(self.failures[-1], flush=True)
        program.discard(operation)
        names = ("create", "start", "delete", "lifecycle") if operation == "lifecycle" else (operation,)
        for name in names:
            self.values.get(program.name, {}).get(name, {}).pop(state, None)

    def add(self, program, state, measured):
        for operation, sample in measured.items():
            self.values.setdefault(program, {}).setdefault(operation, {}).setdefault(state, []).append(sample)

    def get(self, program, operation, state, field):
        samples = self.values.get(program, {}).get(operation, {}).get(state, [])
        return sorted(sample[field] for sample in samples)


def median(values):
    return statistics.median(values)


def percentile(values, share):
    return values[min(len(values) - 1, round(share * (len(values) - 1)))]


def turns(programs, count):
    """The programs in an order that rotates, `count` times."""
    for index in range(count):
        shift = index % len(programs)
        yield programs[shift:] + programs[:shift]


def measure_hot(samples, programs, operation, runs, state="hot"):
    failed = set()
    for order in turns(programs, max(1, runs // IN_A_ROW)):
        for program in order:
            if program in failed:
                continue
            action = getattr(program, operation)
            try:
                action()
                for _ in range(min(IN_A_ROW, runs)):
                    samples.add(program.name, state, action())
            except Failed as error:
                failed.add(program)
                samples.fail(program, state, operation, error)


def measure_settled(samples, programs, operation, runs):
    def idle():
        time.sleep(IDLE)

    failed = set()
    for order in turns(programs, runs):
        for program in order:
            if program in failed:
                continue
            try:
                if operation == "lifecycle":
                    samples.add(program.name, "settled", program.lifecycle(before=idle))
                else:
                    idle()
                    samples.add(program.name, "settled", getattr(program, operation)())
            except Failed as error:
                failed.add(program)
                samples.fail(program, "settled", operation, error)


def able(samples, programs, operation, state="first try"):
    """Those that can do it at all; the others are named with the reason."""
    passed = []
    for program in programs:
        try:
            getattr(program, operation)()
            passed.append(program)
        except Failed as error:
            samples.fail(program, state, operation, error)
    return passed


def measure(runs, spawner, runtimes):
    samples = Samples()
    floor = Floor(spawner)

    apus = [runtime for runtime in runtimes if runtime.name == "apus"]
    hybrid = []
    if os.path.isdir("/sys/fs/cgroup/unified"):
        hybrid = able(samples, apus, "run", "machine as it is")
    if hybrid:
        progress("run, machine as it is")
        measure_hot(samples, hybrid, "run", runs, state="as it is")

    if hide_unified():
        print("a tmpfs hides /sys/fs/cgroup/unified from here on")
    runtimes = able(samples, runtimes, "run")
    with_floor = [floor] + runtimes
    progress("run")
    measure_hot(samples, with_floor, "run", runs)
    progress("run, settled")
    measure_settled(samples, with_floor, "run", runs)

    profiled = able(samples, runtimes, "docker")
    if profiled:
        progress("run with Docker's profile")
        measure_hot(samples, profiled, "docker", (runs + 1) // 2)

    living = able(samples, runtimes, "lifecycle")
    if living:
        progress("create, start, delete")
        measure_hot(samples, living, "lifecycle", runs)
        progress("create, start, delete, settled")
        measure_settled(samples, living, "lifecycle", (runs + 1) // 2)

    staying = able(samples, runtimes, "start_staying")
    entering = able(samples, staying, "exec")
    if entering:
        progress("exec")
        measure_hot(samples, entering, "exec", runs)
        progress("exec, settled")
        measure_settled(samples, entering, "exec", runs)
    if staying:
        progress("state")
        measure_hot(samples, staying, "state", runs)
    able(samples, staying, "stop_staying")
    return samples


def progress(what):
    print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)


ROWS = [
    ("`run`, hot", "run", "hot", "ms"),
    ("`run`, settled", "run", "settled", "ms"),
    ("`run`, hot, hybrid cgroups left as they are", "run", "as it is", "ms"),
    ("`run`, user + system CPU, hot", "run", "hot", "cpu"),
    ("`run`, peak resident memory", "run", "hot", "peak"),
    ("`run` with Docker's default profile and mounts, hot", "docker", "hot", "ms"),
    ("`create` + `start` + `delete`, hot", "lifecycle", "hot", "ms"),
    ("`create` + `start` + `delete`, settled", "lifecycle", "settled", "ms"),
    ("`create`, hot", "create", "hot", "ms"),
    ("`create`, peak resident memory", "create", "hot", "peak"),
    ("`start`, hot", "start", "hot", "ms"),
    ("`delete`, hot", "delete", "hot", "ms"),
    ("`exec`, hot", "exec", "hot", "ms"),
    ("`exec`, settled", "exec", "settled", "ms"),
    ("`exec`, user + system CPU, hot", "exec", "hot", "cpu"),
    ("`state`, hot", "state", "hot", "ms"),
]
UNITS = {"ms": "ms", "cpu": "ms", "peak": "MiB"}


def summarize(samples):
    """One entry per row: the median and the 10th and 90th percentile of each program, and apus's ratios."""
    rows = []
    for title, operation, state, field in ROWS:
        programs = {}
        for name in ("floor", "apus", "crun", "runc"):
            values = samples.get(name, operation, state, field)
            if values:
                programs[name] = {"median": median(values), "p10": percentile(values, 0.1),
                                  "p90": percentile(values, 0.9), "runs": len(values)}
        if not programs:
            continue
        ratios = {}
        for other in ("crun", "runc", "floor"):
            if "apus" in programs and other in programs:
                ratios[other] = programs["apus"]["median"] / programs[other]["median"]
        rows.append({"title": title, "unit": UNITS[field], "programs": programs, "ratios": ratios})
    return rows


def table(rows):
    lines = ["| median (p10 to p90) | floor | apus | crun | runc | apus ÷ crun | apus ÷ runc | apus ÷ floor |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        cells = [f"{row['title']}, {row['unit']}"]
        for name in ("floor", "apus", "crun", "runc"):
            value = row["programs"].get(name)
            cells.append(f"{value['median']:.1f} ({value['p10']:.1f} to {value['p90']:.1f})" if value else "")
        for other in ("crun", "runc", "floor"):
            cells.append(f"{row['ratios'][other]:.2f}" if other in row["ratios"] else "")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"Linux {platform.release()}, {os.cpu_count()} × {model}"


def write_into(path, text):
    with open(path) as file:
        page = file.read()
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    with open(path + ".new", "w") as file:
        file.write(f"{page[:start]}\n{text}\n{page[end:]}")
    os.rename(path + ".new", path)


def main():
    parser = argparse.ArgumentParser(description="Measures apus beside crun, runc and a C floor.")
    parser.add_argument("--runs", type=int, default=int(os.environ.get("BENCH_RUNS") or 200))
    parser.add_argument("--write", metavar="PAGE", help="put the table between the markers of this Markdown file")
    parser.add_argument("--json", metavar="FILE", help="write all figures as JSON", default=os.environ.get("BENCH_JSON"))
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench.py starts containers with privilege and needs root")
    isolate()
    os.makedirs(WORK, exist_ok=True)
    compile_tools()

    spawner = Spawner()
    runtimes = []
    for name in ("apus", "crun", "runc"):
        path = os.environ.get(name.upper()) or shutil.which(name)
        if path and os.access(path, os.X_OK):
            runtimes.append(Runtime(name, os.path.abspath(path), spawner))
        else:
            print(f"{name} is left out: not found")
    if not runtimes:
        sys.exit("no runtime to measure")
    make_bundles(runtimes[0].path)
    for path in [runtime.path for runtime in runtimes] + [
            os.path.join(WORK, "floor"), os.path.join(bundle("true"), "rootfs/bin/busybox")]:
        read_afresh(path)

    load = os.getloadavg()[0]
    started = time.monotonic()
    try:
        samples = measure(arguments.runs, spawner, runtimes)
    finally:
        for runtime in runtimes:
            runtime.discard()
    rows = summarize(samples)
    took = time.monotonic() - started

    versions = "; ".join(f"{runtime.name}: {runtime.version()}" for runtime in runtimes)
    date = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    note = (f"{date}, {machine()}; {versions}. {arguments.runs} runs per figure (settled lifecycle and Docker's profile: half of them), "
            f"load average {load:.1f} before, {took:.0f} s.")
    failures = "".join(f"\n- {failure}" for failure in samples.failures)
    text = f"{note}\n\n{table(rows)}" + (f"\n\nLeft out:\n{failures}" if failures else "")
    print(text)
    if arguments.write:
        write_into(arguments.write, text)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"note": note, "rows": rows, "samples": samples.values}, file, indent=1)


if __name__ == "__main__":
    main()
