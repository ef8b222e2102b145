#!/usr/bin/env bash
# Runs two containers and shows what a program sees from inside: busybox, then a minimal Debian.
#
# APUS names the runtime (make demo sets it); any runtime with runc's command line will do. The Debian root file system
# is made once, by mmdebstrap from this machine's apt sources, and kept in .build-demo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runtime=${APUS:-$PWD/.build/release/apus}
work=$PWD/.build-demo

if ((EUID != 0)); then
  echo "make demo runs containers with privilege and needs root: sudo make demo" >&2
  exit 1
fi
mkdir -p "$work"
state=$(mktemp -d "$work/state.XXXXXX")
trap 'rm -rf "$state"' EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '\033[2m$ %s\033[0m\n' "$*"; }
[[ -t 1 && -z ${NO_COLOR:-} ]] || { say() { printf '\n%s\n' "$*"; }; show() { printf '$ %s\n' "$*"; }; }
name=$(basename "$runtime")

# Writes BUNDLE/config.json: the default of `apus spec`, without a terminal, for one shell command.
configure() { # BUNDLE SCRIPT
  rm -f "$1/config.json"
  "$runtime" spec --bundle "$1"
  jq --arg script "$2" '.process.terminal = false | .process.args = ["/bin/sh", "-c", $script]
    | .hostname = "'"$(basename "$1")"'"' "$1/config.json" >"$1/config.json.new"
  mv "$1/config.json.new" "$1/config.json"
}

run() { # BUNDLE
  show "$name run --bundle .build-demo/$(basename "$1") $(basename "$1")"
  "$runtime" --root "$state" run --bundle "$1" "$(basename "$1")"
}

say "1. A busybox container"
busybox=$work/busybox
rm -rf "$busybox"
mkdir -p "$busybox"/rootfs/{bin,dev,etc,proc,root,sys,tmp}
show "cp /bin/busybox .build-demo/busybox/rootfs/bin/; $name spec"
cp "$(command -v busybox)" "$busybox/rootfs/bin/busybox"
"$busybox/rootfs/bin/busybox" --list | while read -r applet; do
  [[ $applet == busybox ]] || ln -s busybox "$busybox/rootfs/bin/$applet"
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$busybox/rootfs/etc/passwd"
echo 'root:x:0:' >"$busybox/rootfs/etc/group"
configure "$busybox" '
  echo "  host name:     $(hostname)"
  echo "  user:          $(id)"
  echo "  processes:     I am number $$ of $(ls -d /proc/[0-9]* | wc -l); the host knows me under another number"
  echo "  network:       $(ls /sys/class/net | tr "\n" " ")"
  echo "  capabilities:  $(grep CapEff /proc/self/status | cut -f2), no new privileges: $(grep NoNewPrivs /proc/self/status | cut -f2)"
  echo "  write to /:    $(touch /file 2>&1 || true)"
  echo "  mounts:"
  awk "{ printf \"    %-28s %-8s %s\n\", \$2, \$3, \$4 }" /proc/mounts | cut -c1-100 | head -12
  echo "    … $(wc -l </proc/mounts) in all"
'
run "$busybox"

say "2. A minimal Debian"
debian=$work/debian
if [[ ! -e $debian/rootfs/usr/bin/dpkg ]]; then
  suite=bookworm
  # The machine's own Debian sources, so that its mirror is used; else Debian's. Third-party lists stay out.
  sources=()
  grep -hs '^deb .*debian' /etc/apt/sources.list >"$state/sources.list" || true
  for file in /etc/apt/sources.list.d/debian.sources "$state/sources.list"; do
    if [[ -s $file ]]; then
      suite="" sources=("$file")
      break
    fi
  done
  show "mmdebstrap --variant=apt … .build-demo/debian/rootfs"
  rm -rf "$debian"
  mkdir -p "$debian"
  trap 'rm -rf "$state" "$debian/rootfs.new"' EXIT
  mmdebstrap --quiet --variant=apt --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$suite" "$debian/rootfs.new" "${sources[@]}"
  mv "$debian/rootfs.new" "$debian/rootfs"
else
  echo "using the root file system that is in .build-demo/debian"
fi
configure "$debian" '
  . /etc/os-release
  echo "  system:   $PRETTY_NAME, $(dpkg-query -W | wc -l) packages"
  echo "  apt:      $(apt-get --version | head -1)"
  echo "  dpkg:     $(dpkg --version | head -1)"
'
run "$debian"

say "That is all: two bundles in .build-demo, run by $runtime."
