#!/bin/sh
# Whether a node can run on this machine: exit status 0, or 1 with the reason on standard error.
no() {
  echo "$1" >&2
  exit 1
}
[ "$(id -u)" -eq 0 ] || no "it needs root"
for program in unshare nsenter mount ip; do
  command -v "$program" >/dev/null || no "there is no program \"$program\""
done
unshare --net --mount --uts --pid --ipc --fork --mount-proc sh -c \
  'mount --types tmpfs tmpfs /mnt && ip link set lo up && ip link add name probe0 type veth peer name probe1' 2>/dev/null ||
  no "this kernel gives nobody namespaces to mount and to make networks in"
for tree in /sys/fs/cgroup /sys/fs/cgroup/memory; do
  group="$tree/tocsin-may-run-$$"
  [ -e "$tree/cgroup.procs" ] || continue
  mkdir "$group" 2>/dev/null && rmdir "$group" && exit 0
done
no "control groups cannot be made in /sys/fs/cgroup"
