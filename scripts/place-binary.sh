#!/usr/bin/env bash
# Usage: scripts/place-binary.sh BUILT DESTINATION
# Puts a stripped copy of BUILT, with the commit written into it, at DESTINATION by rename(2). The copy with symbols stays where it was built.
set -euo pipefail
built=$1 destination=$2

folder=$(dirname "$destination")
if [[ $folder == .build/release && ! -e $folder ]]; then
  # SwiftPM makes .build/release a link to <triple>/release; a folder in its place would be in its way later.
  release=$(readlink "$(dirname "$built")")
  mkdir -p ".build/$release"
  # The command and the shim may come at once.
  ln -sn "$release" .build/release 2>/dev/null || [[ -e $folder ]]
fi
mkdir -p "$folder"

temporary=$(mktemp "$folder/.apus.XXXXXX")
trap 'rm -f "$temporary"' EXIT
strip -o "$temporary" "$built"
# Not grep -q: it leaves at the first match, and with pipefail an objdump that still writes then fails the whole.
if commit=$(git describe --always --dirty --abbrev=40 2>/dev/null) &&
  objdump -h "$temporary" | grep ' \.apus\.commit ' >/dev/null; then
  section=$(mktemp)
  printf %s "$commit" >"$section"
  truncate -s 64 "$section"
  objcopy --update-section .apus.commit="$section" "$temporary"
  rm "$section"
fi
chmod 755 "$temporary"
mv -fT "$temporary" "$destination"
echo "$destination: $(stat -c %s "$destination") bytes, static, stripped"
