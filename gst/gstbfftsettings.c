/* bfft: the properties that all analysers have.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftsettings.h"

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | \
    GST_PARAM_MUTABLE_PLAYING)

void
gst_bfft_settings_init (GstBfftSettings * settings)
{
  *settings = (GstBfftSettings) {
  .window = BFFT_WINDOW_HANN,.variant = BFFT_VARIANT_BUTTERFLY,.execution =
        BFFT_EXECUTION_AUTO,.post_messages = TRUE,};
}

static void
install_models (GObjectClass * klass)
{
  g_object_class_install_property (klass, GST_BFFT_PROP_VARIANT,
      g_param_spec_enum ("variant", "Variant",
          "Network that runs; left alone, a loaded model brings its own",
          GST_TYPE_BFFT_VARIANT, BFFT_VARIANT_BUTTERFLY, FLAGS));
  g_object_class_install_property (klass, GST_BFFT_PROP_EXECUTION,
      g_param_spec_enum ("execution", "Execution", "How kernels are executed",
          GST_TYPE_BFFT_EXECUTION, BFFT_EXECUTION_AUTO, FLAGS));
  g_object_class_install_property (klass, GST_BFFT_PROP_MODEL_LOCATION,
      g_param_spec_string ("model-location", "Model location",
          "Weights file (safetensors) of a network for n-fft; setting it again "
          "loads it again", NULL, FLAGS));
  g_object_class_install_property (klass, GST_BFFT_PROP_FOLLOW_MODEL,
      g_param_spec_boolean ("follow-model", "Follow model",
          "Adopt the models that come with the stream (bfft-model events), if "
          "they are for n-fft", FALSE, FLAGS));
}

void
gst_bfft_settings_install (GObjectClass * klass)
{
  install_models (klass);
  g_object_class_install_property (klass, GST_BFFT_PROP_MULTI_CHANNEL,
      g_param_spec_boolean ("multi-channel", "Multichannel results",
          "Analyse each channel on its own instead of their mix", FALSE,
          FLAGS));
  g_object_class_install_property (klass, GST_BFFT_PROP_POST_MESSAGES,
      g_param_spec_boolean ("post-messages", "Post messages",
          "Post an element message, named after the element, for each result",
          TRUE, FLAGS));
  g_object_class_install_property (klass, GST_BFFT_PROP_ATTACH_META,
      g_param_spec_boolean ("attach-meta", "Attach meta",
          "Attach each result to the audio buffer that completed it, as the "
          "custom meta GstBfftMeta", FALSE, FLAGS));
#ifdef HAVE_ANALYTICS
  g_object_class_install_property (klass, GST_BFFT_PROP_ATTACH_TENSORS,
      g_param_spec_boolean ("attach-tensors", "Attach tensors",
          "Attach each result to the audio buffer that completed it, as a "
          "tensor of its GstTensorMeta (GStreamer 1.26 or newer)", FALSE,
          FLAGS));
#endif
  g_object_class_install_property (klass, GST_BFFT_PROP_SIDECAR_LOCATION,
      g_param_spec_string ("sidecar-location", "Sidecar location",
          "File that gets the statistics of the run (JSON) at its end", NULL,
          FLAGS));
  g_object_class_install_property (klass, GST_BFFT_PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "frames (transforms), ns-per-frame-mean and ns-per-frame-max, "
          "parameter-bytes, variant, n-fft, active-butterflies, dropped "
          "(results cut off by a discontinuity)", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

gboolean
gst_bfft_settings_set (GstBfftSettings * settings, guint id,
    const GValue * value)
{
  switch (id) {
    case GST_BFFT_PROP_N_FFT:
      settings->n_fft = g_value_get_uint (value);
      return TRUE;
    case GST_BFFT_PROP_HOP:
      settings->hop = g_value_get_uint (value);
      return TRUE;
    case GST_BFFT_PROP_WINDOW:
      settings->window = g_value_get_enum (value);
      return TRUE;
    case GST_BFFT_PROP_VARIANT:
      settings->variant = g_value_get_enum (value);
      settings->variant_set = TRUE;
      return TRUE;
    case GST_BFFT_PROP_EXECUTION:
      settings->execution = g_value_get_enum (value);
      return TRUE;
    case GST_BFFT_PROP_FOLLOW_MODEL:
      settings->follow_model = g_value_get_boolean (value);
      return TRUE;
    case GST_BFFT_PROP_MULTI_CHANNEL:
      settings->multi_channel = g_value_get_boolean (value);
      return TRUE;
    case GST_BFFT_PROP_POST_MESSAGES:
      settings->post_messages = g_value_get_boolean (value);
      return TRUE;
    case GST_BFFT_PROP_ATTACH_META:
      settings->attach_meta = g_value_get_boolean (value);
      return TRUE;
    case GST_BFFT_PROP_ATTACH_TENSORS:
      settings->attach_tensors = g_value_get_boolean (value);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
gst_bfft_settings_get (const GstBfftSettings * settings, guint id,
    GValue * value)
{
  switch (id) {
    case GST_BFFT_PROP_N_FFT:
      g_value_set_uint (value, settings->n_fft);
      return TRUE;
    case GST_BFFT_PROP_HOP:
      g_value_set_uint (value, settings->hop);
      return TRUE;
    case GST_BFFT_PROP_WINDOW:
      g_value_set_enum (value, settings->window);
      return TRUE;
    case GST_BFFT_PROP_VARIANT:
      g_value_set_enum (value, settings->variant);
      return TRUE;
    case GST_BFFT_PROP_EXECUTION:
      g_value_set_enum (value, settings->execution);
      return TRUE;
    case GST_BFFT_PROP_FOLLOW_MODEL:
      g_value_set_boolean (value, settings->follow_model);
      return TRUE;
    case GST_BFFT_PROP_MULTI_CHANNEL:
      g_value_set_boolean (value, settings->multi_channel);
      return TRUE;
    case GST_BFFT_PROP_POST_MESSAGES:
      g_value_set_boolean (value, settings->post_messages);
      return TRUE;
    case GST_BFFT_PROP_ATTACH_META:
      g_value_set_boolean (value, settings->attach_meta);
      return TRUE;
    case GST_BFFT_PROP_ATTACH_TENSORS:
      g_value_set_boolean (value, settings->attach_tensors);
      return TRUE;
    default:
      return FALSE;
  }
}
