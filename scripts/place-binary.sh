#!/usr/bin/env bash
# Usage: scripts/place-binary.sh BUILT DESTINATION
# Puts a stripped copy of BUILT at DESTINATION by rename(2). The copy with symbols stays where it was built.
set -euo pipefail
built=$1 destination=$2

folder=$(dirname "$destination")
if [[ $folder == .build/release && ! -e $folder ]]; then
  # SwiftPM makes .build/release a link to <triple>/release; a folder in its place would be in its way later.
  mkdir -p ".build/$(readlink .build-static/release)"
  ln -s "$(readlink .build-static/release)" .build/release
fi
mkdir -p "$folder"

temporary=$(mktemp "$folder/.apus.XXXXXX")
trap 'rm -f "$temporary"' EXIT
strip -o "$temporary" "$built"
chmod 755 "$temporary"
mv -fT "$temporary" "$destination"
echo "$destination: $(stat -c %s "$destination") bytes, static, stripped"
