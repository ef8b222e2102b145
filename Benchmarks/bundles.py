"""The bundles: what `spec` writes with /bin/true or a sleep of busybox, and the same with Docker's profile."""

import json
import os
import platform
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
WORK = os.path.join(ROOT, ".build-bench")


def bundle(name):
    return os.path.join(WORK, name)


def make_bundles(runtime):
    """Bundles with one root file system: /bin/true and a sleep. The config is that of `spec`, without a terminal
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
        write_config(name, config)
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
    write_config("docker", config)
    config["process"]["args"] = ["/bin/sleep", "100000"]
    write_config("docker-stay", config)


def write_little_bundle(limit):
    """The bundle of /bin/true with a limit of memory, in bytes, and as much of memory and swap together."""
    with open(os.path.join(bundle("true"), "config.json")) as file:
        config = json.load(file)
    config["linux"].setdefault("resources", {})["memory"] = {"limit": limit, "swap": limit}
    write_config("little", config)


def write_config(name, config):
    os.makedirs(bundle(name), exist_ok=True)
    with open(os.path.join(bundle(name), "config.json"), "w") as file:
        json.dump(config, file, indent=2)
