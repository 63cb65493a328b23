/* bfft: the properties that all analysers have.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstbfftenums.h"

G_BEGIN_DECLS

/* Ids of the common properties; an element's own begin at
 * GST_BFFT_N_PROPERTIES. */
enum
{
  GST_BFFT_PROP_N_FFT = 1,
  GST_BFFT_PROP_HOP,
  GST_BFFT_PROP_WINDOW,
  GST_BFFT_PROP_VARIANT,
  GST_BFFT_PROP_EXECUTION,
  GST_BFFT_PROP_MODEL_LOCATION,
  GST_BFFT_PROP_FOLLOW_MODEL,
  GST_BFFT_PROP_MULTI_CHANNEL,
  GST_BFFT_PROP_POST_MESSAGES,
  GST_BFFT_PROP_ATTACH_META,
  GST_BFFT_PROP_ATTACH_TENSORS,
  GST_BFFT_PROP_SIDECAR_LOCATION,
  GST_BFFT_PROP_STATS,
  GST_BFFT_N_PROPERTIES
};

/**
 * GstBfftSettings:
 * @n_fft: as the user set it, 0 if the element chooses
 * @hop: samples, 0 if the element chooses
 * @variant_set: @variant was set; otherwise a loaded model brings its own
 *
 * The values of the common properties that an analysis depends on.
 */
typedef struct
{
  guint n_fft;
  guint hop;
  BfftWindow window;
  BfftVariant variant;
  gboolean variant_set;
  BfftExecution execution;
  gboolean follow_model;
  gboolean multi_channel;
  gboolean post_messages;
  gboolean attach_meta;
  gboolean attach_tensors;
} GstBfftSettings;

void gst_bfft_settings_init (GstBfftSettings * settings);

/* Installs all but n-fft, hop and window. */
void gst_bfft_settings_install (GObjectClass * klass);

/* The caller has locked what @settings is in. Return FALSE for an id that is
 * not a member of @settings. */
gboolean gst_bfft_settings_set (GstBfftSettings * settings, guint id,
    const GValue * value);
gboolean gst_bfft_settings_get (const GstBfftSettings * settings, guint id,
    GValue * value);

G_END_DECLS
