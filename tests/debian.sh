#!/bin/sh
# bfft: repeats set-up, build and tests in a Debian of its own.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/debian.sh RELEASE FOLDER [SCRIPT...]
#
# RELEASE is bookworm (12) or trixie (13); FOLDER, which may exist already, gets
# its root file system from debootstrap (package debootstrap). A fresh copy of
# this tree is put into FOLDER/root/bfft, and SCRIPT (tests/run.sh when none is
# given) runs there. Must be run as root.
set -eu

if [ $# -lt 2 ] || [ "$(id -u)" != 0 ]; then
  echo "usage (as root): sh tests/debian.sh RELEASE FOLDER [SCRIPT...]" >&2
  exit 2
fi
release=$1
root=$2
shift 2
[ $# -gt 0 ] || set -- tests/run.sh
tree=$(cd "$(dirname "$0")/.." && pwd)
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

if [ ! -e "$root/etc/debian_version" ]; then
  echo "== Debian $release into $root"
  debootstrap --variant=minbase "$release" "$root" "$mirror"
fi
root=$(cd "$root" && pwd)

# What was built there before stays, so that a second time is quick.
mkdir -p "$root/root/bfft"
find "$root/root/bfft" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
tar -C "$tree" --exclude=./.git --exclude='./build*' -cf - . |
  tar -C "$root/root/bfft" --no-same-owner -xf -

unmount () {
  umount "$root/proc"
}
if ! mountpoint -q "$root/proc"; then
  mount -t proc proc "$root/proc"
  trap unmount EXIT
fi

echo "== Debian $(cat "$root/etc/debian_version") in $root"
status=0
for script; do
  chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    sh -c "cd /root/bfft && sh $script" || status=$?
done
exit $status
