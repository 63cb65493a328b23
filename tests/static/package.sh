#!/bin/sh
# bfft: a release builds and installs where there is neither orcc nor git.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/static/package.sh TREE
#
# Makes a tarball of TREE (with `meson dist` where there is git), builds that
# with -Dorcc=disabled -Dtests=disabled, installs it into an empty prefix, and
# has GStreamer load the plugin from there.
set -eu

tree=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

copy_tree () {
  mkdir "$1"
  tar -C "$tree" --exclude=./.git --exclude='./build*' -cf - . | tar -C "$1" -xf -
}

make_release () {
  copy_tree "$work/tree"
  if ! command -v git > /dev/null; then
    echo "no git: building the tree itself, not what meson dist makes of it"
    mv "$work/tree" "$work/release"
    return
  fi
  cd "$work/tree"
  git init -q .
  git add -A
  git -c user.name=bfft -c user.email=bfft@localhost commit -q -m release
  meson setup "$work/build-dist" -Dorcc=disabled -Dtests=disabled
  meson dist -C "$work/build-dist" --no-tests --formats gztar
  mkdir "$work/release"
  tar -C "$work/release" --strip-components=1 \
    -xzf "$work"/build-dist/meson-dist/bfft-*.tar.gz
}

make_release
# The release must not find what the tree at hand has built.
unset PKG_CONFIG_PATH GST_PLUGIN_PATH LD_LIBRARY_PATH || :
meson setup "$work/build" "$work/release" --prefix="$work/prefix" --libdir=lib \
  --buildtype=release -Dorcc=disabled -Dtests=disabled -Dwerror=true
meson install -C "$work/build" --quiet

plugin=$work/prefix/lib/gstreamer-1.0/libgstbfft.so
ls -l "$plugin"
GST_REGISTRY=$work/registry GST_PLUGIN_PATH=${plugin%/*} gst-inspect-1.0 bfft |
  tee "$work/inspect"
grep -q "$plugin" "$work/inspect"
grep -q bfftspectrum "$work/inspect"
