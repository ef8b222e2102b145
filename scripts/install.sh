#!/usr/bin/env bash
# Usage: [DESTDIR=…] [PREFIX=…] scripts/install.sh install|uninstall BINARY…
# Puts the binaries, the man pages of man/ and the completions that apus writes under PREFIX, or takes them away.
#
# Every file arrives by rename(2) from the same folder: a running apus, and the seal of a container that was started
# from it, keep the old file; nobody ever sees half of the new one.
set -euo pipefail
action=$1
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."
prefix=${DESTDIR:-}${PREFIX:-/usr/local}

place() { # DESTINATION MODE, the content on stdin
  local folder temporary
  folder=$(dirname "$1")
  mkdir -p "$folder"
  temporary=$(mktemp "$folder/.$(basename "$1").XXXXXX")
  # shellcheck disable=SC2064 # the name as it is now
  trap "rm -f '$temporary'" EXIT
  cat >"$temporary"
  chmod "$2" "$temporary"
  sync "$temporary"
  mv -fT "$temporary" "$1"
  echo "$1"
}

manual_pages() { # prints the path of each below share/man, and its source
  local file
  for file in man/*.[1-8]; do
    if [[ -e $file ]]; then echo "man${file##*.}/$(basename "$file") $file"; fi
  done
}

completions=(
  "bash share/bash-completion/completions/apus"
  "zsh share/zsh/site-functions/_apus"
  "fish share/fish/vendor_completions.d/apus.fish"
)

case $action in
  install)
    for binary in "$@"; do
      if grep -aq APUS_FAULT "$binary"; then
        echo "$0: $binary can inject faults and is for the tests only; build it with make build" >&2
        exit 1
      fi
    done
    for binary in "$@"; do place "$prefix/bin/$(basename "$binary")" 755 <"$binary"; done
    manual_pages | while read -r page file; do place "$prefix/share/man/$page" 644 <"$file"; done
    for completion in "${completions[@]}"; do
      read -r shell path <<<"$completion"
      script=$("$1" completion "$shell")
      place "$prefix/$path" 644 <<<"$script"
    done
    ;;
  uninstall)
    for binary in "$@"; do rm -fv "$prefix/bin/$(basename "$binary")"; done
    manual_pages | while read -r page _; do rm -fv "$prefix/share/man/$page"; done
    for completion in "${completions[@]}"; do rm -fv "$prefix/${completion#* }"; done
    ;;
  *)
    echo "$0: install or uninstall, not $action" >&2
    exit 1
    ;;
esac
