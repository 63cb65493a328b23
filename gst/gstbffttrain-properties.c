/* bfft: the properties of bffttrain.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbffttrain-private.h"

/* *INDENT-OFF* */
static GST_BFFT_DEFINE_ENUM (GstBfftTrainMode, gst_bfft_train_mode,
  {GST_BFFT_TRAIN_ASYNC, "In a thread of its own; never delays the audio",
      "async"},
  {GST_BFFT_TRAIN_SYNC, "In the streaming thread; on every sample, and always "
      "with the same result", "sync"})
/* *INDENT-ON* */

static void
get_stats (GObject * object, GValue * value)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (object);

  g_value_take_boxed (value, gst_bfft_stats_to_structure (&self->stats,
          self->settings.options.execution));
}

/* *INDENT-OFF* */
const GstBfftProperty gst_bfft_train_properties[] = {
  GST_BFFT_UINT (GstBfftTrain, settings.options.n_fft, "n-fft", 2, 131072,
      256, GST_BFFT_READY,
      "Samples per frame, a power of two"),
  GST_BFFT_UINT (GstBfftTrain, settings.options.batch, "batch", 1, 4096, 8,
      GST_BFFT_READY,
      "Frames of n-fft samples per step"),
  GST_BFFT_UINT64 (GstBfftTrain, settings.options.steps, "steps", 0,
      G_MAXUINT64, 0, GST_BFFT_READY,
      "Steps to train, 0 until the end of the stream; with it, the "
      "learning rate falls to 0 in the second half"),
  GST_BFFT_ENUM (GstBfftTrain, settings.options.variant, "variant",
      gst_bfft_variant_get_type, BFFT_VARIANT_LEARNED, GST_BFFT_READY,
      "What is trained: learned (auto too), domain, pruned or unitary; with "
      "reference-channel it is fused-spectral"),
  GST_BFFT_ENUM (GstBfftTrain, settings.options.execution, "execution",
      gst_bfft_execution_get_type, BFFT_EXECUTION_AUTO, GST_BFFT_READY,
      "Kernels that run (auto = the fastest for this processor)"),
  GST_BFFT_ENUM (GstBfftTrain, settings.options.init, "init",
      gst_bfft_init_get_type, BFFT_TRAINER_INIT_EXACT, GST_BFFT_READY,
      "Parameters that training starts from"),
  GST_BFFT_DOUBLE (GstBfftTrain, settings.options.perturbation,
      "perturbation", 0, G_PI, 0.1, GST_BFFT_READY,
      "Standard deviation of the angles of a perturbed start, in rad"),
  GST_BFFT_ENUM (GstBfftTrain, settings.options.optimizer, "optimizer",
      gst_bfft_optimizer_get_type, BFFT_OPTIMIZER_DIAG_PRECOND,
      GST_BFFT_READY,
      "Rule that makes steps of gradients"),
  GST_BFFT_DOUBLE (GstBfftTrain, settings.options.learning_rate,
      "learning-rate", 0, 1000, 5e-4, GST_BFFT_READY,
      "Step size of all but the gates; divided by the square root of log2"
      " (n-fft)"),
  GST_BFFT_DOUBLE (GstBfftTrain, settings.options.gate_learning_rate,
      "gate-learning-rate", 0, 1000, 1e-3, GST_BFFT_READY,
      "Step size of the gates"),
  GST_BFFT_DOUBLE (GstBfftTrain, settings.options.grad_clip, "grad-clip", 0,
      G_MAXDOUBLE, 1, GST_BFFT_READY,
      "Largest norm of the gradient, 0 for no limit"),
  GST_BFFT_BOOLEAN (GstBfftTrain, settings.options.project_twiddles,
      "project-twiddles", TRUE, GST_BFFT_READY,
      "Keep twiddles on the unit circle, training their angles"),
  GST_BFFT_DOUBLE (GstBfftTrain, settings.options.loss.spectrum_weight,
      "spectrum-weight", 0, G_MAXDOUBLE, 0.25, GST_BFFT_READY,
      "Weight of the spectrum error"),
  GST_BFFT_DOUBLE (GstBfftTrain, settings.options.loss.mel_weight,
      "mel-weight", 0, G_MAXDOUBLE, 2, GST_BFFT_READY,
      "Weight of the log-mel error"),
  GST_BFFT_DOUBLE (GstBfftTrain, settings.options.loss.welch_weight,
      "welch-weight", 0, G_MAXDOUBLE, 1.5, GST_BFFT_READY,
      "Weight of the error of the Welch PSD"),
  GST_BFFT_DOUBLE (GstBfftTrain, settings.options.loss.peak_weight,
      "peak-weight", 0, G_MAXDOUBLE, 2, GST_BFFT_READY,
      "Weight of the error around the peaks of the PSD"),
  GST_BFFT_UINT (GstBfftTrain, settings.options.loss.peak_k, "peak-k", 1,
      65537, 16, GST_BFFT_READY,
      "Number of strongest bins that peak-weight is about"),
  GST_BFFT_DOUBLE (GstBfftTrain, settings.options.sparsity_weight,
      "sparsity-weight", 0, G_MAXDOUBLE, 0.01, GST_BFFT_READY,
      "Weight of the mean gate"),
  GST_BFFT_UINT (GstBfftTrain, settings.options.loss.n_mels, "n-mels", 1,
      1024, 40, GST_BFFT_READY,
      "Mel bands, fewer where the transform has too few bins"),
  GST_BFFT_BOOLEAN (GstBfftTrain, settings.options.train_q8, "train-q8", TRUE,
      GST_BFFT_READY,
      "Train variant learned for int8 twiddles"),
  GST_BFFT_DOUBLE (GstBfftTrain, noise_snr, "noise-snr", -100,
      GST_BFFT_TRAIN_NO_NOISE, GST_BFFT_TRAIN_NO_NOISE, GST_BFFT_READY,
      "White noise that is added to what the network sees, in dB below "
      "the sound; 1000 for none"),
  GST_BFFT_UINT64 (GstBfftTrain, settings.options.seed, "seed", 0,
      G_MAXUINT64, 42, GST_BFFT_READY,
      "Seed of all random numbers"),
  GST_BFFT_BOOLEAN (GstBfftTrain, multi_channel, "multi-channel", FALSE,
      GST_BFFT_READY,
      "Train on every channel instead of their mean"),
  GST_BFFT_INT (GstBfftTrain, settings.reference_channel,
      "reference-channel", -1, G_MAXINT, -1, GST_BFFT_READY,
      "Channel that the others, mixed, are matched to: a curve is fitted that "
      "makes their spectrum its own; -1 for none"),
  GST_BFFT_INT (GstBfftTrain, settings.reference_delay, "reference-delay",
      G_MININT, G_MAXINT, G_MININT, GST_BFFT_READY,
      "Samples by which the others lag reference-channel; -2147483648 finds "
      "out, up to 200 ms both ways"),
  GST_BFFT_ENUM (GstBfftTrain, mode, "mode", gst_bfft_train_mode_get_type,
      GST_BFFT_TRAIN_ASYNC, GST_BFFT_READY,
      "Which thread trains: one of its own, or the stream's"),
  GST_BFFT_UINT (GstBfftTrain, queue_frames, "queue-frames", 1, 65536,
      64, GST_BFFT_READY,
      "Frames that may wait in mode async, at least two batches; more are"
      " dropped"),
  GST_BFFT_UINT (GstBfftTrain, settings.interval, "interval", 0, G_MAXUINT,
      50, GST_BFFT_READY,
      "Steps between messages, 0 for none"),
  GST_BFFT_UINT (GstBfftTrain, settings.checkpoint_interval,
      "checkpoint-interval", 0, G_MAXUINT, 200,
      GST_BFFT_READY,
      "Steps between checkpoints, 0 for none before the end"),
  GST_BFFT_STRING (GstBfftTrain, settings.location, "location",
      GST_BFFT_READY,
      "Weights file (safetensors) to write at checkpoints and at the end"),
  GST_BFFT_STRING (GstBfftTrain, settings.sidecar_location,
      "sidecar-location", GST_BFFT_READY,
      "File for telemetry (JSON); by default beside location, named .json"),
  GST_BFFT_STRING (GstBfftTrain, settings.resume_location, "resume-location",
      GST_BFFT_READY,
      "Checkpoint (safetensors) of bffttrain to go on from, or weights to"
      " start from"),
  GST_BFFT_BOOLEAN (GstBfftTrain, settings.landscape, "landscape", TRUE,
      GST_BFFT_READY,
      "Compute a loss landscape for the last sidecar, when training is "
      "done, if that fits into a second"),
  GST_BFFT_STATS (get_stats,
      "frames (taken), ns-per-frame-mean and ns-per-frame-max (of "
      "training), dropped (frames for which mode async had no time)"),
  {.name = NULL}
};
/* *INDENT-ON* */
