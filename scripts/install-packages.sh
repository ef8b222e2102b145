#!/usr/bin/env bash
# Usage: scripts/install-packages.sh PACKAGE…
# Installs through apt those of the packages that are missing. Asks nothing, and does not touch the network when
# nothing is missing.
set -euo pipefail

missing=()
for package in "$@"; do
  if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
    missing+=("$package")
  fi
done
((${#missing[@]})) || exit 0

echo "installing ${missing[*]}"
as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || { echo "$0: needs root to install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
# One unreachable third-party list must not stop a package that another list has.
"${apt[@]}" update || echo "$0: apt-get update failed; trying with the lists that are there" >&2
"${apt[@]}" install -y --no-install-recommends "${missing[@]}"
