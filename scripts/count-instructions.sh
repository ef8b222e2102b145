#!/usr/bin/env bash
# Usage: scripts/count-instructions.sh APUS
# Prints how many instructions `explain` of a fixed configuration takes, as callgrind counts them.
#
# What differs from machine to machine is kept out: a private mount namespace shows one tree of cgroup v2 and this
# process in its root, the environment is empty, and libc's choices by processor are held to those of any x86-64.
set -euo pipefail
apus=$(realpath "$1")

if [[ ${2:-} != isolated ]]; then
  exec env -i PATH="$PATH" GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-ERMS,-FSRM \
    unshare --mount --propagation private -- "$BASH" "$0" "$apus" isolated
fi
mount -t tmpfs tmpfs /run
umount --recursive --lazy /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo 0::/ >/run/cgroup
mount --bind /run/cgroup "/proc/$$/cgroup"

mkdir -p /run/bundle/rootfs
"$apus" spec --bundle /run/bundle
# A profile as containers have one: a list of names, and calls with conditions on their arguments.
jq '.linux.seccomp = {
  defaultAction: "SCMP_ACT_ERRNO",
  architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  syscalls: [
    {names: ("accept4 access bind brk capget capset chdir chmod chown clock_gettime clone3 close connect dup3 epoll_ctl
        epoll_pwait execve exit exit_group faccessat fchdir fcntl flock fork fstat futex getcwd getdents64 getegid geteuid
        getpid getrandom ioctl kill link listen lseek madvise mkdir mmap mprotect munmap nanosleep newfstatat open openat
        pipe2 poll prctl pread64 prlimit64 read readlink recvmsg rename rt_sigaction rt_sigprocmask rt_sigreturn sendmsg
        setgid setgroups setsockopt setuid sigaltstack socket stat statx symlink tgkill umask uname unlink wait4 write"
        | split("[ \n]+"; null)), action: "SCMP_ACT_ALLOW"},
    {names: ["personality"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 8, op: "SCMP_CMP_EQ"}]},
    {names: ["clone"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 2114060288, op: "SCMP_CMP_MASKED_EQ"}]}
  ]}' /run/bundle/config.json >/run/config.json
mv /run/config.json /run/bundle/config.json

exec 3>&1
# In this process's place: the file over /proc/PID/cgroup is this process's.
exec valgrind --tool=callgrind --callgrind-out-file=/dev/null "$apus" explain --bundle /run/bundle \
  2> >(sed -n 's/.*Collected : //p' >&3) >/run/explained
