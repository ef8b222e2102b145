#!/usr/bin/env bash
# Usage: scripts/count-tests.sh EVENTS
# Prints how many tests ran, passed, failed and were skipped, from the event stream of Swift Testing, and names those
# that failed or were skipped. A parametrised test counts once; its cases are counted apart.
set -euo pipefail

jq -rRn '
  def functions: map(select(.payload.kind == "function") | .payload) | map({key: .id, value: .}) | from_entries;
  # The last line of a run that was ended may be half a line.
  [inputs | fromjson? // empty]
  | functions as $functions
  | map(select(.kind == "event") | .payload)
  | map(select(.kind == "testEnded" and $functions[.testID]) | .testID) as $ended
  | map(select(.kind == "testCaseEnded")) as $cases
  | map(select(.kind == "testSkipped" and $functions[.testID])) as $skipped
  | (map(select(.kind == "issueRecorded" and (.issue.isKnown | not) and .issue.severity != "warning") | .testID)
     | unique) as $failed
  | (if any(.kind == "runEnded") then empty else "the test run ended before its end" end),
    ($failed[] // empty | "failed: \(. // "outside any test")"),
    ($skipped[] | "skipped: \(.testID): \([.messages[].text] | join(" "))"),
    "\($ended | length) tests ran (\($cases | length) cases): \(($ended - $failed) | length) passed, \($failed | length) failed; \($skipped | length) skipped"
' "$1"
