#!/usr/bin/env bash
# Usage: scripts/test-guest.sh [--short] [--built] [--filter REGEX] [--write] [MODE…]
# Runs the integration tests on hosts that this machine is not, and prints the counts of each mode:
#
#   v1        hierarchies of cgroup v1 alone: this machine's, without the cgroup v2 tree beside them
#   hostv2    a cgroup v2 tree alone on this machine's kernel; it has the controllers that v1 left to it, often none
#   hostsd    the same with a systemd, which makes the containers' cgroups: the suites about that (scripts/test-systemd.sh)
#   hostuser  the same as hostv2, where an ordinary user with a delegated cgroup calls the runtime
#   v2        a QEMU guest with a pure cgroup v2 tree and every controller
#   systemd   the same with systemd as its first process, which makes the containers' cgroups (--systemd-cgroup)
#   selinux   the v2 guest with SELinux in the place of AppArmor: the suites about labels
#   rootless  the v2 guest, where an ordinary user with a delegated cgroup calls the runtime
#
# The guest sees this machine's root file system (scripts/guest-root.sh), so the tests find there what they find here.
# Its kernel, disk and starter (build.sh, vmrun) are in $APUS_SHARED/vm, by default ../shared/vm, outside of the
# repository. Without them, or when the guest cannot be built, its modes are skipped, and that is said and counted.
#
# --short runs the suites that depend on cgroups and privileges only, for five minutes at most in all.
# --built builds no tests: they are there.
# --write puts the counts of the modes that ran, and those of the last `make test`, into docs/conformance.md.
# APUS_PATIENCE tells how many times longer than usual the tests shall wait in the guest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift=${SWIFT:-swift}
APUS_SHARED=$(realpath -m "${APUS_SHARED:-../shared}")
guest=$APUS_SHARED/vm
filter=
seconds=7200 # for a mode; for all of them together with --short
short=
built=
write=
while [[ ${1:-} == --* ]]; do
  case $1 in
    --short)
      filter='IntegrationTests\.(CgroupTests|UnifiedTests|LimitTests|UpdateTests|PauseTests|RootlessTests|Systemd(Failure)?Tests|SecurityLabelTests|SecurityModuleTests)/'
      seconds=290 short=yes
      ;;
    --built) built=yes ;;
    --filter) filter=$2 && shift ;;
    --write) write=yes ;;
    *) echo "test-guest.sh: no option $1" >&2 && exit 2 ;;
  esac
  shift
done
modes=("$@")
((${#modes[@]})) || modes=(v1 hostv2 hostsd hostuser v2 systemd selinux rootless)

((EUID == 0)) || { echo "test-guest makes cgroups and guests and needs root" >&2; exit 1; }
for variable in APUS_BINARY APUS_FAULT_BINARY; do
  [[ -x ${!variable:-} ]] || { echo "$variable must name an executable" >&2; exit 1; }
done

work=$PWD/.build/guest
mkdir -p "$work/host"
[[ -n $built ]] || "$swift" build --build-tests
bundle=$(realpath .build/debug/apusPackageTests.xctest)

# Why there is no guest; nothing when there is one.
no_guest() {
  if [[ ! -x $guest/vmrun ]]; then
    echo "there is no $guest/vmrun (APUS_SHARED names the folder above)"
  elif ! timeout "$limit" "$guest/build.sh" >"$work/build.log" 2>&1; then
    echo "the guest cannot be built: $guest/build.sh failed, see $work/build.log"
  fi
}

# The tests, in a private mount namespace with a tmpfs on /run and under a subreaper, as scripts/test.sh runs them.
tests() { # MODE FILTER
  echo unshare --mount --propagation private -- "$PWD/scripts/stage.sh" "$1" \
    tini -s -- "$bundle" --testing-library swift-testing --filter "'$2'" \
    --event-stream-output-path "$work/$1.jsonl" --event-stream-version 0
}

export APUS_BINARY APUS_FAULT_BINARY APUS_SHARED
child=
trap '[[ -z $child ]] || kill "$child" 2>/dev/null || :' EXIT INT TERM
SECONDS=0
failed=0
missing=unknown
for mode in "${modes[@]}"; do
  suites=$filter
  [[ -n $suites || $mode != selinux ]] || suites='IntegrationTests\.Security(Module|Label)Tests/'
  run=$(tests "$mode" "${suites:-IntegrationTests}")
  limit=$((seconds - (${short:+SECONDS} + 0)))
  if ((limit < 10)); then echo "test-guest: $mode: skipped: the five minutes are over" && continue; fi
  case $mode in
    v1 | hostv2 | hostuser) ;;
    hostsd | v2 | systemd | selinux | rootless)
      if [[ $missing == unknown ]]; then missing=$(no_guest); fi
      if [[ -n $missing ]]; then echo "test-guest: $mode: skipped: $missing" && continue; fi
      ;;
    *) echo "test-guest: no mode $mode; one of v1, hostv2, hostsd, hostuser, v2, systemd, selinux, rootless" >&2 && exit 2 ;;
  esac
  case $mode in
    v1) host=(/bin/sh -c "exec $run") ;;
    hostv2 | hostuser) host=(scripts/unified-host.sh /bin/sh -c "exec $run") ;;
    hostsd)
      host=(env "HOSTSD_TIMEOUT=$limit" scripts/test-systemd.sh --built --events "$work/hostsd.jsonl")
      [[ -z $filter ]] || host+=(--filter "$filter")
      ;;
    *)
      options=(--memory 3G --timeout "$limit" --env PATH --env APUS_BINARY --env APUS_FAULT_BINARY
        --env APUS_SHARED --env "APUS_PATIENCE=${APUS_PATIENCE:-8}")
      [[ $mode != systemd ]] || options+=(--systemd)
      [[ $mode != selinux ]] || options+=(--append 'security=selinux selinux=1')
      host=(unshare --mount --propagation private -- /bin/sh -euc
        'mount --bind / "$1"; mount -o remount,bind,ro "$1"; shift; exec "$@"' sh "$work/host"
        "$guest/vmrun" "${options[@]}" --share "$work/host" --
        scripts/guest-root.sh "$work/host" "$PWD" /bin/sh -c "exec $run")
      ;;
  esac
  rm -f "$work/$mode.jsonl"
  status=0
  timeout "$limit" "${host[@]}" >"$work/$mode.log" 2>&1 &
  child=$!
  wait "$child" || status=$?
  child=
  echo "test-guest: $mode: exit status $status"
  if [[ ! -s $work/$mode.jsonl ]]; then
    tail -5 "$work/$mode.log"
    # A machine that is too busy to get an emulated one up says nothing about apus.
    [[ -n $short && $status == 124 ]] || failed=1
    continue
  fi
  counts=$(scripts/count-tests.sh "$work/$mode.jsonl")
  echo "$counts"
  if [[ -n $short && $status == 124 ]]; then
    # An emulated machine may be too slow for all of it: what it did must have passed.
    echo "test-guest: $mode: the five minutes are over; the rest did not run"
    ! grep -q '^failed: ' <<<"$counts" || failed=1
  elif ((status)); then
    failed=1
  fi
done
if [[ -n $write ]]; then
  hybrid=()
  [[ ! -s .build/test-events.jsonl ]] || hybrid=(hybrid=.build/test-events.jsonl)
  scripts/write-hosts.py docs/conformance.md "$work" "${hybrid[@]}"
fi
exit "$failed"
