#!/usr/bin/env bash
# Usage: scripts/test-systemd.sh [--built] [--filter REGEX] [--events FILE]
# Runs the tests about systemd, and the suites about cgroups with --systemd-cgroup, on a systemd that is the first process
# of a container on this machine ($APUS_SHARED/vm/hostsd, by default ../shared/vm/hostsd, outside of the repository). It
# has a pure cgroup v2 tree without controllers, so tests of limits are skipped there; `make test-guest` runs them.
# Without it everything is skipped, and that is said.
#
# --built builds no tests: they are there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift=${SWIFT:-swift}
guest=$(realpath -m "${APUS_SHARED:-../shared}")/vm
work=$PWD/.build/systemd
events=$work/events.jsonl
# What does not ask for engines and other packages, which the container has not.
suites='Systemd.*|Cgroup(Tests|Attacks)|UnifiedTests|Limit.*|Update.*|Pause.*|EventsTests|LifecycleTests|KillAndDeleteTests'
suites+='|Exec.*|ProcessesTests|HookTests|HostFaultTests|StateCommandTests|ListTests|ConcurrencyTests|NamespaceTests'
suites+='|DefaultMountTests|RunCommandTests|LifecycleAttacks'
filter="IntegrationTests\\.($suites)/"
built=
while [[ ${1:-} == --* ]]; do
  case $1 in
    --built) built=yes ;;
    --filter) filter=$2 && shift ;;
    --events) events=$2 && shift ;;
    *) echo "test-systemd.sh: no option $1" >&2 && exit 2 ;;
  esac
  shift
done

skip() { # REASON
  echo "test-systemd: skipped: $1"
  exit 0
}

((EUID == 0)) || { echo "test-systemd makes a container with a systemd and needs root" >&2; exit 1; }
for variable in APUS_BINARY APUS_FAULT_BINARY; do
  [[ -x ${!variable:-} ]] || { echo "$variable must name an executable" >&2; exit 1; }
done
[[ -x $guest/hostsd ]] || skip "there is no $guest/hostsd (APUS_SHARED names the folder above)"
"$guest/build.sh" >&2 || skip "its root file system cannot be built: $guest/build.sh failed with status $?"

[[ -n $built ]] || "$swift" build --build-tests
mkdir -p "$work/lib"
# The current folder is all that is shared.
cp "$("$swift" -print-target-info | jq -r .paths.runtimeResourcePath)"/linux/*.so "$work/lib/"
cp "$(command -v tini)" /bin/busybox "$work/"
cp "$APUS_BINARY" "$work/apus"
cp "$APUS_FAULT_BINARY" "$work/apus-fault"
rm -f "$events"
status=0
HOSTSD_TIMEOUT=${HOSTSD_TIMEOUT:-300} "$guest/hostsd" -- env APUS_SYSTEMD_CGROUP=1 APUS_BINARY="$work/apus" \
  APUS_FAULT_BINARY="$work/apus-fault" APUS_BUSYBOX="$work/busybox" LD_LIBRARY_PATH="$work/lib" \
  "$work/tini" -s -- "$(realpath .build/debug/apusPackageTests.xctest)" --testing-library swift-testing \
  --filter "$filter" --event-stream-output-path "$events" --event-stream-version 0 || status=$?
if [[ -s $events ]]; then scripts/count-tests.sh "$events"; fi
exit "$status"
