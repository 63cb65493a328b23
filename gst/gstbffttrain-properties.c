/* bfft: the properties of bffttrain.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbffttrain-private.h"

#include "gstbfftenums.h"

#define DEFAULT_QUEUE_FRAMES 64
#define DEFAULT_INTERVAL 50
#define DEFAULT_CHECKPOINT_INTERVAL 200

enum
{
  PROP_N_FFT = 1,
  PROP_BATCH,
  PROP_STEPS,
  PROP_VARIANT,
  PROP_EXECUTION,
  PROP_INIT,
  PROP_PERTURBATION,
  PROP_OPTIMIZER,
  PROP_LEARNING_RATE,
  PROP_GATE_LEARNING_RATE,
  PROP_GRAD_CLIP,
  PROP_PROJECT_TWIDDLES,
  PROP_SPECTRUM_WEIGHT,
  PROP_MEL_WEIGHT,
  PROP_WELCH_WEIGHT,
  PROP_PEAK_WEIGHT,
  PROP_PEAK_K,
  PROP_SPARSITY_WEIGHT,
  PROP_N_MELS,
  PROP_TRAIN_Q8,
  PROP_NOISE_SNR,
  PROP_SEED,
  PROP_MULTI_CHANNEL,
  PROP_MODE,
  PROP_QUEUE_FRAMES,
  PROP_INTERVAL,
  PROP_CHECKPOINT_INTERVAL,
  PROP_LOCATION,
  PROP_SIDECAR_LOCATION,
  PROP_RESUME_LOCATION,
  PROP_LANDSCAPE,
  PROP_STATS,
};

#define GST_TYPE_BFFT_TRAIN_MODE (gst_bfft_train_mode_get_type ())
static GType
gst_bfft_train_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {GST_BFFT_TRAIN_ASYNC, "In a thread of its own; never delays the audio",
        "async"},
    {GST_BFFT_TRAIN_SYNC, "In the streaming thread; on every sample, and "
          "always with the same result", "sync"},
    {0, NULL, NULL},
  };

  if (g_once_init_enter (&type)) {
    GType t = g_enum_register_static ("GstBfftTrainMode", values);

    gst_type_mark_as_plugin_api (t, 0);
    g_once_init_leave (&type, t);
  }
  return type;
}

static void
gst_bfft_train_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_N_FFT:
      self->settings.options.n_fft = g_value_get_uint (value);
      break;
    case PROP_BATCH:
      self->settings.options.batch = g_value_get_uint (value);
      break;
    case PROP_STEPS:
      self->settings.options.steps = g_value_get_uint64 (value);
      break;
    case PROP_VARIANT:
      self->settings.options.variant = g_value_get_enum (value);
      break;
    case PROP_EXECUTION:
      self->settings.options.execution = g_value_get_enum (value);
      break;
    case PROP_INIT:
      self->settings.options.init = g_value_get_enum (value);
      break;
    case PROP_PERTURBATION:
      self->settings.options.perturbation = g_value_get_double (value);
      break;
    case PROP_OPTIMIZER:
      self->settings.options.optimizer = g_value_get_enum (value);
      break;
    case PROP_LEARNING_RATE:
      self->settings.options.learning_rate = g_value_get_double (value);
      break;
    case PROP_GATE_LEARNING_RATE:
      self->settings.options.gate_learning_rate = g_value_get_double (value);
      break;
    case PROP_GRAD_CLIP:
      self->settings.options.grad_clip = g_value_get_double (value);
      break;
    case PROP_PROJECT_TWIDDLES:
      self->settings.options.project_twiddles = g_value_get_boolean (value);
      break;
    case PROP_SPECTRUM_WEIGHT:
      self->settings.options.loss.spectrum_weight = g_value_get_double (value);
      break;
    case PROP_MEL_WEIGHT:
      self->settings.options.loss.mel_weight = g_value_get_double (value);
      break;
    case PROP_WELCH_WEIGHT:
      self->settings.options.loss.welch_weight = g_value_get_double (value);
      break;
    case PROP_PEAK_WEIGHT:
      self->settings.options.loss.peak_weight = g_value_get_double (value);
      break;
    case PROP_PEAK_K:
      self->settings.options.loss.peak_k = g_value_get_uint (value);
      break;
    case PROP_SPARSITY_WEIGHT:
      self->settings.options.sparsity_weight = g_value_get_double (value);
      break;
    case PROP_N_MELS:
      self->settings.options.loss.n_mels = g_value_get_uint (value);
      break;
    case PROP_TRAIN_Q8:
      self->settings.options.train_q8 = g_value_get_boolean (value);
      break;
    case PROP_NOISE_SNR:
      self->noise_snr = g_value_get_double (value);
      break;
    case PROP_SEED:
      self->settings.options.seed = g_value_get_uint64 (value);
      break;
    case PROP_MULTI_CHANNEL:
      self->multi_channel = g_value_get_boolean (value);
      break;
    case PROP_MODE:
      self->mode = g_value_get_enum (value);
      break;
    case PROP_QUEUE_FRAMES:
      self->queue_frames = g_value_get_uint (value);
      break;
    case PROP_INTERVAL:
      self->settings.interval = g_value_get_uint (value);
      break;
    case PROP_CHECKPOINT_INTERVAL:
      self->settings.checkpoint_interval = g_value_get_uint (value);
      break;
    case PROP_LOCATION:
      g_free (self->settings.location);
      self->settings.location = g_value_dup_string (value);
      break;
    case PROP_SIDECAR_LOCATION:
      g_free (self->settings.sidecar_location);
      self->settings.sidecar_location = g_value_dup_string (value);
      break;
    case PROP_RESUME_LOCATION:
      g_free (self->settings.resume_location);
      self->settings.resume_location = g_value_dup_string (value);
      break;
    case PROP_LANDSCAPE:
      self->settings.landscape = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
get_stats (GstBfftTrain * self)
{
  BfftRunStats run;

  gst_bfft_stats_get (&self->stats, &run);
  return gst_structure_new ("stats",
      "frames", G_TYPE_UINT64, run.frames,
      "ns-per-frame-mean", G_TYPE_DOUBLE, run.ns_per_frame_mean,
      "ns-per-frame-max", G_TYPE_DOUBLE, run.ns_per_frame_max,
      "dropped", G_TYPE_UINT64, run.dropped_frames,
      "execution", G_TYPE_STRING,
      bfft_execution_get_name (self->settings.options.execution), NULL);
}

static void
gst_bfft_train_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstBfftTrain *self = GST_BFFT_TRAIN (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_N_FFT:
      g_value_set_uint (value, self->settings.options.n_fft);
      break;
    case PROP_BATCH:
      g_value_set_uint (value, self->settings.options.batch);
      break;
    case PROP_STEPS:
      g_value_set_uint64 (value, self->settings.options.steps);
      break;
    case PROP_VARIANT:
      g_value_set_enum (value, self->settings.options.variant);
      break;
    case PROP_EXECUTION:
      g_value_set_enum (value, self->settings.options.execution);
      break;
    case PROP_INIT:
      g_value_set_enum (value, self->settings.options.init);
      break;
    case PROP_PERTURBATION:
      g_value_set_double (value, self->settings.options.perturbation);
      break;
    case PROP_OPTIMIZER:
      g_value_set_enum (value, self->settings.options.optimizer);
      break;
    case PROP_LEARNING_RATE:
      g_value_set_double (value, self->settings.options.learning_rate);
      break;
    case PROP_GATE_LEARNING_RATE:
      g_value_set_double (value, self->settings.options.gate_learning_rate);
      break;
    case PROP_GRAD_CLIP:
      g_value_set_double (value, self->settings.options.grad_clip);
      break;
    case PROP_PROJECT_TWIDDLES:
      g_value_set_boolean (value, self->settings.options.project_twiddles);
      break;
    case PROP_SPECTRUM_WEIGHT:
      g_value_set_double (value, self->settings.options.loss.spectrum_weight);
      break;
    case PROP_MEL_WEIGHT:
      g_value_set_double (value, self->settings.options.loss.mel_weight);
      break;
    case PROP_WELCH_WEIGHT:
      g_value_set_double (value, self->settings.options.loss.welch_weight);
      break;
    case PROP_PEAK_WEIGHT:
      g_value_set_double (value, self->settings.options.loss.peak_weight);
      break;
    case PROP_PEAK_K:
      g_value_set_uint (value, self->settings.options.loss.peak_k);
      break;
    case PROP_SPARSITY_WEIGHT:
      g_value_set_double (value, self->settings.options.sparsity_weight);
      break;
    case PROP_N_MELS:
      g_value_set_uint (value, self->settings.options.loss.n_mels);
      break;
    case PROP_TRAIN_Q8:
      g_value_set_boolean (value, self->settings.options.train_q8);
      break;
    case PROP_NOISE_SNR:
      g_value_set_double (value, self->noise_snr);
      break;
    case PROP_SEED:
      g_value_set_uint64 (value, self->settings.options.seed);
      break;
    case PROP_MULTI_CHANNEL:
      g_value_set_boolean (value, self->multi_channel);
      break;
    case PROP_MODE:
      g_value_set_enum (value, self->mode);
      break;
    case PROP_QUEUE_FRAMES:
      g_value_set_uint (value, self->queue_frames);
      break;
    case PROP_INTERVAL:
      g_value_set_uint (value, self->settings.interval);
      break;
    case PROP_CHECKPOINT_INTERVAL:
      g_value_set_uint (value, self->settings.checkpoint_interval);
      break;
    case PROP_LOCATION:
      g_value_set_string (value, self->settings.location);
      break;
    case PROP_SIDECAR_LOCATION:
      g_value_set_string (value, self->settings.sidecar_location);
      break;
    case PROP_RESUME_LOCATION:
      g_value_set_string (value, self->settings.resume_location);
      break;
    case PROP_LANDSCAPE:
      g_value_set_boolean (value, self->settings.landscape);
      break;
    case PROP_STATS:
      g_value_take_boxed (value, get_stats (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_CONSTRUCT \
    | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
install_training_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, PROP_N_FFT,
      g_param_spec_uint ("n-fft", NULL,
          "Transform length, a power of two", 2, 131072, 256, FLAGS));
  g_object_class_install_property (klass, PROP_BATCH,
      g_param_spec_uint ("batch", NULL,
          "Frames of n-fft samples per step", 1, 4096, 8, FLAGS));
  g_object_class_install_property (klass, PROP_STEPS,
      g_param_spec_uint64 ("steps", NULL,
          "Steps to train, 0 until the end of the stream; with it, the "
          "learning rate falls to 0 in the second half",
          0, G_MAXUINT64, 0, FLAGS));
  g_object_class_install_property (klass, PROP_VARIANT,
      g_param_spec_enum ("variant", NULL,
          "What is trained: learned, domain, pruned or unitary",
          GST_TYPE_BFFT_VARIANT, BFFT_VARIANT_LEARNED, FLAGS));
  g_object_class_install_property (klass, PROP_EXECUTION,
      g_param_spec_enum ("execution", NULL,
          "How kernels are executed",
          GST_TYPE_BFFT_EXECUTION, BFFT_EXECUTION_AUTO, FLAGS));
  g_object_class_install_property (klass, PROP_INIT,
      g_param_spec_enum ("init", NULL,
          "Where training starts",
          GST_TYPE_BFFT_INIT, BFFT_TRAINER_INIT_EXACT, FLAGS));
  g_object_class_install_property (klass, PROP_PERTURBATION,
      g_param_spec_double ("perturbation", NULL,
          "Standard deviation of the angles of a perturbed start, in rad",
          0, G_PI, 0.1, FLAGS));
  g_object_class_install_property (klass, PROP_OPTIMIZER,
      g_param_spec_enum ("optimizer", NULL,
          "How gradients become steps",
          GST_TYPE_BFFT_OPTIMIZER, BFFT_OPTIMIZER_DIAG_PRECOND, FLAGS));
  g_object_class_install_property (klass, PROP_LEARNING_RATE,
      g_param_spec_double ("learning-rate", NULL,
          "Step size of all but the gates; divided by the square root of "
          "log2 (n-fft)", 0, 1000, 5e-4, FLAGS));
  g_object_class_install_property (klass, PROP_GATE_LEARNING_RATE,
      g_param_spec_double ("gate-learning-rate", NULL,
          "Step size of the gates", 0, 1000, 1e-3, FLAGS));
  g_object_class_install_property (klass, PROP_GRAD_CLIP,
      g_param_spec_double ("grad-clip", NULL,
          "Largest norm of the gradient, 0 for no limit",
          0, G_MAXDOUBLE, 1, FLAGS));
  g_object_class_install_property (klass, PROP_PROJECT_TWIDDLES,
      g_param_spec_boolean ("project-twiddles", NULL,
          "Keep twiddles on the unit circle, training their angles",
          TRUE, FLAGS));
}

static void
install_loss_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, PROP_SPECTRUM_WEIGHT,
      g_param_spec_double ("spectrum-weight", NULL,
          "Weight of the spectrum error", 0, G_MAXDOUBLE, 0.25, FLAGS));
  g_object_class_install_property (klass, PROP_MEL_WEIGHT,
      g_param_spec_double ("mel-weight", NULL,
          "Weight of the log-mel error", 0, G_MAXDOUBLE, 2, FLAGS));
  g_object_class_install_property (klass, PROP_WELCH_WEIGHT,
      g_param_spec_double ("welch-weight", NULL,
          "Weight of the error of the Welch PSD", 0, G_MAXDOUBLE, 1.5, FLAGS));
  g_object_class_install_property (klass, PROP_PEAK_WEIGHT,
      g_param_spec_double ("peak-weight", NULL,
          "Weight of the error around the peaks of the PSD",
          0, G_MAXDOUBLE, 2, FLAGS));
  g_object_class_install_property (klass, PROP_PEAK_K,
      g_param_spec_uint ("peak-k", NULL,
          "Number of strongest bins that peak-weight is about",
          1, 65537, 16, FLAGS));
  g_object_class_install_property (klass, PROP_SPARSITY_WEIGHT,
      g_param_spec_double ("sparsity-weight", NULL,
          "Weight of the mean gate", 0, G_MAXDOUBLE, 0.01, FLAGS));
  g_object_class_install_property (klass, PROP_N_MELS,
      g_param_spec_uint ("n-mels", NULL,
          "Mel bands, fewer where the transform has too few bins",
          1, 1024, 40, FLAGS));
  g_object_class_install_property (klass, PROP_TRAIN_Q8,
      g_param_spec_boolean ("train-q8", NULL,
          "Train variant learned for int8 twiddles", TRUE, FLAGS));
  g_object_class_install_property (klass, PROP_NOISE_SNR,
      g_param_spec_double ("noise-snr", NULL,
          "White noise that is added to what the network sees, in dB below the "
          "sound; 1000 for none", -100, GST_BFFT_TRAIN_NO_NOISE,
          GST_BFFT_TRAIN_NO_NOISE, FLAGS));
}

static void
install_running_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, PROP_SEED,
      g_param_spec_uint64 ("seed", NULL,
          "Seed of all random numbers", 0, G_MAXUINT64, 42, FLAGS));
  g_object_class_install_property (klass, PROP_MULTI_CHANNEL,
      g_param_spec_boolean ("multi-channel", NULL,
          "Train on every channel instead of their mean", FALSE, FLAGS));
  g_object_class_install_property (klass, PROP_MODE,
      g_param_spec_enum ("mode", NULL,
          "Which thread trains",
          GST_TYPE_BFFT_TRAIN_MODE, GST_BFFT_TRAIN_ASYNC, FLAGS));
  g_object_class_install_property (klass, PROP_QUEUE_FRAMES,
      g_param_spec_uint ("queue-frames", NULL,
          "Frames that may wait in mode async, at least two batches; more are "
          "dropped", 1, 65536, DEFAULT_QUEUE_FRAMES, FLAGS));
  g_object_class_install_property (klass, PROP_INTERVAL,
      g_param_spec_uint ("interval", NULL,
          "Steps between messages, 0 for none",
          0, G_MAXUINT, DEFAULT_INTERVAL, FLAGS));
  g_object_class_install_property (klass, PROP_CHECKPOINT_INTERVAL,
      g_param_spec_uint ("checkpoint-interval", NULL,
          "Steps between checkpoints, 0 for none before the end",
          0, G_MAXUINT, DEFAULT_CHECKPOINT_INTERVAL, FLAGS));
  g_object_class_install_property (klass, PROP_LOCATION,
      g_param_spec_string ("location", NULL,
          "Weights file (safetensors) to write at checkpoints and at the end",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_SIDECAR_LOCATION,
      g_param_spec_string ("sidecar-location", NULL,
          "File for telemetry (JSON); by default beside location, named .json",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_RESUME_LOCATION,
      g_param_spec_string ("resume-location", NULL,
          "Checkpoint (safetensors) of bffttrain to go on from, or weights to "
          "start from", NULL, FLAGS));
  g_object_class_install_property (klass, PROP_LANDSCAPE,
      g_param_spec_boolean ("landscape", NULL,
          "Compute a loss landscape for the last sidecar, when training is "
          "done, if that fits into a second", TRUE, FLAGS));
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", NULL,
          "frames (taken), ns-per-frame-mean and ns-per-frame-max (of "
          "training), dropped (frames for which mode async had no time)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

void
gst_bfft_train_install_properties (GObjectClass * klass)
{
  klass->set_property = gst_bfft_train_set_property;
  klass->get_property = gst_bfft_train_get_property;
  install_training_properties (klass);
  install_loss_properties (klass);
  install_running_properties (klass);
}
