#!/bin/sh
# bfft: gets a Debian machine ready and builds; quick when that is done already.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/setup.sh [build | quickstart | test | package]
#
# Installs the Debian packages that are missing for the purpose (as root, or
# through sudo), then configures and compiles into build/, or into $BFFT_BUILD.
# For `test`, warnings are errors; for `package`, nothing is compiled.
set -eu

purpose=${1:-build}
top=$(cd "$(dirname "$0")/.." && pwd)
build=${BFFT_BUILD:-$top/build}

packages='gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev liborc-0.4-dev
  libjson-glib-dev libcairo2-dev gstreamer1.0-tools'
listen='gstreamer1.0-plugins-base gstreamer1.0-plugins-good espeak-ng sox
  python3-numpy python3-gi python3-gst-1.0 gir1.2-gst-plugins-base-1.0'
case $purpose in
  build) ;;
  quickstart) packages="$packages $listen python3-matplotlib python3-scipy" ;;
  test)
    packages="$packages $listen libfftw3-dev python3-scipy python3-torch
      python3-torchaudio python3-matplotlib python3-jsonschema
      pocketsphinx-testdata libpocketsphinx3 pocketsphinx-en-us cppcheck indent
      clang libclang-rt-dev parallel" ;;
  package) packages="$packages dpkg-dev debhelper lintian man-db libfftw3-dev" ;;
  *) echo "setup.sh: build, quickstart, test or package, not '$purpose'" >&2; exit 2 ;;
esac

# GStreamer's own tensors, where the release has them
if [ "$purpose" = test ] && [ "$(sed -n 's/^VERSION_ID="*\([0-9]*\).*/\1/p' \
  /etc/os-release 2> /dev/null)" -ge 13 ] 2> /dev/null; then
  packages="$packages libgstreamer-plugins-bad1.0-dev"
fi

say () {
  echo "== $*"
}

missing_packages () {
  for package in $packages; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) || :
    [ "$status" = installed ] || printf ' %s' "$package"
  done
}

install_packages () {
  if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
    say "Not a Debian system; what is needed is known there as:" $packages
    return
  fi
  missing=$(missing_packages)
  if [ -z "$missing" ]; then
    say "All packages that are needed are installed"
    return
  fi
  sudo=
  if [ "$(id -u)" != 0 ] && ! sudo=$(command -v sudo); then
    echo "setup.sh: this needs root, and there is no sudo: apt-get install$missing" >&2
    return 1
  fi
  options='-o DPkg::Lock::Timeout=600 -y --no-install-recommends'
  say "Asking the package servers what there is"
  $sudo apt-get $options -qq update ||
    say "Some package lists could not be updated; going on with the old ones"
  # lines of 'ADDRESS' NAME BYTES HASH
  plan=$(apt-get $options -qq --print-uris install $missing |
    awk '{ bytes += $3 } END { printf "%d %.0f", NR, bytes / 1e6 }')
  say "Installing ${plan% *} packages, ${plan#* } MB to fetch:$missing"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get $options -q \
    install $missing > "$log" 2>&1 &
  watch_install $! "${plan% *}"
  wait $! || {
    cat "$log" >&2
    return 1
  }
}

# watch_install PROCESS PACKAGES: says every few seconds how far apt-get is.
watch_install () {
  before=
  while sleep 3 && [ -d "/proc/$1" ]; do
    now=$(awk -v all="$2" '/^Get:/ { got++ } /^Unpacking/ { unpacked++ } /^Setting up/ { up++ }
      END { printf "   of %d: %d fetched, %d unpacked, %d set up", all, got, unpacked, up }' "$log")
    [ "$now" = "$before" ] || echo "$now"
    before=$now
  done
}

# A build directory that was copied or moved belongs to another tree.
is_ours () {
  grep -qs "\"source\": \"$top\"" "$build/meson-info/meson-info.json"
}

# What is configured for the tests serves everything.
is_up_to_date () {
  [ -z "$missing" ] || return 1
  [ "$purpose" != test ] ||
    grep -qs '^tests = enabled' "$build/meson-private/cmd_line.txt"
}

configure () {
  set --
  [ "$purpose" != test ] || set -- -Dtests=enabled -Dwerror=true
  if [ ! -f "$build/build.ninja" ]; then
    :
  elif ! is_ours; then
    set -- "$@" --wipe
  elif is_up_to_date; then
    return
  else
    set -- "$@" --reconfigure
  fi
  say "Configuring $build"
  meson setup "$@" "$build" "$top"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM
missing=
install_packages
[ "$purpose" != package ] || exit 0
configure
say "Compiling in $build"
meson compile -C "$build"
