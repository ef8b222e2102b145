#!/usr/bin/env bash
# Usage: [DESTDIR=…] [PREFIX=…] scripts/install.sh install|uninstall BINARY…
# Puts the binaries, the man pages of man/ and the completions of completions/ under PREFIX, or takes them away.
#
# Every file arrives by rename(2) from the same folder: a running apus, and the seal of a container that was started
# from it, keep the old file; nobody ever sees half of the new one.
set -euo pipefail
action=$1
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."
prefix=${DESTDIR:-}${PREFIX:-/usr/local}

place() { # SOURCE DESTINATION MODE
  local folder temporary
  folder=$(dirname "$2")
  mkdir -p "$folder"
  temporary=$(mktemp "$folder/.$(basename "$2").XXXXXX")
  # shellcheck disable=SC2064 # the name as it is now
  trap "rm -f '$temporary'" EXIT
  cat "$1" >"$temporary"
  chmod "$3" "$temporary"
  sync "$temporary"
  mv -fT "$temporary" "$2"
  echo "$2"
}

# Prints "source destination mode" for everything that is installed.
files() { # BINARY…
  local file
  for file in "$@"; do
    printf '%s\t%s\t%s\n' "$file" "$prefix/bin/$(basename "$file")" 755
  done
  for file in man/*.[1-8]; do
    [[ -e $file ]] && printf '%s\t%s\t%s\n' "$file" "$prefix/share/man/man${file##*.}/$(basename "$file")" 644
  done
  [[ -e completions/apus.bash ]] &&
    printf '%s\t%s\t%s\n' completions/apus.bash "$prefix/share/bash-completion/completions/apus" 644
  [[ -e completions/_apus ]] &&
    printf '%s\t%s\t%s\n' completions/_apus "$prefix/share/zsh/site-functions/_apus" 644
  [[ -e completions/apus.fish ]] &&
    printf '%s\t%s\t%s\n' completions/apus.fish "$prefix/share/fish/vendor_completions.d/apus.fish" 644
  return 0
}

case $action in
  install)
    for binary in "$@"; do
      if grep -aq APUS_FAULT "$binary"; then
        echo "$0: $binary can inject faults and is for the tests only; build it with make build" >&2
        exit 1
      fi
    done
    files "$@" | while IFS=$'\t' read -r source destination mode; do
      place "$source" "$destination" "$mode"
    done
    ;;
  uninstall)
    files "$@" | while IFS=$'\t' read -r _ destination _; do
      if [[ -e $destination ]]; then
        rm -f "$destination"
        echo "removed $destination"
      fi
    done
    ;;
  *)
    echo "$0: install or uninstall, not $action" >&2
    exit 1
    ;;
esac
