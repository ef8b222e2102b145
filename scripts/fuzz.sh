#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS (default 60) each, or those that are named as arguments, one after another, and
# prints how often each was called. What was found lies in FUZZ_FOLDER (default .build-fuzz/found): put it into
# Fuzzing/Regressions/TARGET-… with the mend. `make fuzz` has built the program before.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
fuzz=.build-fuzz/release/fuzz
shared=${APUS_SHARED:-../shared}
found=${FUZZ_FOLDER:-.build-fuzz/found}
seconds=${FUZZ_SECONDS:-60}
targets=("$@")
(($#)) || targets=(json config process state seccomp devices resources id user command-line init-message mountinfo dbus shim criu)

# A file of its own for each seed: what real callers write, and one word for each thing that is no document.
seed() {
  local target=$1 folder=$2 file
  for file in Fuzzing/Regressions/"$target"-*; do [[ -e $file ]] && cp "$file" "$folder"; done
  case $target in
    json) cp "$shared"/json-test-suite/*.json "$folder" 2>/dev/null || true ;;
    config) cp Tests/OCITests/Golden/*.json "$shared"/configs/*.json "$folder" 2>/dev/null || true ;;
    process)
      for file in Tests/OCITests/Golden/*.json "$shared"/configs/*.json; do
        [[ -e $file ]] && jq -c 'if .process then .process else . end' "$file" >"$folder/${file##*/}"
      done ;;
    seccomp)
      for file in "$shared"/configs/*.json; do
        [[ -e $file ]] && jq -c '.linux.seccomp // {}' "$file" >"$folder/${file##*/}"
      done
      echo '{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86"],
        "flags":["SECCOMP_FILTER_FLAG_LOG"],"syscalls":[{"names":["read","chmod"],"action":"SCMP_ACT_ALLOW",
        "args":[{"index":1,"value":7,"valueTwo":3,"op":"SCMP_CMP_MASKED_EQ"}]}]}' >"$folder/small" ;;
    devices | resources)
      for file in Tests/OCITests/Golden/*.json "$shared"/configs/*.json; do
        [[ -e $file ]] && jq -c '.linux.resources // {}' "$file" >"$folder/${file##*/}"
      done ;;
    state)
      echo '{"version":1,"id":"web","phase":"created","bootID":"b","runtime":{"pid":7,"startTime":9},"initProcess":
        {"pid":8,"startTime":10},"ociVersion":"1.2.0","bundle":"/b","rootfs":"/b/rootfs","created":"2026-01-01T00:00:00Z",
        "poststop":[{"path":"/bin/true"}]}' >"$folder/small" ;;
    dbus)
      printf 'l\1\0\1\4\0\0\0\1\0\0\0\47\0\0\0\1\1o\0\2\0\0\0/a\0\0\0\0\0\0\3\1s\0\1\0\0\0M\0\0\0\0\0\0\0\10\1g\0\1u\0\0\7\0\0\0' >"$folder/call"
      printf "[('/dev/null', byte 7), ('a', 0x1f)]" >"$folder/text" ;;
    shim)
      printf '\377\0\0\0\45\0\0\0\1\1\0\12\27containerd.task.v2.Task\22\5Start\32\3\12\1c' >"$folder/start"
      printf '\3\0\0\0\2\0\0\0\1\1\0\12\0\177\377\377\377\0\0\0\3\1\0' >"$folder/long" ;;
    criu)
      printf '\10\2\20\1\52\16\12\12pre-resume\20\7' >"$folder/notification"
      echo '["pipe:[1]","/dev/null",""]' >"$folder/streams" ;;
    id) printf 'web-1.a_b+c' >"$folder/small" ;;
    user) printf '1000:1000' >"$folder/small" ;;
    command-line) printf 'run\0--bundle\0/b\0--detach\0web' >"$folder/small" ;;
    init-message) printf 'F\1\0\0\0\2\0\0\0mount\0/proc' >"$folder/small" ;;
    mountinfo) cat /proc/self/mountinfo >"$folder/table"; cat /proc/self/cgroup >"$folder/members" ;;
  esac
}

total=0 status=0
for target in "${targets[@]}"; do
  corpus=$(mktemp -d)
  mkdir -p "$found"
  seed "$target" "$corpus"
  log=$found/$target.log
  # One second for an input and 64 MiB for one allocation are the limits that make an input a finding.
  # libFuzzer saves the input of a trap only when no other handler is before it.
  SWIFT_BACKTRACE=enable=no FUZZ_TARGET=$target "$fuzz" -max_total_time="$seconds" -timeout=1 -malloc_limit_mb=64 -rss_limit_mb=4096 \
    -max_len=65536 -print_final_stats=1 -artifact_prefix="$found/$target-" "$corpus" >"$log" 2>&1 || { status=1; tail -n 3 "$log"; }
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf '%-14s %12s executions\n' "$target" "${runs:-0}"
  total=$((total + ${runs:-0}))
  rm -rf "$corpus"
done
printf '%-14s %12s executions\n' all "$total"
exit "$status"
