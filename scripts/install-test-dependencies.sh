#!/usr/bin/env bash
# Installs what the tests need beside Swift, as Debian packages, and only what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

wanted=$(cat .swift-version)
if ! command -v "${SWIFT:-swift}" >/dev/null; then
  echo "Swift $wanted is needed and not on PATH: https://www.swift.org/install/linux/" >&2
  exit 1
fi

packages=(
  apparmor       # its parser, for guests whose kernel runs it
  binutils       # strip
  buildah        # the engines that call the runtime
  busybox-static # the root file system of most bundles
  catatonit      # the first process of Podman's pods
  containerd
  containernetworking-plugins # networks of Kubernetes' pods
  criu           # saves and restores containers
  docker-registry
  docker.io
  fish           # reads its completion script
  gcc            # C programs of the seccomp tests
  iproute2       # network namespaces that a container joins
  iptables       # Docker's bridge
  jq             # editing config.json
  libc6-dev
  libcap2-bin    # capsh, getpcaps
  libseccomp-dev # the oracle of the seccomp compiler's tests
  linux-libc-dev # the numbers of system calls, for their tables
  linux-libc-dev-{arm64,armhf,hppa,m68k,mips64el,mipsel,mipsn32el,powerpc,ppc64el,riscv64,s390x,sh4}-cross
  netavark       # Podman's network
  podman
  procps
  python3        # drivers of faults and terminals
  python3-grpcio # the calls that Kubernetes makes
  spin           # the model of the lifecycle
  strace         # counting system calls, injecting faults
  tini           # a subreaper around the tests: PID 1 may reap late
  uidmap         # newuidmap, newgidmap
  util-linux     # unshare, nsenter, setpriv
  valgrind       # callgrind counts instructions
  zsh            # reads its completion script
)
exec scripts/install-packages.sh "${packages[@]}"
