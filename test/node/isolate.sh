#!/bin/sh
# The first process of a node, in namespaces of its own: gives it a name, a network that reaches nothing, and files that
# change nothing of the machine. Says "ready", and ends with its standard input; everything in the node ends with it.
#
#   isolate.sh FOLDER NAME ADDRESS
set -eu
folder=$1 name=$2 address=$3

hostname "$name"
mount --make-rprivate /

ip link set lo up
ip link add name uplink type veth peer name beyond
ip address add "$address/24" dev uplink
ip link set uplink up
ip link set beyond up
ip route add default via "${address%.*}.1" dev uplink

over() { # path, content…
  target=$1
  shift
  file="$folder/over/$(echo "$target" | tr / _)"
  printf '%s\n' "$@" >"$file"
  mount --bind "$file" "$target"
}
mkdir -p "$folder/over" "$folder/log" "$folder/cni"
over /etc/hosts "127.0.0.1 localhost registry.example.com" "$address $name registry-down.example.com"
over /etc/resolv.conf "nameserver $address" "options timeout:1 attempts:1"
# The kubelet would set them for the whole machine.
over /proc/sys/vm/overcommit_memory 1
over /proc/sys/kernel/panic 10
over /proc/sys/kernel/panic_on_oops 1
# So that the node can be another boot.
over /proc/sys/kernel/random/boot_id "$(cat /proc/sys/kernel/random/boot_id)"
mount --bind "$folder/log" /var/log
mount --types tmpfs tmpfs /run
mkdir -p /var/lib/cni
mount --bind "$folder/cni" /var/lib/cni

echo ready
cat >/dev/null
