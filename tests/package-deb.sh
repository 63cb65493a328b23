#!/bin/sh
# bfft: builds Debian packages from nothing but the tree, and tries them.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/package-deb.sh [FOLDER]
#
# Installs what is missing (as root, or through sudo), copies the tree, builds source and binary packages there (dpkg-buildpackage,
# which runs the kernels' tests), checks them with lintian, and, as root,
# installs them, runs debian/tests/smoke on what is installed, and removes them.
# The packages are left in FOLDER (build/packages, or $BFFT_BUILD/packages).
# About 75 s on two cores.
set -eu

tree=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-${BFFT_BUILD:-$tree/build}/packages}
sh "$tree/tests/setup.sh" package
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export LC_ALL=C.UTF-8
export DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:-} terse"
unset GST_PLUGIN_PATH GST_PLUGIN_PATH_1_0 || :

version=$(dpkg-parsechangelog -l "$tree/debian/changelog" -S Version)
source=$work/bfft-${version%-*}

section () {
  printf '\n== %s\n' "$*"
}

section "Source and binary packages"
mkdir "$source"
tar -C "$tree" --exclude=./.git --exclude='./build*' --exclude=./debian \
  --exclude=__pycache__ -cf - . | tar -C "$source" --no-same-owner -xf -
tar -C "$work" -cJf "$work/bfft_${version%-*}.orig.tar.xz" "${source##*/}"
cp -R "$tree/debian" "$source"
cd "$source"
dpkg-buildpackage -us -uc > "$work/log" 2>&1 || {
  tail -n 100 "$work/log"
  exit 1
}
grep -E '^(Ok|Fail|Skipped|Timeout):' "$work/log" || :

section "lintian"
lintian --allow-root --fail-on error "$work"/bfft_*.changes

cd "$work"
for package in *.deb; do
  section "$package"
  dpkg-deb --field "$package" Depends || :
  dpkg-deb --contents "$package" | awk '!/\/$/ { print $3, $6 }' | head -n 20
done
mkdir -p "$folder"
cp *.deb *.dsc *.tar.* *.buildinfo *.changes "$folder"
folder=$(cd "$folder" && pwd)

if [ "$(id -u)" != 0 ]; then
  section "Not root: not installed. The packages are in $folder:"
  ls "$folder"
  exit
fi

section "Installed"
uninstall () {
  dpkg --purge gstreamer1.0-bfft bfft-tools bfft-doc > /dev/null 2>&1
  rm -rf "$work"
}
trap uninstall EXIT
export GST_REGISTRY="$work/registry"
dpkg --install gstreamer1.0-bfft_*.deb bfft-tools_*.deb bfft-doc_*.deb
gst-inspect-1.0 bfft
man -w $(dpkg --listfiles bfft-tools | sed -n 's|^/usr/bin/||p')
sh "$source/debian/tests/smoke"

section "Removed"
dpkg --purge gstreamer1.0-bfft bfft-tools bfft-doc
if gst-inspect-1.0 --exists bfftspectrum; then
  echo "bfftspectrum is still there"
  exit 1
fi
echo "nothing is left"

section "The packages are in $folder:"
ls "$folder"
