/* bfft: the enumerations of models/ as GTypes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftenums.h"

#define DEFINE_ENUM GST_BFFT_DEFINE_ENUM

/* *INDENT-OFF* */
DEFINE_ENUM (GstBfftVariant, gst_bfft_variant,
  {GST_BFFT_VARIANT_AUTO, "The model's; without one, butterfly", "auto"},
  {BFFT_VARIANT_REFERENCE, "GstFFT", "reference"},
  {BFFT_VARIANT_BUTTERFLY, "Plain butterfly network", "butterfly"},
  {BFFT_VARIANT_STOCKHAM, "Butterfly network, self-sorting", "stockham"},
  {BFFT_VARIANT_Q8, "Butterfly network with int8 twiddles", "q8"},
  {BFFT_VARIANT_UNITARY, "2x2 matrices in place of butterflies", "unitary"},
  {BFFT_VARIANT_DOMAIN, "Twiddles fitted to a stream", "domain"},
  {BFFT_VARIANT_PRUNED, "Hard gates", "pruned"},
  {BFFT_VARIANT_FUSED_SPECTRAL, "FFT, mask and inverse FFT",
      "fused-spectral"},
  {BFFT_VARIANT_LEARNED, "Gates, and a mask, scale and bias of each bin", "learned"})

#ifdef HAVE_ORC
#define EXECUTION_ORC "Compiled at run time by ORC"
#else
#define EXECUTION_ORC "As auto: this build has no programs for ORC"
#endif

DEFINE_ENUM (GstBfftExecution, gst_bfft_execution,
  {BFFT_EXECUTION_AUTO, "The fastest for this processor", "auto"},
  {BFFT_EXECUTION_ORC, EXECUTION_ORC, "orc"},
  {BFFT_EXECUTION_C, "C for every processor of the family", "c"})

DEFINE_ENUM (GstBfftWindow, gst_bfft_window,
  {BFFT_WINDOW_HANN, "Hann", "hann"},
  {BFFT_WINDOW_HAMMING, "Hamming (0.54, 0.46)", "hamming"},
  {BFFT_WINDOW_HAMMING_GST, "Hamming as in GstFFT (0.53836, 0.46164)",
      "hamming-gst"},
  {BFFT_WINDOW_BLACKMAN, "Blackman", "blackman"},
  {BFFT_WINDOW_BLACKMAN_HARRIS, "Blackman-Harris, 4 terms",
      "blackman-harris"},
  {BFFT_WINDOW_NUTTALL, "Nuttall, 4 terms", "nuttall"},
  {BFFT_WINDOW_FLATTOP, "Flat top", "flattop"},
  {BFFT_WINDOW_POVEY, "Kaldi's Hann to the power of 0.85", "povey"},
  {BFFT_WINDOW_RECTANGULAR, "Rectangular", "rectangular"})

DEFINE_ENUM (GstBfftMelScale, gst_bfft_mel_scale,
  {BFFT_MEL_SCALE_SLANEY, "Linear below 1 kHz, logarithmic above", "slaney"},
  {BFFT_MEL_SCALE_HTK, "2595 log10 (1 + f / 700)", "htk"},
  {BFFT_MEL_SCALE_KALDI, "HTK's, with bands triangular over mel", "kaldi"})

DEFINE_ENUM (GstBfftMelNorm, gst_bfft_mel_norm,
  {BFFT_MEL_NORM_SLANEY, "Unit area", "slaney"},
  {BFFT_MEL_NORM_NONE, "Unit height", "none"})

DEFINE_ENUM (GstBfftMelPreset, gst_bfft_mel_preset,
  {BFFT_LOGMEL_PRESET_NONE, "25 ms Hann, 80 Slaney bands, log10, any rate", "none"},
  {BFFT_LOGMEL_PRESET_WHISPER, "OpenAI Whisper, 16 kHz", "whisper"},
  {BFFT_LOGMEL_PRESET_LIBROSA, "librosa's melspectrogram in dB, 22.05 kHz", "librosa"},
  {BFFT_LOGMEL_PRESET_TORCHAUDIO, "torchaudio's MelSpectrogram in dB, 16 kHz",
      "torchaudio"},
  {BFFT_LOGMEL_PRESET_KALDI, "Kaldi's fbank, any rate", "kaldi"},
  {BFFT_LOGMEL_PRESET_NEMO, "NVIDIA NeMo, 16 kHz", "nemo"},
  {BFFT_LOGMEL_PRESET_SHERPA_ONNX, "sherpa-onnx, icefall, lhotse, 16 kHz",
      "sherpa-onnx"},
  {BFFT_LOGMEL_PRESET_OPENWAKEWORD, "openWakeWord's melspectrogram.onnx, 16 kHz",
      "openwakeword"},
  {BFFT_LOGMEL_PRESET_YAMNET, "YAMNet, 16 kHz", "yamnet"},
  {BFFT_LOGMEL_PRESET_AST, "Audio Spectrogram Transformer, SSAST, 16 kHz", "ast"},
  {BFFT_LOGMEL_PRESET_CLAP, "LAION's CLAP, 48 kHz", "clap"},
  {BFFT_LOGMEL_PRESET_MUSICNN, "MusiCNN, 16 kHz", "musicnn"})

DEFINE_ENUM (GstBfftLogMode, gst_bfft_log_mode,
  {BFFT_LOG_MODE_LOG10, "Base 10", "log10"},
  {BFFT_LOG_MODE_LN, "Natural", "ln"},
  {BFFT_LOG_MODE_DB, "Decibel", "db"},
  {BFFT_LOG_MODE_WHISPER, "Whisper's: base 10, 8 deep, (l + 4) / 4",
      "whisper"},
  {BFFT_LOG_MODE_PCEN, "Per-channel energy normalisation", "pcen"},
  {BFFT_LOG_MODE_NONE, "No logarithm", "none"})

DEFINE_ENUM (GstBfftPadMode, gst_bfft_pad_mode,
  {BFFT_PAD_REFLECT, "Mirror image", "reflect"},
  {BFFT_PAD_SYMMETRIC, "Mirror image with the end samples", "symmetric"},
  {BFFT_PAD_CONSTANT, "Silence", "constant"})

DEFINE_ENUM (GstBfftWindowSymmetry, gst_bfft_window_symmetry,
  {BFFT_WINDOW_SYMMETRY_AUTO, "The definition's", "auto"},
  {BFFT_WINDOW_SYMMETRY_PERIODIC, "Periodic", "periodic"},
  {BFFT_WINDOW_SYMMETRY_SYMMETRIC, "Ends as it starts", "symmetric"})

DEFINE_ENUM (GstBfftWindowAlign, gst_bfft_window_align,
  {BFFT_WINDOW_ALIGN_AUTO, "The definition's", "auto"},
  {BFFT_WINDOW_ALIGN_CENTER, "In the middle", "center"},
  {BFFT_WINDOW_ALIGN_LEFT, "At the start", "left"})

DEFINE_ENUM (GstBfftDctNorm, gst_bfft_dct_norm,
  {BFFT_DCT_NORM_NONE, "2 sum x cos ()", "none"},
  {BFFT_DCT_NORM_ORTHO, "Orthonormal; lifter as librosa's", "ortho"},
  {BFFT_DCT_NORM_KALDI, "Orthonormal; lifter as Kaldi's", "kaldi"},
  {BFFT_DCT_NORM_HTK, "sqrt (2 / n); lifter as Kaldi's", "htk"})

DEFINE_ENUM (GstBfftFill, gst_bfft_fill,
  {BFFT_FILL_NONE, "Nothing: it is dropped", "none"},
  {BFFT_FILL_SILENCE, "Silence", "silence"})

DEFINE_ENUM (GstBfftLayout, gst_bfft_layout,
  {BFFT_LAYOUT_FRAMES_BANDS, "One frame after the other", "frames-bands"},
  {BFFT_LAYOUT_BANDS_FRAMES, "One band after the other", "bands-frames"})

DEFINE_ENUM (GstBfftNormalize, gst_bfft_normalize,
  {BFFT_NORMALIZE_NONE, "As they are", "none"},
  {BFFT_NORMALIZE_PER_BAND, "Each band to mean 0, deviation 1: NeMo's",
      "per-band"})

DEFINE_ENUM (GstBfftDetrend, gst_bfft_detrend,
  {BFFT_DETREND_NONE, "Nothing", "none"},
  {BFFT_DETREND_CONSTANT, "The mean", "constant"},
  {BFFT_DETREND_LINEAR, "The least-squares line", "linear"})

DEFINE_ENUM (GstBfftWelchScaling, gst_bfft_welch_scaling,
  {BFFT_WELCH_SCALING_DENSITY, "Power per Hz", "density"},
  {BFFT_WELCH_SCALING_SPECTRUM, "Power: a tone's mean square", "spectrum"},
  {BFFT_WELCH_SCALING_RAW, "|X|^2, one-sided", "raw"})

DEFINE_ENUM (GstBfftWelchAverage, gst_bfft_welch_average,
  {BFFT_WELCH_AVERAGE_MEAN, "Mean", "mean"},
  {BFFT_WELCH_AVERAGE_MEDIAN, "Median, over its bias", "median"})

DEFINE_ENUM (GstBfftWelchCross, gst_bfft_welch_cross,
  {BFFT_WELCH_CROSS_NONE, "Nothing", "none"},
  {BFFT_WELCH_CROSS_CSD, "Cross spectral density", "csd"},
  {BFFT_WELCH_CROSS_COHERENCE, "Coherence, 0 to 1", "coherence"},
  {BFFT_WELCH_CROSS_TRANSFER, "Transfer function (H1)", "transfer"})

DEFINE_ENUM (GstBfftWeighting, gst_bfft_weighting,
  {BFFT_WEIGHTING_NONE, "None (Z)", "none"},
  {BFFT_WEIGHTING_A, "A, of IEC 61672-1", "a"},
  {BFFT_WEIGHTING_C, "C, of IEC 61672-1", "c"})

DEFINE_ENUM (GstBfftWelchStrategy, gst_bfft_welch_strategy,
  {BFFT_WELCH_STRATEGY_AUTO,
      "full with the PSD in messages, fast with only peaks", "auto"},
  {BFFT_WELCH_STRATEGY_ULTRA, "One segment", "ultra"},
  {BFFT_WELCH_STRATEGY_FAST, "Two segments", "fast"},
  {BFFT_WELCH_STRATEGY_FULL, "All segments", "full"})

DEFINE_ENUM (GstBfftInit, gst_bfft_init,
  {BFFT_TRAINER_INIT_EXACT, "The exact network", "exact"},
  {BFFT_TRAINER_INIT_PERTURBED, "Twiddles turned by random angles",
      "perturbed"},
  {BFFT_TRAINER_INIT_RANDOM, "Random twiddles", "random"})

DEFINE_ENUM (GstBfftOptimizer, gst_bfft_optimizer,
  {BFFT_OPTIMIZER_SGD, "Gradient descent with momentum", "sgd"},
  {BFFT_OPTIMIZER_ADAM, "Adam", "adam"},
  {BFFT_OPTIMIZER_DIAG_PRECOND, "Diagonal preconditioner", "diag-precond"})
/* *INDENT-ON* */

const gchar *
gst_bfft_enum_nick (GType type, gint value)
{
  GEnumClass *klass = g_type_class_ref (type);
  const gchar *nick = g_enum_get_value (klass, value)->value_nick;

  g_type_class_unref (klass);
  return nick;
}
