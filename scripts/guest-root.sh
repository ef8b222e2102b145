#!/bin/sh
# Usage: scripts/guest-root.sh ROOT FOLDER COMMAND…
# In a test guest: runs a command with this machine's own root file system, which the guest sees read-only at ROOT, so
# that the tests find the tools, libraries and engines that they have outside. FOLDER is shared for writing. What tests
# write besides lies on the guest's own disk, or in memory; users and groups are the guest's.
set -eu
if [ "$1" != --inside ]; then
  exec unshare --mount --propagation private -- /bin/sh "$0" --inside "$@"
fi
root=$2 folder=$3
shift 3

rm -rf /guest && mkdir -p /guest/tmp /guest/var/lib /guest/root /guest/home
chmod 1777 /guest/tmp
cp -a /home/. /guest/home/
# What the guest has on its own disk, the same distribution, need not be asked for across the border at each exec.
mount -t overlay -o "ro,lowerdir=/usr:$root/usr" overlay "$root/usr"
if [ -n "${APUS_BINARY:-}" ]; then
  mkdir /guest/tmp/.apus
  cp "$APUS_BINARY" /guest/tmp/.apus/
  cp "$APUS_FAULT_BINARY" /guest/tmp/.apus/apus-fault
  shim=${APUS_BINARY%/*}/containerd-shim-apus-v2
  [ ! -e "$shim" ] || cp "$shim" /guest/tmp/.apus/
  export APUS_BINARY="/tmp/.apus/${APUS_BINARY##*/}" APUS_FAULT_BINARY=/tmp/.apus/apus-fault
fi
for place in proc sys dev; do mount --rbind "/$place" "$root/$place"; done
mount --rbind /run "$root/run"
for place in tmp root home var/lib; do mount --bind "/guest/$place" "$root/$place"; done
mkdir -p "$root/var/lib/dpkg" "$root/$folder"
for file in passwd group shadow subuid subgid hostname hosts; do
  [ ! -e "/etc/$file" ] || mount --bind "/etc/$file" "$root/etc/$file"
done
mount --bind "$folder" "$root/$folder"
mkdir -p "$root/tmp/.guest"
cd "$root"
pivot_root . tmp/.guest
umount -l /tmp/.guest
rmdir /tmp/.guest
cd "$folder"
export TMPDIR=/tmp
exec "$@"
