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

events=.build/test-events.jsonl
rm -f "$events"
status=0
unshare --mount --propagation private -- /bin/sh -euc '. scripts/private-run.sh; exec "$@"' sh \
  tini -s -- "$swift" test --skip-build --event-stream-output-path "$events" --event-stream-version 0 \
  2>&1 | sed -u '/^◇ /d' || status=$? # each start of a test would drown the ends

scripts/count-tests.sh "$events"
scripts/check-conformance.sh "$events" || status=1
exit "$status"
