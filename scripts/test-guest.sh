#!/usr/bin/env bash
# Usage: scripts/test-guest.sh [--short] [MODE…]
# Runs the integration tests on hosts that this machine is not, and prints the counts of each mode:
#
#   v2        a QEMU guest with a pure cgroup v2 tree and every controller
#   systemd   the same with systemd as its first process
#   hostv2    this machine's kernel with a cgroup v2 tree alone, which has no controllers
#
# The guest's scripts (build.sh, vmrun, hostv2) are in $APUS_SHARED/vm, by default ../shared/vm, outside of the
# repository. Without them, or when the guest cannot be built, the modes are skipped, and that is said and counted.
# --short runs the suites that depend on cgroups and privileges only: at most five minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift=${SWIFT:-swift}
guest=$(realpath -m "${APUS_SHARED:-../shared}")/vm
filter=IntegrationTests
seconds=3600
if [[ ${1:-} == --short ]]; then
  shift
  filter='IntegrationTests\.(CgroupTests|LimitTests|UpdateTests|PauseTests|RootlessTests)/'
  seconds=240
fi
modes=("$@")
((${#modes[@]})) || modes=(v2 systemd hostv2)

skip() { # REASON
  echo "test-guest: ${#modes[@]} modes skipped: $1"
  exit 0
}

((EUID == 0)) || { echo "test-guest makes cgroups and guests and needs root" >&2; exit 1; }
[[ -x ${APUS_BINARY:-} ]] || { echo "APUS_BINARY must name an executable" >&2; exit 1; }
[[ -x $guest/vmrun ]] || skip "there is no $guest/vmrun (APUS_SHARED names the folder above)"
"$guest/build.sh" >&2 || skip "the guest cannot be built: $guest/build.sh failed with status $?"

"$swift" build --build-tests
toolchain=$("$swift" -print-target-info | jq -r .paths.runtimeResourcePath)
work=$PWD/.build/guest
mkdir -p "$work"
# What the guest lacks, or reaches by the shared current folder alone.
cp "$(command -v tini)" "$work/tini"
cp /bin/busybox "$work/busybox"
cp "$APUS_BINARY" "$work/apus"
bundle=$(realpath .build/debug/apusPackageTests.xctest)
cat >"$work/inside.sh" <<INSIDE
export APUS_BINARY=$work/apus APUS_BUSYBOX=$work/busybox LD_LIBRARY_PATH=$toolchain/linux
exec unshare --mount --propagation private -- /bin/sh -euc 'mount -t tmpfs tmpfs /run; exec "\$@"' sh \\
  $work/tini -s -- $bundle --testing-library swift-testing --filter '$filter' \\
  --event-stream-output-path "\$1" --event-stream-version 0
INSIDE

failed=0
for mode in "${modes[@]}"; do
  case $mode in
    v2) host=("$guest/vmrun" --memory 2G --timeout "$seconds" --share "$toolchain" --) ;;
    systemd) host=("$guest/vmrun" --systemd --memory 2G --timeout "$seconds" --share "$toolchain" --) ;;
    hostv2) host=(timeout "$seconds" "$guest/hostv2") ;;
    *) echo "test-guest: no mode $mode; one of v2, systemd, hostv2" >&2; exit 2 ;;
  esac
  events=$work/$mode.jsonl
  rm -f "$events"
  status=0
  "${host[@]}" /bin/sh "$work/inside.sh" "$events" >"$work/$mode.log" 2>&1 || status=$?
  ((status == 0)) || failed=1
  echo "test-guest: $mode: exit status $status"
  if [[ -s $events ]]; then scripts/count-tests.sh "$events"; else tail -5 "$work/$mode.log"; fi
done
exit "$failed"
