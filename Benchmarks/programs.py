"""What is measured: the OCI runtimes and the two floors, each as a set of operations that are timed by spawn.c."""

import os
import shutil
import subprocess

from bundles import WORK, bundle

SCRATCH = "/run/apus-bench"


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
        if status != 0 and words[0] in ("run", "burst"):
            with open(self.errors, errors="replace") as errors:
                lines = errors.read().strip().splitlines()
            raise Failed(f"{' '.join(words[1:])}: status {status}: {lines[-1] if lines else 'no message'}")
        return {"ms": time_ns / 1e6, "cpu": cpu_us / 1e3, "peak": peak_kib / 1024}


class Runtime:
    """One OCI runtime with a state folder of its own. An operation returns its samples, by name."""

    def __init__(self, name, path, spawner):
        self.name, self.path, self.spawner = name, path, spawner
        self.root = os.path.join(SCRATCH, name)
        self.pid_file = os.path.join(SCRATCH, f"{name}.pid")
        self.others = 0

    def version(self):
        lines = subprocess.run([self.path, "--version"], capture_output=True, text=True).stdout.splitlines()
        commit = [line.removeprefix("commit: ") for line in lines if line.startswith("commit: ")]
        return (lines[0] if lines else self.name) + (f" ({commit[0]})" if commit else "")

    def command(self, *words):
        return [self.path, "--root", self.root, *words]

    def call(self, *words):
        return self.spawner.ask("run", *self.command(*words))

    def reap(self):
        with open(self.pid_file) as file:
            self.spawner.ask("reap", file.read().strip())

    # In the foreground

    def run(self):
        return {"run": self.call("run", "--bundle", bundle("true"), f"run-{self.name}")}

    def docker(self):
        return {"docker": self.call("run", "--bundle", bundle("docker"), f"docker-{self.name}")}

    @property
    def filter_cache(self):
        """Where crun, and nobody else, keeps compiled profiles."""
        return os.path.join(self.root, ".cache/seccomp")

    def docker_cold(self):
        shutil.rmtree(self.filter_cache, ignore_errors=True)
        return {"docker_cold": self.docker()["docker"]}

    def burst(self):
        return {"burst": self.spawner.ask(
            "burst", "100", "2", *self.command("run", "--bundle", bundle("true"), f"burst-{self.name}-{{}}"))}

    def beside(self):
        return {"beside": self.run()["run"]}

    # A life in several commands

    def lifecycle(self):
        name = f"life-{self.name}"
        create = self.call("create", "--bundle", bundle("true"), "--pid-file", self.pid_file, name)
        start = self.call("start", name)
        self.reap()
        delete = self.call("delete", name)
        total = {key: create[key] + start[key] + delete[key] for key in ("ms", "cpu")}
        total["peak"] = max(create["peak"], start["peak"], delete["peak"])
        return {"create": create, "start": start, "delete": delete, "lifecycle": total}

    # On a container that stays

    def exec(self):
        return {"exec": self.call("exec", f"stay-{self.name}", "/bin/true")}

    def state(self):
        return {"state": self.call("state", f"stay-{self.name}")}

    def kill(self):
        return {"kill": self.call("kill", f"stay-{self.name}", "CONT")}

    def list(self):
        return {"list": self.call("list")}

    def start_staying(self, of="stay"):
        self.call("create", "--bundle", bundle(of), "--pid-file", self.pid_file, f"stay-{self.name}")
        self.call("start", f"stay-{self.name}")

    def stop_staying(self):
        self.call("kill", f"stay-{self.name}", "KILL")
        self.reap()
        self.call("delete", f"stay-{self.name}")

    # Many

    def start_others(self, count):
        self.others = count
        self.spawner.ask("burst", str(count), "2", *self.command(
            "run", "--detach", "--bundle", bundle("stay"), f"other-{self.name}-{{}}"))

    def stop_others(self):
        if not self.others:
            return
        try:
            self.spawner.ask("burst", str(self.others), "2", *self.command(
                "delete", "--force", f"other-{self.name}-{{}}"))
        except Failed as error:
            print(f"{self.name} could not remove its others: {error}", flush=True)
        self.others = 0

    # In little memory

    def starts_in(self):
        """Whether the container with little memory starts and ends well, 20 times in a row."""
        for _ in range(20):
            name = f"little-{self.name}"
            try:
                status = subprocess.run(
                    self.command("run", "--bundle", bundle("little"), name), stdin=subprocess.DEVNULL,
                    capture_output=True, timeout=10).returncode
            except subprocess.TimeoutExpired:
                status = None
            if status != 0:
                subprocess.run(self.command("delete", "--force", name), capture_output=True)
                return False
        return True

    def discard(self, operation=None):
        """Removes what a failed operation left, or everything."""
        left = {"run": ["run"], "beside": ["run"], "docker": ["docker"], "docker_cold": ["docker"],
                "lifecycle": ["life"], "start_staying": ["stay"]}
        for prefix in ["run", "docker", "life", "stay", "little"] if operation is None else left.get(operation, []):
            subprocess.run(self.command("delete", "--force", f"{prefix}-{self.name}"), capture_output=True)
        if operation in (None, "burst"):
            for number in range(100):
                if os.path.exists(os.path.join(self.root, f"burst-{self.name}-{number}")):
                    subprocess.run(self.command("delete", "--force", f"burst-{self.name}-{number}"), capture_output=True)
        if operation is None:
            self.stop_others()


class Floor:
    """The plain C program of floor.c: no state, one command."""

    name = "floor"

    def __init__(self, spawner):
        self.spawner = spawner

    def words(self):
        return [os.path.join(WORK, "floor"), os.path.join(bundle("true"), "rootfs"), "/bin/true"]

    def run(self):
        return {"run": self.spawner.ask("run", *self.words())}

    def beside(self):
        return {"beside": self.run()["run"]}

    def burst(self):
        return {"burst": self.spawner.ask("burst", "100", "2", *self.words())}

    def discard(self, operation=None):
        pass


class OwnFloor(Floor):
    """The same program with what apus has to do beside: a second start, a state file and a seccomp filter."""

    name = "own"

    def __init__(self, spawner):
        super().__init__(spawner)
        self.state = os.path.join(SCRATCH, "own")
        self.filter = os.path.join(SCRATCH, "filter")
        os.makedirs(self.state, exist_ok=True)

    def words(self, filter="-"):
        return [os.path.join(WORK, "own-floor"), self.state, filter, os.path.join(bundle("true"), "rootfs"), "/bin/true"]

    def take_filter(self, runtime):
        """The filter that this runtime makes of Docker's profile, read from a container of it by filter.c."""
        runtime.start_staying("docker-stay")
        try:
            with open(runtime.pid_file) as file:
                pid = file.read().strip()
            with open(self.filter, "wb") as out:
                said = subprocess.run([os.path.join(WORK, "filter"), pid], stdout=out, stderr=subprocess.PIPE, text=True)
            if said.returncode != 0:
                raise Failed(f"the filter cannot be read: {said.stderr.strip()}")
        finally:
            runtime.stop_staying()

    def docker(self):
        return {"docker": self.spawner.ask("run", *self.words(self.filter))}
