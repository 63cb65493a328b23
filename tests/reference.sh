#!/bin/sh
# bfft: the reference of elements and properties as HTML, made by gi-docgen.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sh tests/reference.sh BUILD FOLDER
#
# Needs gi-docgen and libgirepository1.0-dev; without them the exit status is 77.
# Fails if a comment cannot be read, or an element has no section.
set -eu
build=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
cd "$(dirname "$0")/.."
command -v g-ir-scanner gi-docgen > /dev/null || exit 77
[ -e /usr/share/gir-1.0/GModule-2.0.gir ] || exit 77

ninja -C "$build" tests/static/libgstbfft-reference.so > "$folder/build.log"
include=$(for part in gst models/* orc "$build" "$build/orc"; do echo "-I$part"; done)
elements='spectrum mel welch train filter'
[ ! -e gst/gstbfftscope.c ] || elements="$elements scope"
files=$(for name in $elements analyzer; do ls gst/gstbfft$name.[ch]; done)

cd "$folder"
root=$OLDPWD
(cd "$root" && TMPDIR=$folder GI_SCANNER_DISABLE_CACHE=1 \
  LD_LIBRARY_PATH=$build/tests/static g-ir-scanner --quiet --namespace=GstBfft --nsversion=0 \
  --identifier-prefix=GstBfft --symbol-prefix=gst_bfft --library=gstbfft-reference \
  -L"$build/tests/static" --include=Gst-1.0 --include=GstBase-1.0 --include=GstAudio-1.0 \
  --pkg=gstreamer-pbutils-1.0 --pkg=gstreamer-audio-1.0 --pkg=json-glib-1.0 --pkg=orc-0.4 \
  $include -DHAVE_CONFIG_H -D_Atomic= \
  --add-init-section='extern void gst_init (int *, char ***); gst_init (0, 0);' \
  --output="$folder/GstBfft-0.gir" $files) > scan.log 2>&1 || { cat scan.log; exit 1; }
if grep -A2 'Error:' scan.log; then exit 1; fi
for name in $elements; do
  grep -q "docsection name=\"element-bfft$name\"" GstBfft-0.gir || { echo "bfft$name has no section"; exit 1; }
done
printf '[library]\nname = "bfft"\nversion = "0"\nlicense = "LGPL-2.1-or-later"\nnamespace = "GstBfft"\n' > bfft.toml
gi-docgen generate --quiet --config bfft.toml --output-dir html GstBfft-0.gir
echo "$folder/html: $(find html -name '*.html' | wc -l) pages"
