#!/usr/bin/env bash
# Lets spin go through every order of events of Tests/Model/lifecycle.pml, for each set of callers. Prints the states of
# each; the exit status is 1 when an assertion fails or a caller is stuck.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
model=$PWD/Tests/Model/lifecycle.pml
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for set in 1 2 3 4; do
  spin -a "-DSET=$set" "-DKILLS=${KILLS:-2}" "$model"
  gcc -O2 -w -DSAFETY -DCOLLAPSE -o pan pan.c
  ./pan -m100000 >log
  # A search that was cut short shows nothing.
  if grep -q 'Search not completed' log || ! grep -q 'errors: 0' log; then
    cat log
    [[ -e lifecycle.pml.trail ]] && spin -t -p -k lifecycle.pml.trail "-DSET=$set" "-DKILLS=${KILLS:-2}" "$model" | tail -60
    exit 1
  fi
  echo "set $set: $(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1 states/p' log), $(sed -n 's/.*depth reached \([0-9]*\),.*/depth \1/p' log), no error"
done
