#!/usr/bin/env bash
# Runs every test and prints the counts. `make test` has built the binaries and installed the packages before.
#
# The tests run in a private mount namespace with a tmpfs on /run, so that no mount or state of theirs outlives them,
# and under tini as a subreaper, so that orphans are reaped at once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift=${SWIFT:-swift}

if ((EUID != 0)); then
  echo "make test drives real containers and needs root; make test-unit does not" >&2
  exit 1
fi
for variable in APUS_BINARY APUS_FAULT_BINARY; do
  [[ -x ${!variable:-} ]] || { echo "$variable must name an executable" >&2; exit 1; }
done

"$swift" build --build-tests

# Suites that are about another kind of host than this one; `make test-guest` and `make test-systemd` run them there.
elsewhere=()
[[ $(stat --file-system --format %T /sys/fs/cgroup) == cgroup2fs ]] || elsewhere+=(UnifiedTests)
[[ -S /run/systemd/private ]] || elsewhere+=(SystemdTests)
criu check >/dev/null 2>&1 || elsewhere+=(CheckpointTests)
grep -qs Y /sys/module/apparmor/parameters/enabled || grep -q selinuxfs /proc/filesystems || elsewhere+=(SecurityModuleTests)
skips=()
for suite in "${elsewhere[@]}"; do skips+=(--skip "IntegrationTests\.$suite/"); done

events=.build/test-events.jsonl
rm -f "$events"
status=0
unshare --mount --propagation private -- /bin/sh -euc '. scripts/private-run.sh; exec "$@"' sh \
  tini -s -- "$swift" test --skip-build "${skips[@]}" --event-stream-output-path "$events" --event-stream-version 0 \
  2>&1 | sed -u '/^◇ /d' || status=$? # each start of a test would drown the ends

scripts/count-tests.sh "$events"
echo "about other hosts, and not run on this one: ${elsewhere[*]:-none}"
scripts/check-conformance.sh "$events" || status=1

echo "on other kinds of hosts, for five minutes at most (all of it: make test-guest):"
scripts/test-guest.sh --short --built v1 hostv2 hostsd v2 || status=1
exit "$status"
