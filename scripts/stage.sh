#!/bin/sh
# Usage: scripts/stage.sh MODE COMMAND…
# In a private mount namespace: makes the host that a mode of scripts/test-guest.sh wants, and runs a command there.
set -eu
mode=$1
shift
. "$(dirname "$0")/private-run.sh"
case $mode in
  v1)
    # A machine without the cgroup v2 tree.
    for place in $(awk '/ - cgroup2 / { print $5 }' /proc/self/mountinfo); do umount --lazy "$place"; done
    ;;
  systemd)
    # The tests call the runtime with --systemd-cgroup.
    export APUS_SYSTEMD_CGROUP=1
    ;;
  rootless | hostuser)
    # The tests stay root, which looks on; the runtime is called by an ordinary user with a cgroup of its own.
    export APUS_ROOTLESS=tester
    if ! id tester >/dev/null 2>&1; then
      # One that is there in this mount namespace only.
      for line in passwd:tester:x:54320:54320::/home/tester:/bin/sh group:tester:x:54320: \
        subuid:tester:3000000:65536 subgid:tester:3000000:65536; do
        file=${line%%:*}
        { cat "/etc/$file" 2>/dev/null || :; echo "${line#*:}"; } >"/run/$file"
        mount --bind "/run/$file" "/etc/$file"
      done
    fi
    tree=/sys/fs/cgroup
    if [ -e $tree/cgroup.controllers ]; then
      mkdir -p $tree/tester/session
      echo $$ >$tree/tester/session/cgroup.procs
      for controller in $(cat $tree/cgroup.controllers); do
        echo "+$controller" >$tree/cgroup.subtree_control || :
      done 2>/dev/null
      for folder in $tree/tester $tree/tester/session; do
        chown tester: $folder $folder/cgroup.procs $folder/cgroup.threads $folder/cgroup.subtree_control
      done
    fi
    ;;
esac
exec "$@"
