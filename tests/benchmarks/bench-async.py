#!/usr/bin/env python3
# bfft: what bffttrain mode=async does to the audio when the CPU is short.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-async.py [--json]

Live 48 kHz audio in buffers of 10 ms through bffttrain, n-fft=16384, with
nothing else running and beside four busy processes per core; and as fast as
possible, so that the trainer cannot keep up. Prints how long buffers take from
sink to source pad, beside `identity` in the same pipeline, and what was
dropped."""
import hashlib
import json
import os
import subprocess
import sys
import time

import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

Gst.init(None)


def watch(element, times, digests):
    entered = [0]

    def enter(pad, info):
        data = info.get_buffer()
        digests[0].update(data.extract_dup(0, data.get_size()))
        entered[0] = time.monotonic_ns()
        return Gst.PadProbeReturn.OK

    def leave(pad, info):
        times.append(time.monotonic_ns() - entered[0])
        data = info.get_buffer()
        digests[1].update(data.extract_dup(0, data.get_size()))
        return Gst.PadProbeReturn.OK

    element.get_static_pad('sink').add_probe(Gst.PadProbeType.BUFFER, enter)
    element.get_static_pad('src').add_probe(Gst.PadProbeType.BUFFER, leave)


def run(name, live, buffers, hogs):
    pipeline = Gst.parse_launch(
        f'audiotestsrc wave=white-noise is-live={live} samplesperbuffer=480 '
        f'num-buffers={buffers} ! audio/x-raw,rate=48000,format=F32LE,'
        'channels=1 ! identity name=peer ! bffttrain name=train n-fft=16384 '
        'mode=async ! fakesink sync=false')
    busy = [subprocess.Popen([sys.executable, '-c', 'while True: pass'])
            for _ in range(hogs)]
    times = {}
    try:
        digests = {}
        for e in 'peer', 'train':
            times[e], digests[e] = [], (hashlib.sha256(), hashlib.sha256())
            watch(pipeline.get_by_name(e), times[e], digests[e])
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(
            60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        assert message.type == Gst.MessageType.EOS
        stats = pipeline.get_by_name('train').get_property('stats')
    finally:
        pipeline.set_state(Gst.State.NULL)
        for process in busy:
            process.kill()
            process.wait()
    for before, after in digests.values():
        assert before.digest() == after.digest(), 'the audio was altered'
    row = {'case': name, 'frames': stats.get_uint64('frames').value,
           'dropped': stats.get_uint64('dropped').value}
    for e, values in times.items():
        values.sort()
        row[e] = {'median_us': values[len(values) // 2] / 1e3,
                  'p99_us': values[len(values) * 99 // 100] / 1e3,
                  'max_us': values[-1] / 1e3}
    return row


def main(*flags):
    cores = os.cpu_count()
    rows = [run('live', 'true', 1000, 0),
            run('live, starved', 'true', 1000, 4 * cores),
            run('as fast as possible', 'false', 20000, 0)]
    if '--json' in flags:
        print(json.dumps(rows))
        return
    print(f"{'':20} {'element':8} {'median':>9} {'99 %':>9} {'largest':>9} us  "
          'frames dropped')
    for row in rows:
        for e in 'peer', 'train':
            t = row[e]
            print(f"{row['case']:20} {e:8} {t['median_us']:9.1f} "
                  f"{t['p99_us']:9.1f} {t['max_us']:9.1f}     "
                  f"{row['frames']:6} {row['dropped']:7}")


main(*sys.argv[1:])
