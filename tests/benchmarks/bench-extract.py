# bfft: how fast bfft-extract goes through files.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-extract.py TOOL [HOURS [JOBS]]

Makes HOURS (4) files of an hour of 16 kHz noise, and tells the seconds that an
hour of sound takes TOOL for Whisper's features as npy: one file, all with one
job, all with JOBS (2); and what decoding alone takes, through the same elements.
The least of three rounds.
"""
import os
import resource
import subprocess
import sys
import tempfile
import time


def measure(*command):
    """Wall and processor seconds."""
    best = [1e9, 1e9]
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        wall = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = [min(best[0], wall), min(best[1], cpu)]
    return best


def main(tool, hours='4', jobs='2'):
    hours = int(hours)
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f'{folder}/in')
        first = f'{folder}/in/0.wav'
        subprocess.run(f'gst-launch-1.0 -q audiotestsrc wave=pink-noise num-buffers=3600 samplesperbuffer=16000 '
                       f'! audio/x-raw,rate=16000,channels=1,format=S16LE ! wavenc ! filesink location={first}',
                       shell=True, check=True)
        for i in range(1, hours):
            os.link(first, f'{folder}/in/{i}.wav')
        extract = tool, '--preset', 'whisper', '-o'
        one = measure(*extract, f'{folder}/one.npy', '-j', '1', first)
        decode = measure('gst-launch-1.0', '-q', 'uridecodebin', f'uri=file://{first}', '!', 'audioconvert', '!',
                         'audio/x-raw,format=F32LE', '!', 'audioresample', '!', 'fakesink', 'sync=false')
        print(f'one file: {one[0]:.2f} s, {one[1]:.2f} s of processors; decoding alone {decode[0]:.2f} s, '
              f'{decode[1]:.2f} s')
        walls = [measure(*extract, f'{folder}/out/', '-j', n, f'{folder}/in')[0] / hours for n in ('1', jobs)]
        print(f'{hours} files: {walls[0]:.2f} s an hour with one job, {walls[1]:.2f} s with {jobs}: '
              f'{walls[0] / walls[1]:.2f} times as fast')


main(*sys.argv[1:])
