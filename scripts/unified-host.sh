#!/bin/sh
# Usage: scripts/unified-host.sh COMMAND…
# Runs a command on a host whose only cgroup tree is that of cgroup v2, on a machine with hierarchies of v1 beside it:
# in private mount, cgroup and pid namespaces. The machine's own mounts stay as they are. The tree has the controllers
# that no hierarchy of v1 took, often none; making, joining, freezing, killing, devices and removal work all the same.
set -eu
tree=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
[ -n "$tree" ] || { echo "unified-host.sh: no cgroup v2 tree is mounted" >&2; exit 125; }
own=$tree/unified-host.$$
mkdir "$own" "$own/caller"
status=0
# The cgroup namespace begins at $own; nobody stays in it, or it could give no controllers to cgroups below.
OWN=$own sh -euc 'echo $$ >"$OWN/cgroup.procs"; exec unshare --cgroup -- "$@"' sh \
  sh -euc 'echo $$ >"$OWN/caller/cgroup.procs"; exec unshare --mount --propagation private -- "$@"' sh \
  sh -euc 'umount --recursive --lazy /sys/fs/cgroup # in this mount namespace only
    mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 /sys/fs/cgroup
    unset OWN
    exec unshare --pid --fork --kill-child --mount-proc -- "$@"' sh "$@" || status=$?
find "$own" -depth -type d -exec rmdir {} + 2>/dev/null || :
exit "$status"
