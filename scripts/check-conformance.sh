#!/usr/bin/env bash
# Usage: scripts/check-conformance.sh EVENTS
# Holds docs/conformance.md against a whole run of the tests (the event stream of Swift Testing): every test that a row
# names must have passed, unless the row says why it is skipped here. Names what does not hold, and fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

jq -rn --rawfile document "${CONFORMANCE:-docs/conformance.md}" '
  # Module.Suite/test(labels:)/File.swift:1:2 as Suite.test
  def short: split("/") | (.[0] | split(".") | last) + "." + (.[1] | split("(")[0]);
  def short_set: map(short) | unique;
  [inputs]
  | map(select(.payload.kind == "function") | .payload.id) as $functions
  | ($functions | map({key: ., value: true}) | from_entries) as $known
  | map(select(.kind == "event") | .payload | select($known[.testID // ""])) as $events
  | ($events | map(select(.kind == "testStarted") | .testID)) as $started
  | ($events | map(select(.kind == "issueRecorded" and (.issue.isKnown | not) and .issue.severity != "warning")
      | .testID) | unique) as $failed
  | ($events | map(select(.kind == "testSkipped") | .testID) | short_set) as $skipped
  | (($started - $failed) | short_set) as $passed
  | ($failed | short_set) as $failed
  # The counts on other hosts come after the properties.
  | ($document | split("<!-- hosts:")[0] | split("\n") | map(select(startswith("| `")))) as $rows
  | [
      $rows[]
      | (capture("^\\| `(?<name>[^`]+)`").name) as $property
      | contains("(skipped here: ") as $may_skip
      | scan("`([A-Za-z0-9]+Tests\\.[A-Za-z0-9]+)`")[0] as $test
      | if $failed | index($test) then "\($property): \($test) failed"
        elif $passed | index($test) then empty
        elif ($skipped | index($test)) and $may_skip then empty
        elif $skipped | index($test) then "\($property): \($test) was skipped, and the row does not say why"
        else "\($property): there is no test \($test), or it did not run" end
    ] as $problems
  | ($problems | unique[] | "conformance: " + .),
    (if $rows == [] then "conformance: the table has no rows\n" | halt_error(1) else empty end),
    (if $problems != [] then "" | halt_error(1) else "conformance: \($rows | length) properties, each proven" end)
' "$1"
