# shellcheck shell=sh
# To be sourced in a private mount namespace: a tmpfs on /run, with the sockets of a systemd, where there is one, still
# within reach.
if [ -S /run/systemd/private ]; then
  exec 8</run/systemd
  if [ -d /run/dbus ]; then exec 9</run/dbus; fi
fi
mount -t tmpfs -o mode=755 tmpfs /run
for place in 8:systemd 9:dbus; do
  if [ -e "/proc/self/fd/${place%:*}" ]; then
    mkdir "/run/${place#*:}"
    mount --bind "/proc/self/fd/${place%:*}" "/run/${place#*:}"
  fi
done
exec 8<&- 9<&-
