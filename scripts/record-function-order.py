#!/usr/bin/env python3
"""Records the order in which the program's functions are first called, for the linker to lay them side by side.

Usage: record-function-order.py APUS BUSYBOX FOLDER >function-order.txt

APUS is the static binary with its symbols. `state`, `start`, `list`, `kill` and `delete`, then `run`, `create` and `exec`
are called under ptrace, with a breakpoint at the entry of every function that has not been called yet; the processes that
they make are followed up to the program that they become, so the container's first process and that of an `exec` count
too. The short commands come first: what they call lies in few pages then, and the others call most of it as well. To be
run as root in a private mount namespace. On x86-64 only; the order serves everywhere, since a name that an architecture
does not have is passed over.
"""

import ctypes
import json
import os
import platform
import shutil
import signal
import subprocess
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long
TRACEME, PEEKUSER, POKEUSER, CONT, DETACH, SYSCALL, SETOPTIONS = 0, 3, 6, 7, 17, 24, 0x4200
OPTIONS = 0x01 | 0x02 | 0x04 | 0x08 | 0x10  # system calls told apart; fork, vfork, clone and exec told
RIP = 16 * 8
TRAP = 0xCC


def ptrace(request, pid, address=0, data=0):
    ctypes.set_errno(0)
    result = LIBC.ptrace(request, pid, address, data)
    if result == -1 and ctypes.get_errno():
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class Program:
    """The functions of the binary: the names at each address, and the first byte of each."""

    def __init__(self, path):
        self.path = path
        self.names, self.order, self.called = {}, [], set()
        segment = self.segment()
        for line in subprocess.run(["nm", "--defined-only", path], capture_output=True, text=True, check=True).stdout.splitlines():
            address, kind, name = line.split(" ", 2)
            address = int(address, 16)
            if kind in "tTwW" and segment[0] <= address < segment[0] + segment[2]:
                self.names.setdefault(address, []).append(name)
        self.begin, offset, size = segment
        with open(path, "rb") as file:
            file.seek(offset)
            self.text = bytearray(file.read(size))
        # Not a function to call: labels in assembly, and what is no entry.
        self.first = {address: self.text[address - self.begin] for address in self.names}
        status = os.stat(path)
        self.identity = (status.st_ino, status.st_size)
        self.sentinel = next(address for address, names in self.names.items() if "_start" in names)

    def segment(self):
        """The one segment of code: address, offset in the file, length."""
        listing = subprocess.run(["readelf", "-lW", self.path], capture_output=True, text=True, check=True).stdout
        for line in listing.splitlines():
            fields = line.split()
            if fields[:1] == ["LOAD"] and "E" in fields[6:8]:
                return int(fields[2], 16), int(fields[1], 16), int(fields[4], 16)
        sys.exit("the binary has no segment of code")

    def patched(self):
        """The code with a trap at each function that has not been called."""
        text = bytearray(self.text)
        for address in self.names:
            if address not in self.called or address == self.sentinel:
                text[address - self.begin] = TRAP
        return text

    def call(self, address):
        if address in self.called:
            return
        self.called.add(address)
        self.order += self.names[address]


class Recorder:
    def __init__(self, program):
        self.program = program
        self.deliver = 0

    def memory(self, pid):
        return os.open(f"/proc/{pid}/mem", os.O_RDWR | os.O_CLOEXEC)

    def arm(self, pid):
        """Traps for the program that a process has just begun, or has mapped anew: the seal maps all of it again."""
        file = self.memory(pid)
        os.pwrite(file, self.program.patched(), self.program.begin)
        os.close(file)

    def is_armed(self, pid):
        file = self.memory(pid)
        byte = os.pread(file, 1, self.program.sentinel)
        os.close(file)
        return byte and byte[0] == TRAP

    def runs_program(self, pid):
        try:
            status = os.stat(f"/proc/{pid}/exe")
        except OSError:
            return False
        return (status.st_ino, status.st_size) == self.program.identity

    def hit(self, pid):
        """The function whose trap it was, now noted, or None; the process goes on with its first byte."""
        address = ptrace(PEEKUSER, pid, RIP) - 1
        if address not in self.program.first:
            return None
        file = self.memory(pid)
        os.pwrite(file, bytes([self.program.first[address]]), address)
        os.close(file)
        ptrace(POKEUSER, pid, RIP, address)
        self.program.call(address)
        return address

    def record(self, command):
        """Runs a command to its end. What it leaves behind goes on without traps."""
        child = os.fork()
        if child == 0:
            null = os.open("/dev/null", os.O_RDWR)
            for number in range(2):
                os.dup2(null, number)
            ptrace(TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            os.execv(command[0], command)
        os.waitpid(child, 0)
        ptrace(SETOPTIONS, child, 0, OPTIONS)
        ptrace(CONT, child)
        begun, known, status = {child: False}, {child}, None
        while status is None:
            pid, raw = os.waitpid(-1, 0x40000000)
            if os.WIFEXITED(raw) or os.WIFSIGNALED(raw):
                known.discard(pid)
                if pid == child:
                    status = os.waitstatus_to_exitcode(raw)
                continue
            try:
                if self.stopped(pid, raw, begun, known):
                    # Until libc starts the program may map its code again, without the traps.
                    ptrace(CONT if begun.get(pid, True) else SYSCALL, pid, 0, self.deliver)
            except ProcessLookupError:
                pass
        self.let_go(known)
        if status != 0:
            sys.exit(f"{' '.join(command)}: status {status}")

    def stopped(self, pid, raw, begun, known):
        """Handles a stop; whether the process is still followed."""
        self.deliver = 0
        stop, event = os.WSTOPSIG(raw), raw >> 16
        first, _ = pid not in known, known.add(pid)
        if event == 4:  # exec
            if not self.runs_program(pid):
                ptrace(DETACH, pid)
                known.discard(pid)
                return False
            begun[pid] = False
            self.arm(pid)
        elif stop == signal.SIGTRAP | 0x80:
            if not self.is_armed(pid):
                self.arm(pid)
        elif stop == signal.SIGTRAP and event == 0:
            function = self.hit(pid)
            if function == self.program.sentinel:
                begun[pid] = True
            elif function is None:
                self.deliver = stop
        elif event == 0 and not (stop == signal.SIGSTOP and first):
            self.deliver = stop
        return True

    def let_go(self, pids):
        """What still runs is stopped, gets its code back, and is left alone."""
        for pid in pids:
            try:
                os.kill(pid, signal.SIGSTOP)
                while True:
                    _, raw = os.waitpid(pid, 0x40000000)
                    if not os.WIFSTOPPED(raw):
                        break
                    if os.WSTOPSIG(raw) == signal.SIGTRAP and raw >> 16 == 0:
                        self.hit(pid)
                    if os.WSTOPSIG(raw) == signal.SIGSTOP:
                        file = self.memory(pid)
                        os.pwrite(file, self.program.text, self.program.begin)
                        os.close(file)
                        ptrace(DETACH, pid)
                        os.kill(pid, signal.SIGCONT)
                        break
                    ptrace(CONT, pid)
            except (ProcessLookupError, ChildProcessError):
                pass


def make_bundle(apus, busybox, folder, name, args):
    bundle = os.path.join(folder, name)
    rootfs = os.path.join(bundle, "rootfs/bin")
    os.makedirs(rootfs)
    shutil.copy2(busybox, os.path.join(rootfs, "busybox"))
    for applet in ("true", "sleep"):
        os.symlink("busybox", os.path.join(rootfs, applet))
    subprocess.run([apus, "spec", "--bundle", bundle], check=True)
    with open(os.path.join(bundle, "config.json")) as file:
        config = json.load(file)
    config["process"]["terminal"] = False
    config["process"]["args"] = args
    # A filter as containers have one: its compiler belongs to the way of every start.
    config["linux"]["seccomp"] = {
        "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
        "syscalls": [{"names": ["reboot", "kexec_load", "swapon"], "action": "SCMP_ACT_ERRNO"},
                     {"names": ["personality"], "action": "SCMP_ACT_ERRNO",
                      "args": [{"index": 0, "value": 7, "op": "SCMP_CMP_EQ"}]}]}
    with open(os.path.join(bundle, "config.json"), "w") as file:
        json.dump(config, file)
    return bundle


def main():
    if len(sys.argv) != 4 or platform.machine() != "x86_64":
        sys.exit(__doc__)
    apus, busybox, folder = map(os.path.abspath, sys.argv[1:])
    once = make_bundle(apus, busybox, folder, "once", ["/bin/true"])
    stay = make_bundle(apus, busybox, folder, "stay", ["/bin/sleep", "1000"])
    root = os.path.join(folder, "root")
    program = Program(apus)
    recorder = Recorder(program)
    LIBC.prctl(36, 1, 0, 0, 0)  # what the commands leave behind is this process's to reap

    def call(*words):
        subprocess.run([apus, "--root", root, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)

    def record(*words):
        recorder.record([apus, "--root", root, *words])
        print(f"{words[0]}: {len(program.called)} functions", file=sys.stderr)

    def reap():
        try:
            while True:
                os.waitpid(-1, 0)
        except ChildProcessError:
            pass

    call("create", "--bundle", stay, "stay")
    record("state", "stay")
    record("start", "stay")
    record("list")
    record("kill", "stay", "KILL")
    reap()
    record("delete", "stay")
    record("run", "--bundle", once, "once")
    record("create", "--bundle", stay, "stay")
    call("start", "stay")
    record("exec", "stay", "/bin/true")
    call("kill", "stay", "KILL")
    reap()
    call("delete", "stay")
    print("\n".join(program.order))


if __name__ == "__main__":
    main()
