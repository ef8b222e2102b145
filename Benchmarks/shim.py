#!/usr/bin/env python3
"""Measures containerd-shim-apus-v2 beside containerd-shim-runc-v2 under one containerd of its own, through ctr.

Needs root and Python's standard library only; `make bench-shim` installs the rest. APUS_CONTAINERD names the folder of
another containerd, its ctr and its containerd-shim-runc-v2. SHIM_RUNS (default 40) is the number of measured runs per
figure, SHIM_COUNT (default 100) that of the containers that are alive together.

The shims take turns, run by run. All happens in one private mount namespace with a tmpfs on /run, with a busybox image
that is made here; nothing is pulled.
"""

import argparse
import hashlib
import io
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tarfile
import time
from datetime import datetime, timezone

SHIMS = ("apus", "runc")
IMAGE = "docker.io/library/bench:latest"
NAMESPACE = f"bench-shim-{os.getpid()}"
FOLDER = "/run/bench-shim"
SOCKET = f"{FOLDER}/containerd.sock"
CONTAINERD = os.environ.get("APUS_CONTAINERD", "/usr/bin")
BYTES = 1 << 30
BEGIN, END = "<!-- bench-shim:begin -->", "<!-- bench-shim:end -->"


def ctr(*words, check=True, **more):
    return subprocess.run([f"{CONTAINERD}/ctr", "-a", SOCKET, "-n", NAMESPACE, *words], check=check,
                          stdin=subprocess.DEVNULL, **{"stdout": subprocess.DEVNULL, **more})


def isolate():
    """Starts this program again in a mount namespace of its own with a tmpfs on /run."""
    if os.environ.get("APUS_BENCH_ISOLATED") != "1":
        os.environ["APUS_BENCH_ISOLATED"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    os.mkdir(FOLDER)


def make_image(path):
    """An archive as `docker save` writes it, of one layer with busybox."""
    def add(archive, name, content, mode=0o644):
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), mode
        archive.addfile(entry, io.BytesIO(content))

    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        with open("/bin/busybox", "rb") as file:
            add(archive, "bin/busybox", file.read(), 0o755)
        for name in ("true", "sleep", "dd"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    config = {"architecture": architecture, "os": "linux", "config": {"Cmd": ["/bin/true"]},
              "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer.getvalue()).hexdigest()]}}
    manifest = [{"Config": "config.json", "RepoTags": [IMAGE], "Layers": ["layer.tar"]}]
    with tarfile.open(path, "w") as archive:
        add(archive, "layer.tar", layer.getvalue())
        add(archive, "config.json", json.dumps(config).encode())
        add(archive, "manifest.json", json.dumps(manifest).encode())


class Daemon:
    """A containerd that finds both shims on its PATH."""

    def __init__(self, shim):
        runc = os.environ.get("RUNC") or shutil.which("runc")
        os.mkdir(f"{FOLDER}/bin")
        for name, target in ((os.path.basename(shim), shim), ("runc", runc),
                             ("containerd-shim-runc-v2", f"{CONTAINERD}/containerd-shim-runc-v2")):
            os.symlink(target, f"{FOLDER}/bin/{name}")
        with open(f"{FOLDER}/config.toml", "w") as file:
            file.write(f'version = 2\nroot = "{FOLDER}/root"\nstate = "{FOLDER}/state"\n'
                       'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
                       f'[grpc]\n  address = "{SOCKET}"\n')
        environment = {**os.environ, "PATH": f"{FOLDER}/bin:{os.environ['PATH']}"}
        with open(f"{FOLDER}/log", "w") as log:
            self.process = subprocess.Popen([f"{CONTAINERD}/containerd", "-c", f"{FOLDER}/config.toml"], stdout=log,
                                            stderr=log, env=environment)
        for _ in range(200):
            if ctr("version", check=False, stderr=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.05)
        sys.exit("containerd does not serve")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def run(shim, name, *command, options=(), **more):
    ctr("run", *options, "--runtime", f"io.containerd.{shim}.v2", IMAGE, name, *command, **more)


def end(*names):
    for name in names:
        ctr("tasks", "kill", "-s", "KILL", name)
    for name in names:
        for _ in range(100):
            if ctr("tasks", "delete", name, check=False, stderr=subprocess.DEVNULL).returncode in (0, 137):
                break
            time.sleep(0.02)
        ctr("containers", "delete", name)


def milliseconds(body):
    start = time.perf_counter()
    body()
    return (time.perf_counter() - start) * 1000


def in_turn(runs, body):
    """The median for each shim, in milliseconds."""
    taken = {shim: [] for shim in SHIMS}
    for turn in range(runs + 1):
        for shim in SHIMS if turn % 2 else SHIMS[::-1]:
            took = milliseconds(lambda: body(shim, turn))
            # The first turn is for the caches.
            if turn:
                taken[shim].append(took)
    return {shim: statistics.median(values) for shim, values in taken.items()}


def measure_runs(runs):
    return in_turn(runs, lambda shim, turn: run(shim, f"{shim}{turn}", "/bin/true", options=["--rm"]))


def measure_execs(runs):
    for shim in SHIMS:
        run(shim, shim, "/bin/sleep", "1000", options=["-d", "--null-io"])
    result = in_turn(runs, lambda shim, turn: ctr("tasks", "exec", "--exec-id", f"e{turn}", shim, "/bin/true"))
    end(*SHIMS)
    return result


def shims(shim):
    """The processes of a kind of shim in this containerd's namespace."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(f"containerd-shim-{shim}-v2".encode()) and NAMESPACE.encode() in words:
            found.append(pid)
    return found


def measure_memory(count):
    """KiB per shim (resident, private dirty) and of all together (proportional set size), a second after the last."""
    result = {}
    for shim in SHIMS:
        names = [f"{shim}-{number}" for number in range(count)]
        for name in names:
            run(shim, name, "/bin/sleep", "1000", options=["-d", "--null-io"])
        time.sleep(2)
        sums = {"Rss": 0, "Private_Dirty": 0, "Pss": 0}
        pids = shims(shim)
        if len(pids) != count:
            sys.exit(f"{len(pids)} shims for {count} containers")
        for pid in pids:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                for line in file:
                    if (key := line.split(":")[0]) in sums:
                        sums[key] += int(line.split()[1])
        result[shim] = (sums["Rss"] / count, sums["Private_Dirty"] / count, sums["Pss"])
        end(*names)
    return result


def measure_stream(runs):
    block = 1 << 16
    return in_turn(runs, lambda shim, turn: run(
        shim, f"{shim}-stream{turn}", "/bin/dd", "if=/dev/zero", f"bs={block}", f"count={BYTES // block}",
        options=["--rm"], stderr=subprocess.DEVNULL))


def table(runs, count, streams):
    memory, started, executed, streamed = (
        measure_memory(count), measure_runs(runs), measure_execs(runs), measure_stream(streams))
    rows = [(what, *(f"{memory[shim][place]:.0f}" for shim in SHIMS), memory["apus"][place] / memory["runc"][place],
             "at most 0.25")
            for place, what in enumerate((
                f"resident memory of an idle shim, mean of {count} alive, KiB",
                f"private dirty memory of an idle shim, mean of {count}, KiB",
                f"{count} containers alive: memory of all shims together (proportional set size), KiB"))]
    for command, took in (("run --rm", started), ("task exec", executed)):
        what = f"`ctr {command}` of `/bin/true`, ms"
        rows.append((what, *(f"{took[shim]:.1f}" for shim in SHIMS), took["apus"] / took["runc"], "at most 0.5"))
    rows.append(("1 GiB through standard output, GiB/s", *(f"{1000 / streamed[shim]:.2f}" for shim in SHIMS),
                 streamed["runc"] / streamed["apus"], "at least 1"))
    lines = ["| | apus | runc | apus ÷ runc | target |", "| --- | --- | --- | --- | --- |"]
    return "\n".join(lines + [f"| {what} | {own} | {other} | {ratio:.2f} | {target} |"
                              for what, own, other, ratio, target in rows])


def versions():
    first = lambda *words: subprocess.run(words, capture_output=True, text=True).stdout.splitlines()[0].split()
    runc = first(os.environ.get("RUNC") or "runc", "--version")[-1]
    containerd = first(f"{CONTAINERD}/containerd", "--version")[2].lstrip("v")
    linux, today = platform.release().split("-")[0], datetime.now(timezone.utc)
    return (f"containerd {containerd} and its shim with runc {runc}, {today:%Y-%m-%d}, Linux {linux}, "
            f"{os.cpu_count()} CPUs")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shim", help="containerd-shim-apus-v2")
    parser.add_argument("--write", metavar="FILE", help="put the table between its marks in this file")
    arguments = parser.parse_args()
    isolate()
    runs, count = int(os.environ.get("SHIM_RUNS", 40)), int(os.environ.get("SHIM_COUNT", 100))
    make_image(f"{FOLDER}/image.tar")
    with Daemon(os.path.realpath(arguments.shim)):
        ctr("images", "import", f"{FOLDER}/image.tar")
        idle = statistics.median(milliseconds(lambda: ctr("version")) for _ in range(10))
        figures = table(runs, count, max(1, runs // 10))
        text = (f"{figures}\n\n{versions()}.\nTimes are medians of {runs} runs in turn and hold `ctr` itself, of which "
                f"`ctr version` takes {idle:.1f} ms.")
    print(text)
    if arguments.write:
        with open(arguments.write) as file:
            before, rest = file.read().split(BEGIN)
        with open(arguments.write, "w") as file:
            file.write(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
