# shellcheck shell=sh
# To be sourced in a private mount namespace: a tmpfs on /run, with the sockets of a systemd, where there is one, still
# within reach. They are bound in the new one before it hides the old: by an open descriptor, mount(8) would look them
# up by their names again.
private_run=$(mktemp -d)
mount -t tmpfs -o mode=755 tmpfs "$private_run"
if [ -S /run/systemd/private ]; then
  for place in systemd dbus; do
    [ -d "/run/$place" ] || continue
    mkdir "$private_run/$place"
    mount --bind "/run/$place" "$private_run/$place"
  done
fi
mount --no-mtab --move "$private_run" /run
rmdir "$private_run"
