#!/bin/sh
# bfft: runs the C tests under a sanitizer.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   sanitize.sh address|thread BUILD
#
# Prints a line per test program and, for those that failed, what they said.
# `address` is AddressSanitizer with leaks, and UndefinedBehaviorSanitizer, of
# everything, with clang where it is: then its vectors are tested, on each tier.
# `thread` covers elements with threads; GLib's locks are made known by
# tsan-glib.c. Of its reports those count in which our code accesses the memory:
# what GLib and GStreamer, which are not built with it, do among themselves it
# cannot judge.
set -eu

kind=$1
build=$2
here=$(cd "$(dirname "$0")" && pwd)
orc=$(cd "$here/../../orc" && pwd)
# Each test's time limit is for a program that is not slowed down.
# GLib 2.74 still has an allocator of its own, which hides who owns memory.
export CK_DEFAULT_TIMEOUT=600 G_DEBUG=fatal-criticals G_SLICE=always-malloc
export GST_REGISTRY_FORK=no
export GST_PLUGIN_PATH_1_0="$build/gst" GST_REGISTRY_1_0="$build/registry.bin"

tiers=
preload=
sh "$here/build.sh" "$kind" "$build"
case $kind in
  address)
    export ASAN_OPTIONS=detect_odr_violation=0:fast_unwind_on_malloc=0
    export LSAN_OPTIONS="suppressions=$here/leaks.supp:print_suppressions=0"
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    programs=$(cd "$build/tests" && ls -d kernels/test-* check/check-* soak/check-soak)
    # what is compiled for each tier; test-tiers goes through all by itself
    tiers=' test-decibel test-mel test-network test-train test-welch '
    # 40 s without a sanitizer, and the same code for every length and setting
    skip='test-transform check-bfftspectrum-pair' ;;
  thread)
    export TSAN_OPTIONS=exitcode=0 CK_FORK=no
    # All others have one thread.
    programs='check/check-model-swap check/check-generic check/check-bffttrain
      check/check-bfftscope soak/check-soak'
    skip=
    preload=$build/tsan-glib.so
    # shellcheck disable=SC2046
    cc -shared -fPIC -O1 -fsanitize=thread "$here/tsan-glib.c" -o "$preload" \
      $(pkg-config --cflags --libs gstreamer-1.0) -ldl ;;
esac

# Prints the reports about our code; true if there are any.
races () {
  awk '/^WARNING: ThreadSanitizer/ { report = ""; ours = 0 }
    /^  (Write|Read|Previous|Atomic)/ { first = 1 }
    /^  (Location|Mutex|Thread|As if)/ { first = 0 }
    first && /^    #/ && !/libtsan/ { ours += /libgstbfft|\/models\//; first = 0 }
    { report = report $0 "\n" }
    /^SUMMARY: ThreadSanitizer/ && ours { printf "%s", report; found = 1 }
    END { exit !found }' "$1"
}

# A look into every plugin of the system, whose leaks are not ours, fills the
# registry; the programs themselves then load what they need.
env GST_CHECKS=none ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" \
  LD_PRELOAD="$preload" "$build/tests/check/check-bfftmel" \
  > "$build/registry.log" 2>&1 || :

failed=0
# check NAME PROGRAM [ARGUMENT...]
check () {
  name=$1
  shift
  if env LD_PRELOAD="$preload" "$@" > "$build/$name.log" 2>&1 &&
    ! races "$build/$name.log"; then
    echo "ok      $name"
  else
    echo "FAILED  $name"
    tail -40 "$build/$name.log"
    failed=1
  fi
}

for program in $programs; do
  name=${program#*/}
  case $name in *.*) continue ;; esac
  case " $skip " in *" $name "*) continue ;; esac
  [ -x "$build/tests/$program" ] || continue
  case $name in test-programs | test-tiers) set -- "$orc"/*.orc ;; *) set -- ;; esac
  check "$name" "$build/tests/$program" "$@"
  case $tiers in *" $name "*)
    for tier in baseline avx2; do
      [ "$(uname -m)" = x86_64 ] || break
      check "$name-$tier" env BFFT_CPU=$tier "$build/tests/$program"
    done ;;
  esac
done
exit $failed
