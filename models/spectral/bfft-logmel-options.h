/* bfft: what mel features are made of, and the definitions that models in use
 * were trained with.
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
 *     inner maximum is taken over the result
 * @BFFT_LOG_MODE_PCEN: per-channel energy normalisation, librosa's definition
 * @BFFT_LOG_MODE_NONE: no logarithm
 */
typedef enum
{
  BFFT_LOG_MODE_LOG10,
  BFFT_LOG_MODE_LN,
  BFFT_LOG_MODE_DB,
  BFFT_LOG_MODE_WHISPER,
  BFFT_LOG_MODE_PCEN,
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
 * @BFFT_PAD_SYMMETRIC: they are mirrored with the end samples, as Kaldi does
 * @BFFT_PAD_CONSTANT: silence
 *
 * What frames see that reach beyond the ends of the stream.
 */
typedef enum
{
  BFFT_PAD_REFLECT,
  BFFT_PAD_SYMMETRIC,
  BFFT_PAD_CONSTANT,
} BfftPadMode;

/* The definition's own, or one that is set. */
typedef enum
{
  BFFT_WINDOW_SYMMETRY_AUTO,
  BFFT_WINDOW_SYMMETRY_PERIODIC,
  BFFT_WINDOW_SYMMETRY_SYMMETRIC,
} BfftWindowSymmetry;

/* Where a window stands that is shorter than the transform: in its middle
 * (torch, librosa) or at its start (Kaldi, TensorFlow). */
typedef enum
{
  BFFT_WINDOW_ALIGN_AUTO,
  BFFT_WINDOW_ALIGN_CENTER,
  BFFT_WINDOW_ALIGN_LEFT,
} BfftWindowAlign;

/**
 * BfftDctNorm:
 * @BFFT_DCT_NORM_NONE: 2 sum x cos (), as scipy and torchaudio without norm
 * @BFFT_DCT_NORM_ORTHO: orthonormal (librosa, torchaudio); the lifter is
 *     1 + L / 2 sin (pi (k + 1) / L), librosa's
 * @BFFT_DCT_NORM_KALDI: orthonormal; the lifter is 1 + L / 2 sin (pi k / L)
 * @BFFT_DCT_NORM_HTK: sqrt (2 / n) for all, coefficient 0 too; Kaldi's lifter
 */
typedef enum
{
  BFFT_DCT_NORM_NONE,
  BFFT_DCT_NORM_ORTHO,
  BFFT_DCT_NORM_KALDI,
  BFFT_DCT_NORM_HTK,
} BfftDctNorm;

/**
 * BfftNormalize:
 * @BFFT_NORMALIZE_NONE: as they are
 * @BFFT_NORMALIZE_PER_BAND: (x - mean) / (deviation + 1e-5) over the frames of
 *     the result, with n - 1 in the deviation: NeMo's per_feature
 */
typedef enum
{
  BFFT_NORMALIZE_NONE,
  BFFT_NORMALIZE_PER_BAND,
} BfftNormalize;

/* What is done for a window of frames that the end of the stream cuts off. */
typedef enum
{
  BFFT_FILL_NONE,               /* it is dropped */
  BFFT_FILL_SILENCE,            /* silence is appended to the stream */
} BfftFill;

/* Numbers of a result: the last index runs first. */
typedef enum
{
  BFFT_LAYOUT_FRAMES_BANDS,     /* [frames][bands] */
  BFFT_LAYOUT_BANDS_FRAMES,     /* [bands][frames] */
} BfftLayout;

/* Whose definition; each is a row of the table in bfft-logmel-presets.c, which
 * names its source. */
typedef enum
{
  BFFT_LOGMEL_PRESET_NONE,
  BFFT_LOGMEL_PRESET_WHISPER,
  BFFT_LOGMEL_PRESET_LIBROSA,
  BFFT_LOGMEL_PRESET_TORCHAUDIO,
  BFFT_LOGMEL_PRESET_KALDI,
  BFFT_LOGMEL_PRESET_NEMO,
  BFFT_LOGMEL_PRESET_SHERPA_ONNX,
  BFFT_LOGMEL_PRESET_OPENWAKEWORD,
  BFFT_LOGMEL_PRESET_YAMNET,
  BFFT_LOGMEL_PRESET_AST,
  BFFT_LOGMEL_PRESET_CLAP,
  BFFT_LOGMEL_PRESET_MUSICNN,
  BFFT_LOGMEL_N_PRESETS,
} BfftLogmelPreset;

/**
 * BfftLogmelOptions:
 * @rate: samples per second that the definition is for; 0 for any
 * @n_fft: transform length; 0 for the power of two at or above @win_length
 * @win_length: samples under the window, at most @n_fft; 0 for @n_fft, and for
 *     25 ms when that is 0 too
 * @hop: samples from one frame to the next; 0 for 10 ms
 * @window: its shape
 * @symmetric: the definition's window ends as it starts; otherwise periodic
 * @left_aligned: the definition's frames are @win_length samples long and
 *     zeros fill them up to @n_fft; otherwise frames are @n_fft long and the
 *     window stands in the middle
 * @symmetry: overrides @symmetric; AUTO once resolved
 * @align: overrides @left_aligned; AUTO once resolved
 * @center: frame t is centred on sample t hop; otherwise it starts there
 * @frame_offset: samples that frames start later than that; negative, or with
 *     @center, they reach beyond the ends of the stream
 * @pad_mode: what frames see beyond the ends
 * @sample_scale: what full scale is worth; samples are multiplied by it
 * @remove_dc: take each frame's mean off, before pre-emphasis
 * @pre_emphasis: coefficient, 0 for none
 * @pre_emphasis_mode: over what it runs
 * @power: 2 for |X|^2 under the bands, 1 for |X|
 * @n_mels: number of bands
 * @scale: mel scale
 * @norm: mel norm
 * @f_min: Hz, lower edge of the lowest band
 * @f_max: Hz, upper edge of the highest band; 0 or less: that far below half
 *     the sample rate
 * @log_mode: what becomes of a band
 * @log_guard: is added to a band before its logarithm
 * @log_floor: the least that a logarithm is taken of
 * @top_db: dB below the largest band of the result to which lower ones are
 *     raised; 0 for none
 * @pcen_gain, @pcen_bias, @pcen_power, @pcen_time_constant (seconds),
 *     @pcen_eps: of BFFT_LOG_MODE_PCEN
 * @n_mfcc: cepstral coefficients in place of the bands; 0 for the bands
 * @lifter: weights them, see BfftDctNorm; 0 for none
 * @dct_norm: what transform makes them
 * @deltas: how many derivatives over time follow each frame's numbers: 0, 1, 2
 * @delta_window: frames that one is taken over, odd
 * @frames: frames in a result
 * @frames_hop: frames from one result to the next; 0 for @frames
 * @fill: whether the last one is filled up
 * @layout: of a result
 * @normalize: over the frames of a result
 * @norm_mean, @norm_scale: at the very end, (x - mean) / scale
 */
typedef struct
{
  guint rate;
  guint n_fft;
  guint win_length;
  guint hop;
  BfftWindow window;
  gboolean symmetric;
  gboolean left_aligned;
  BfftWindowSymmetry symmetry;
  BfftWindowAlign align;
  gboolean center;
  gint frame_offset;
  BfftPadMode pad_mode;
  gdouble sample_scale;
  gboolean remove_dc;
  gdouble pre_emphasis;
  BfftPreEmphasisMode pre_emphasis_mode;
  guint power;
  guint n_mels;
  BfftMelScale scale;
  BfftMelNorm norm;
  gdouble f_min;
  gdouble f_max;
  BfftLogMode log_mode;
  gdouble log_guard;
  gdouble log_floor;
  gdouble top_db;
  gdouble pcen_gain;
  gdouble pcen_bias;
  gdouble pcen_power;
  gdouble pcen_time_constant;
  gdouble pcen_eps;
  guint n_mfcc;
  gdouble lifter;
  BfftDctNorm dct_norm;
  guint deltas;
  guint delta_window;
  guint frames;
  guint frames_hop;
  BfftFill fill;
  BfftLayout layout;
  BfftNormalize normalize;
  gdouble norm_mean;
  gdouble norm_scale;
} BfftLogmelOptions;

/* The definition that @preset names; lengths in it may be 0, and what is no
 * definition's (frames, normalisation) is at its default. */
const BfftLogmelOptions *bfft_logmel_preset (BfftLogmelPreset preset);

/* Puts numbers in place of the zeros that stand for one at @rate, and checks
 * the lot. Returns: FALSE with a sentence that says what to change; the numbers
 * are put there even so. */
gboolean bfft_logmel_options_resolve (BfftLogmelOptions * options, guint rate,
    GError ** error);

/* The questions below are for resolved options. */

/* Samples that a frame takes in. */
guint bfft_logmel_options_frame_length (const BfftLogmelOptions * options);

/* Samples that frame 0 reaches beyond the start of the stream; negative if it
 * starts later. */
gint bfft_logmel_options_padding (const BfftLogmelOptions * options);

/* Samples that the last frame may reach beyond the end of the stream. */
guint bfft_logmel_options_tail (const BfftLogmelOptions * options);

/* Numbers per frame of a result: bands or coefficients, and derivatives. */
guint bfft_logmel_options_bands (const BfftLogmelOptions * options);

/* Frames that the last of a result waits for, for its derivatives. */
guint bfft_logmel_options_look_ahead (const BfftLogmelOptions * options);

/* Frames that a stream of @n samples has. */
guint64 bfft_logmel_options_count_frames (const BfftLogmelOptions * options,
    guint64 n);

/* How the last results of a stream of @n samples are filled up: returns the
 * samples of silence that are appended to it and sets the frames that it has
 * with them; 0 and the frames without if nothing is filled. */
guint64 bfft_logmel_options_fill_up (const BfftLogmelOptions * options,
    guint64 n, guint64 * frames);

/* The window in its place: @values has n_fft, with zeros
 * around it. */
void bfft_logmel_options_fill_window (const BfftLogmelOptions * options,
    gfloat * values);

G_END_DECLS
