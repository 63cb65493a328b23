#!/usr/bin/env python3
# bfft: speech to text with bfftmel's tensors and PocketSphinx's acoustic model.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""hear-words.py [FILE]

One pipeline: a sound, bfftmel, appsink; each tensor buffer is the cepstrum of
10 ms, which goes into PocketSphinx's decoder (Debian: libpocketsphinx3 and
pocketsphinx-en-us, the model). Prints what it hears. Without FILE it listens
to a sentence of pocketsphinx-testdata. Where model or decoder are not there it
says so and leaves with status 77.

CEPSTRA is what the model was trained with, from its feat.params and the
defaults of sphinx_fe; only that sphinx_fe moves the edges of its bands to the
nearest bin and takes steady noise out.
"""
import ctypes
import os
import sys

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
from gi.repository import Gst, GstApp  # noqa: E402, F401

MODEL = os.environ.get('SPHINX_MODEL', '/usr/share/pocketsphinx/model/en-us')
SOUND = ('/usr/share/pocketsphinx/test/data/librivox/'
         'sense_and_sensibility_01_austen_64kb-0890.wav')
CEPSTRA = (
    'n-fft=512 win-length=410 hop=160 window=hamming window-symmetry=symmetric '
    'window-align=left pre-emphasis=0.97 sample-scale=32768 n-mels=25 '
    'mel-scale=htk mel-norm=slaney min-frequency=130 max-frequency=6800 '
    'log-mode=ln n-mfcc=13 lifter=22 dct-norm=kaldi')


class Decoder:
    """libpocketsphinx, through its C interface"""

    def __init__(self):
        self.base = ctypes.CDLL('libsphinxbase.so.3')
        self.lib = ctypes.CDLL('libpocketsphinx.so.3')
        for name in 'ps_args', 'ps_init':
            getattr(self.lib, name).restype = ctypes.c_void_p
        self.lib.ps_get_hyp.restype = ctypes.c_char_p
        self.base.cmd_ln_init.restype = ctypes.c_void_p
        options = [b'-hmm', f'{MODEL}/en-us'.encode(),
                   b'-lm', f'{MODEL}/en-us.lm.bin'.encode(),
                   b'-dict', f'{MODEL}/cmudict-en-us.dict'.encode(),
                   b'-logfn', b'/dev/null']
        config = self.base.cmd_ln_init(
            None, ctypes.c_void_p(self.lib.ps_args()), 1, *options, None)
        self.decoder = ctypes.c_void_p(
            self.lib.ps_init(ctypes.c_void_p(config)))
        if not self.decoder:
            raise OSError(f'{MODEL} cannot be used')
        self.lib.ps_start_utt(self.decoder)

    def add(self, cepstra):
        """a list of bytes: 13 floats each; a whole utterance"""
        rows = [ctypes.create_string_buffer(frame, 52) for frame in cepstra]
        table = (ctypes.c_void_p * len(rows))(
            *(ctypes.addressof(row) for row in rows))
        self.lib.ps_process_cep(self.decoder, table, len(rows), 0, 1)

    def words(self):
        self.lib.ps_end_utt(self.decoder)
        text = self.lib.ps_get_hyp(self.decoder, None)
        self.lib.ps_free(self.decoder)
        return (text or b'').decode()


def cepstra_of(filename):
    pipeline = Gst.parse_launch(
        'filesrc name=file ! decodebin ! audioconvert ! audioresample ! '
        f'audio/x-raw,rate=16000,channels=1 ! bfftmel {CEPSTRA} '
        'post-messages=false ! other/tensors ! appsink name=sink sync=false')
    pipeline.get_by_name('file').set_property('location', filename)
    sink = pipeline.get_by_name('sink')
    pipeline.set_state(Gst.State.PLAYING)
    frames = []
    while sample := sink.try_pull_sample(10 * Gst.SECOND):
        buffer = sample.get_buffer()
        frames.append(buffer.extract_dup(0, buffer.get_size()))
    message = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if message:
        sys.exit(f'hear-words: {message.parse_error()[0].message}')
    return frames


def main():
    Gst.init(None)
    filename = sys.argv[1] if len(sys.argv) > 1 else SOUND
    try:
        decoder = Decoder()
    except OSError as error:
        print(f'hear-words: no model to hear with ({error}); on Debian, '
              'apt-get install libpocketsphinx3 pocketsphinx-en-us')
        return 77
    decoder.add(cepstra_of(filename))
    print(decoder.words())
    return 0


sys.exit(main())
