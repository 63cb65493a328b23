#!/usr/bin/env python3
# bfft: speech to text with bfftmel's tensors and PocketSphinx's acoustic model.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""hear-words.py [SOUND]

One pipeline: a sound, bfftmel, appsink; each tensor buffer is the cepstrum of
10 ms, which goes into PocketSphinx's decoder (Debian: libpocketsphinx3 and
pocketsphinx-en-us, the model). Prints what it hears. Without SOUND it listens
to a sentence of pocketsphinx-testdata.

CEPSTRA is what the model was trained with, from its feat.params and the
defaults of sphinx_fe; only that sphinx_fe moves the edges of its bands to the
nearest bin and takes steady noise out.
"""
import ctypes
import os

import example  # first: it says which package is missing

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


def cepstra_of(sound):
    return list(map(example.data, example.samples(example.listen(
        sound, 'audioconvert ! audioresample ! audio/x-raw,rate=16000,channels=1 '
        f'! bfftmel {CEPSTRA} post-messages=false ! other/tensors '
        '! appsink name=sink sync=false'))))


def main(sound):
    try:
        decoder = Decoder()
    except OSError as error:
        example.missing(f'a model to hear with ({error})',
                        'libpocketsphinx3 pocketsphinx-en-us')
    if not sound and not os.path.exists(SOUND):
        example.missing(SOUND, 'pocketsphinx-testdata')
    decoder.add(cepstra_of(sound or SOUND))
    print(decoder.words())


main(*example.arguments(__doc__))
