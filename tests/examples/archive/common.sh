# bfft: what the scripts for archives share: --help, and one sentence and an exit
# status for whatever goes wrong (1; 2 for wrong arguments, 130 after Ctrl-C).
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Read with `. common.sh`; a script's help is the comment at its head.

trap 'echo "${0##*/}: stopped by Ctrl-C" >&2; exit 130' INT

fail () {
  echo "${0##*/}: $1" >&2
  exit "${2:-1}"
}

# arguments LEAST "$@": ends the script if there are less, or with --help.
arguments () {
  least=$1
  shift
  case " $* " in *' --help '*)
    sed -n '1d; /^#/!q; /SPDX/d; s/^# \{0,1\}//p' "$0"
    exit ;;
  esac
  [ $# -ge "$least" ] || fail \
    "the arguments are: $(sed -n "s/^#  *${0##*/} //p" "$0") (--help says more)" 2
  command -v gst-launch-1.0 > /dev/null ||
    fail 'gst-launch-1.0 is missing; on Debian: apt-get install gstreamer1.0-tools'
}

# launch SOUND WORD...: plays it through a pipeline, whose messages are printed.
launch () {
  file=$1
  shift
  # gst-launch-1.0 itself waits for ever now and then when there is no sound
  [ -s "$file" ] && [ ! -d "$file" ] || fail "$file: not there, or empty"
  case $(gst-typefind-1.0 "$file" 2> /dev/null) in
    *' - text/'* | *' - image/'* | *' - FAILED'*) fail "$file: no sound" ;;
  esac
  { errors=$(gst-launch-1.0 -m filesrc location="$file" ! decodebin ! audioconvert \
    ! audioresample ! "$@" 2>&1 >&3 < /dev/null); } 3>&1 || fail "$file: $(echo "$errors" |
      sed -n 's/.*ERROR: from element [^ ]*: //p; s/.*erroneous pipeline: //p' | head -n 1)"
}
