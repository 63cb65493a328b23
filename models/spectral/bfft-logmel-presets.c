/* bfft: the definitions that models in use were trained with.
 *
 * One row each, with where it is published. What is not mentioned is 0, the
 * first of its enumeration, or FALSE.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-logmel-options.h"

#include <float.h>

/* What full scale is worth, the exponent, the least that a logarithm is taken
 * of and the cepstra's norm; and what no definition has an opinion on. */
#define BASE(worth, exponent, floor, dct) .sample_scale = worth, \
    .power = exponent, .log_floor = floor, .dct_norm = BFFT_DCT_NORM_##dct, \
    .delta_window = 5, .frames = 1, .norm_scale = 1, .pcen_gain = 0.98, \
    .pcen_bias = 2, .pcen_power = 0.5, .pcen_time_constant = 0.4, \
    .pcen_eps = 1e-6

/* A frame as Kaldi prepares it, and triangles as it makes them (feature-
 * window.cc, mel-computations.cc; torchaudio.compliance.kaldi is the same). */
#define KALDI(worth) BASE (worth, 2, FLT_EPSILON, KALDI), .symmetric = TRUE, \
    .left_aligned = TRUE, .remove_dc = TRUE, .pre_emphasis = 0.97, \
    .pre_emphasis_mode = BFFT_PRE_EMPHASIS_FRAME, .f_min = 20, \
    .scale = BFFT_MEL_SCALE_KALDI, .norm = BFFT_MEL_NORM_NONE, \
    .log_mode = BFFT_LOG_MODE_LN

static const BfftLogmelOptions presets[BFFT_LOGMEL_N_PRESETS] = {
  /* 25 ms, 10 ms, log10 */
  [BFFT_LOGMEL_PRESET_NONE] = {BASE (1, 2, 1e-10, ORTHO),.n_mels = 80},

  /* openai/whisper, whisper/audio.py: log_mel_spectrogram() */
  [BFFT_LOGMEL_PRESET_WHISPER] = {BASE (1, 2, 1e-10, ORTHO),.rate =
        16000,.n_fft = 400,
        .hop = 160,.n_mels = 80,.center = TRUE,
      .log_mode = BFFT_LOG_MODE_WHISPER},

  /* librosa/feature/spectral.py: power_to_db (melspectrogram ()) */
  [BFFT_LOGMEL_PRESET_LIBROSA] = {BASE (1, 2, 1e-10, ORTHO),.rate =
        22050,.n_fft = 2048,
        .hop = 512,.n_mels = 128,.center = TRUE,
      .pad_mode = BFFT_PAD_CONSTANT,.log_mode = BFFT_LOG_MODE_DB},

  /* torchaudio/transforms: MelSpectrogram and AmplitudeToDB; 80 bands in place
   * of 128, of which one would be empty at n_fft 400 */
  [BFFT_LOGMEL_PRESET_TORCHAUDIO] = {BASE (1, 2, 1e-10, ORTHO),.rate =
        16000,.n_fft = 400,
        .hop = 200,.n_mels = 80,.scale = BFFT_MEL_SCALE_HTK,
        .norm = BFFT_MEL_NORM_NONE,.center = TRUE,
      .log_mode = BFFT_LOG_MODE_DB},

  /* Kaldi: compute-fbank-feats --dither=0 --num-mel-bins=80 */
  [BFFT_LOGMEL_PRESET_KALDI] = {KALDI (32768),.window = BFFT_WINDOW_POVEY,
      .n_mels = 80},

  /* NVIDIA/NeMo, parts/preprocessing/features.py: FilterbankFeatures in
   * evaluation, without dither and normalisation */
  [BFFT_LOGMEL_PRESET_NEMO] = {BASE (1, 2, FLT_MIN, ORTHO),.rate =
        16000,.symmetric = TRUE,
        .n_mels = 80,.pre_emphasis = 0.97,.log_mode = BFFT_LOG_MODE_LN,
        .log_guard = 1.0 / (1 << 24),.center = TRUE,
      .pad_mode = BFFT_PAD_CONSTANT},

  /* k2-fsa/sherpa-onnx, csrc/features.h; icefall and lhotse: kaldifeat's
   * Fbank with snip_edges false and high_freq -400, samples up to 1. Frame t
   * is centred on t hop + hop / 2. */
  [BFFT_LOGMEL_PRESET_SHERPA_ONNX] = {KALDI (1),.rate = 16000,.n_fft = 512,
        .win_length = 400,.hop = 160,.window = BFFT_WINDOW_POVEY,
        .frame_offset = 80 - 200,.pad_mode = BFFT_PAD_SYMMETRIC,
      .n_mels = 80,.f_max = -400},

  /* dscripka/openWakeWord, notebooks/converting_google_speech_embedding_model:
   * torchlibrosa's Spectrogram and LogmelFilterBank, whose bank is librosa's;
   * the weights of its melspectrogram.onnx are these */
  [BFFT_LOGMEL_PRESET_OPENWAKEWORD] = {BASE (32768, 2, 1e-10, ORTHO),.rate =
        16000,.n_fft = 512,
        .win_length = 400,.hop = 160,.n_mels = 32,.f_min = 60,
        .f_max = 3800,.log_mode = BFFT_LOG_MODE_DB,
      .top_db = 80},

  /* tensorflow/models, research/audioset/yamnet: features.py and params.py;
   * tf.signal's stft() and linear_to_mel_weight_matrix() */
  [BFFT_LOGMEL_PRESET_YAMNET] = {BASE (1, 1, FLT_MIN, ORTHO),.rate =
        16000,.n_fft = 512,
        .win_length = 400,.hop = 160,.left_aligned = TRUE,.n_mels = 64,
        .scale = BFFT_MEL_SCALE_KALDI,.norm = BFFT_MEL_NORM_NONE,
        .f_min = 125,.f_max = 7500,
      .log_mode = BFFT_LOG_MODE_LN,.log_guard = 0.001},

  /* huggingface/transformers, ASTFeatureExtractor: Kaldi's fbank with
   * window_type hanning and num_mel_bins 128, samples up to 1 */
  [BFFT_LOGMEL_PRESET_AST] = {KALDI (1),.rate = 16000,.n_fft = 512,
      .win_length = 400,.hop = 160,.n_mels = 128},

  /* huggingface/transformers, ClapFeatureExtractor with
   * truncation=rand_trunc, and laion/clap-htsat-unfused's
   * preprocessor_config.json */
  [BFFT_LOGMEL_PRESET_CLAP] = {BASE (1, 2, 1e-10, ORTHO),.rate = 48000,.n_fft =
        1024,
        .hop = 480,.n_mels = 64,.f_min = 50,.f_max = 14000,.center = TRUE,
      .log_mode = BFFT_LOG_MODE_DB},

  /* jordipons/musicnn, extractor.py and configuration.py: log10 (10000 mel +
   * 1) of librosa 0.7's melspectrogram, which mirrors the ends */
  [BFFT_LOGMEL_PRESET_MUSICNN] = {BASE (100, 2, FLT_MIN, ORTHO),.rate =
        16000,.n_fft = 512,
        .hop = 256,.n_mels = 96,.log_guard = 1,
      .center = TRUE},
};

const BfftLogmelOptions *
bfft_logmel_preset (BfftLogmelPreset preset)
{
  return &presets[preset];
}
