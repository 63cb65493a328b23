#!/bin/sh
# bfft: builds for another processor, and runs the tests in C there.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/other-cpus.sh CPU FOLDER [ARGUMENT...]
#
# CPU is arm64, armhf, armel or i386, as Debian names them. The libraries of
# that Debian are unpacked into FOLDER/root, a build goes into FOLDER/build, and
# the suites kernels and elements run, or what ARGUMENTs tell `meson test`.
# Nothing of this machine is changed. What is in FOLDER already is used again.
#
# Needs meson, ninja, orcc, apt-get, the cross compiler (gcc-aarch64-linux-gnu,
# gcc-arm-linux-gnueabihf, gcc-arm-linux-gnueabi, gcc-i686-linux-gnu) and, but
# for i386, an emulator (qemu-user). Tests in Python are left out: they would
# need a Python of that processor with numpy, scipy and torch.
set -eu

usage () {
  sed -n 's/^#   sh /usage: sh /p' "$0" >&2
  exit 2
}
[ $# -ge 2 ] || usage
cpu=$1
case $cpu in
  arm64) triplet=aarch64-linux-gnu family=aarch64 ;;
  armhf) triplet=arm-linux-gnueabihf family=arm ;;
  armel) triplet=arm-linux-gnueabi family=arm ;;
  i386) triplet=i386-linux-gnu family=x86 ;;
  *) usage ;;
esac
mkdir -p "$2"
folder=$(cd "$2" && pwd)
shift 2
tree=$(cd "$(dirname "$0")/.." && pwd)
root=$folder/root
release=${DEBIAN_RELEASE:-bookworm}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

# Libraries, with an apt of its own that believes that nothing is installed.
unpack () {
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial"
  : > "$folder/apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" \
    > "$folder/apt/sources.list"
  set -- -o APT::Architecture="$cpu" -o APT::Architectures="$cpu" \
    -o Dir::State="$folder/apt" -o Dir::State::status="$folder/apt/status" \
    -o Dir::Cache="$folder/apt" -o Dir::Etc::SourceList="$folder/apt/sources.list" \
    -o Dir::Etc::SourceParts=/dev/null -o Debug::NoLocking=1 -qq
  apt-get "$@" update
  apt-get "$@" -y --no-install-recommends --download-only install libc6-dev \
    libglib2.0-dev libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev \
    liborc-0.4-dev libjson-glib-dev libfftw3-dev libatomic1 \
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-tools
  for name in lib bin sbin; do
    mkdir -p "$root/usr/$name"
    ln -sfn "usr/$name" "$root/$name"
  done
  for package in "$folder"/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -C "$root" --keep-directory-symlink -xf -
  done
  find "$root" -type l -lname '/*' | while read -r link; do
    ln -sfn "$root$(readlink "$link")" "$link"
  done
  touch "$folder/unpacked"
}

# i386 runs on an x86-64 as it is, with libraries of its own.
configure () {
  compiler=$triplet
  wrapper= link=
  case $cpu in
    arm64) wrapper="exe_wrapper = ['qemu-aarch64', '-L', '$root']" ;;
    arm*) wrapper="exe_wrapper = ['qemu-arm', '-L', '$root']" ;;
    i386) compiler=i686-linux-gnu
      link="'-Wl,--disable-new-dtags,-rpath,$root/usr/lib/$triplet',
        '-Wl,--dynamic-linker,$root/lib/ld-linux.so.2'" ;;
  esac
  cat > "$folder/cross.txt" << END
[binaries]
c = '$compiler-gcc'
ar = '$compiler-ar'
strip = '$compiler-strip'
pkgconfig = 'pkg-config'
$wrapper
[properties]
sys_root = '$root'
pkg_config_libdir = ['$root/usr/lib/$triplet/pkgconfig', '$root/usr/share/pkgconfig']
[built-in options]
c_args = ['--sysroot=$root']
c_link_args = ['--sysroot=$root', '-Wl,-rpath-link,$root/usr/lib/$triplet', $link]
[host_machine]
system = 'linux'
cpu_family = '$family'
cpu = '$family'
endian = 'little'
END
  meson setup --cross-file "$folder/cross.txt" -Dtests=enabled -Dwerror=true \
    "$folder/build" "$tree"
}

[ -e "$folder/unpacked" ] || unpack
[ -e "$folder/build/build.ninja" ] || configure
ninja -C "$folder/build"

# GStreamer finds its plugins there, and looks at them itself.
export GST_PLUGIN_SYSTEM_PATH_1_0="$root/usr/lib/$triplet/gstreamer-1.0"
export GST_REGISTRY_FORK=no
[ $# -gt 0 ] || set -- --suite kernels --suite elements
meson test -C "$folder/build" --no-rebuild --timeout-multiplier 10 --print-errorlogs "$@"
