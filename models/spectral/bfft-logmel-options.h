/* bfft: what log-mel features are made of, and the definitions that models in
 * use were trained with.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-mel.h"
#include "bfft-window.h"

G_BEGIN_DECLS

/**
 * BfftLogMode:
 * @BFFT_LOG_MODE_LOG10: log10
 * @BFFT_LOG_MODE_LN: natural logarithm
 * @BFFT_LOG_MODE_DB: 10 log10 of power, 20 log10 of magnitude
 * @BFFT_LOG_MODE_WHISPER: (max (l, max (l) - 8) + 4) / 4 with l = log10; the
 *     inner maximum is taken over the frame
 * @BFFT_LOG_MODE_NONE: no logarithm
 */
typedef enum
{
  BFFT_LOG_MODE_LOG10,
  BFFT_LOG_MODE_LN,
  BFFT_LOG_MODE_DB,
  BFFT_LOG_MODE_WHISPER,
  BFFT_LOG_MODE_NONE,
} BfftLogMode;

/**
 * BfftPreEmphasisMode:
 * @BFFT_PRE_EMPHASIS_STREAM: y[t] = x[t] - a x[t-1] over the whole stream,
 *     before it is padded and cut into frames; y[0] = x[0]
 * @BFFT_PRE_EMPHASIS_FRAME: the same within each frame, whose first sample
 *     stands in for the one before it
 */
typedef enum
{
  BFFT_PRE_EMPHASIS_STREAM,
  BFFT_PRE_EMPHASIS_FRAME,
} BfftPreEmphasisMode;

/**
 * BfftPadMode:
 * @BFFT_PAD_REFLECT: the ends of the stream are mirrored, without repeating
 *     the end samples
 * @BFFT_PAD_CONSTANT: silence
 *
 * What centred frames see beyond the ends of the stream.
 */
typedef enum
{
  BFFT_PAD_REFLECT,
  BFFT_PAD_CONSTANT,
} BfftPadMode;

/**
 * BfftLogmelPreset:
 * @BFFT_LOGMEL_PRESET_NONE: 25 ms Hann, 80 Slaney bands, log10
 * @BFFT_LOGMEL_PRESET_WHISPER: OpenAI Whisper's log_mel_spectrogram
 * @BFFT_LOGMEL_PRESET_LIBROSA: librosa's power_to_db (melspectrogram ())
 * @BFFT_LOGMEL_PRESET_TORCHAUDIO: torchaudio's MelSpectrogram and
 *     AmplitudeToDB, with 80 bands where torchaudio's 128 would leave some
 *     empty
 * @BFFT_LOGMEL_PRESET_KALDI: Kaldi's compute-fbank-feats without dither, 80
 *     bands
 * @BFFT_LOGMEL_PRESET_NEMO: NVIDIA NeMo's FilterbankFeatures without dither
 *     and normalisation
 */
typedef enum
{
  BFFT_LOGMEL_PRESET_NONE,
  BFFT_LOGMEL_PRESET_WHISPER,
  BFFT_LOGMEL_PRESET_LIBROSA,
  BFFT_LOGMEL_PRESET_TORCHAUDIO,
  BFFT_LOGMEL_PRESET_KALDI,
  BFFT_LOGMEL_PRESET_NEMO,
} BfftLogmelPreset;

/**
 * BfftLogmelOptions:
 * @n_fft: transform length; 0 for the power of two at or above @win_length
 * @win_length: samples under the window, at most @n_fft; 0 for @n_fft, and for
 *     25 ms when that is 0 too
 * @hop: samples from one frame to the next; 0 for 10 ms
 * @window: its shape
 * @symmetric: the window ends as it starts; otherwise it is periodic
 * @left_aligned: frames are @win_length samples long and zeros fill them up to
 *     @n_fft; otherwise frames are @n_fft long and the window stands in the
 *     middle
 * @n_mels: number of bands
 * @scale: mel scale
 * @norm: mel norm
 * @f_min: Hz, lower edge of the lowest band
 * @f_max: Hz, upper edge of the highest band; 0 for half the sample rate
 * @sample_scale: what full scale is worth; samples are multiplied by it
 * @remove_dc: take each frame's mean off, before pre-emphasis
 * @pre_emphasis: coefficient, 0 for none
 * @pre_emphasis_mode: over what it runs
 * @power: 2 for |X|^2 under the bands, 1 for |X|
 * @log_mode: what becomes of a band
 * @log_guard: is added to a band before its logarithm
 * @log_floor: the least that a logarithm is taken of
 * @center: frame t is centred on sample t hop; otherwise it starts there
 * @pad_mode: what centred frames see beyond the ends
 */
typedef struct
{
  guint n_fft;
  guint win_length;
  guint hop;
  BfftWindow window;
  gboolean symmetric;
  gboolean left_aligned;
  guint n_mels;
  BfftMelScale scale;
  BfftMelNorm norm;
  gdouble f_min;
  gdouble f_max;
  gdouble sample_scale;
  gboolean remove_dc;
  gdouble pre_emphasis;
  BfftPreEmphasisMode pre_emphasis_mode;
  guint power;
  BfftLogMode log_mode;
  gdouble log_guard;
  gdouble log_floor;
  gboolean center;
  BfftPadMode pad_mode;
} BfftLogmelOptions;

/* The definition that @preset names; lengths in it may be 0. */
const BfftLogmelOptions *bfft_logmel_preset (BfftLogmelPreset preset);

/* Puts numbers in place of the zeros that stand for one at @rate, and checks
 * the lot. Returns: FALSE with a sentence that says what to change; the numbers
 * are put there even so. */
gboolean bfft_logmel_options_resolve (BfftLogmelOptions * options, guint rate,
    GError ** error);

/* Samples that a frame of resolved @options takes in. */
guint bfft_logmel_options_frame_length (const BfftLogmelOptions * options);

/* Samples that frame 0 reaches beyond the start of the stream. */
guint bfft_logmel_options_padding (const BfftLogmelOptions * options);

/* The window of resolved @options in its place: @values has n_fft, with zeros
 * around it. */
void bfft_logmel_options_fill_window (const BfftLogmelOptions * options,
    gfloat * values);

G_END_DECLS
