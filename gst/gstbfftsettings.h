/* bfft: the properties that all analysers have.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstbfftenums.h"
#include "gstbfftproperty.h"

G_BEGIN_DECLS

/**
 * GstBfftSettings:
 * @n_fft: as the user set it, 0 if the element chooses
 * @hop: samples, 0 if the element chooses
 * @window: its shape
 * @symmetry: AUTO stands for periodic
 * @align: of a window shorter than a frame; these have none
 * @variant: GST_BFFT_VARIANT_AUTO if a loaded model brings its own
 *
 * The values of the common properties that an analysis depends on.
 */
typedef struct
{
  guint n_fft;
  guint hop;
  BfftWindow window;
  BfftWindowSymmetry symmetry;
  BfftWindowAlign align;
  guint variant;
  BfftExecution execution;
  gboolean multi_channel;
  gboolean post_messages;
  gboolean tensor_messages;
  gboolean attach_meta;
  gboolean attach_tensors;
} GstBfftSettings;

/* The rows of an element for n-fft, hop and the window; these differ in what 0
 * means. */
#define GST_BFFT_FRAMING(n_fft_blurb, hop_blurb, initial_window) \
  GST_BFFT_UINT (GstBfftSettings, n_fft, "n-fft", 0, BFFT_MAX_N, 0, \
      GST_BFFT_PLAYING, n_fft_blurb), \
  GST_BFFT_UINT (GstBfftSettings, hop, "hop", 0, G_MAXINT, 0, \
      GST_BFFT_PLAYING, hop_blurb), \
  GST_BFFT_ENUM (GstBfftSettings, window, "window", \
      gst_bfft_window_get_type, initial_window, GST_BFFT_PLAYING, \
      "Window that frames are multiplied by"), \
  GST_BFFT_ENUM (GstBfftSettings, symmetry, "window-symmetry", \
      gst_bfft_window_symmetry_get_type, BFFT_WINDOW_SYMMETRY_AUTO, \
      GST_BFFT_PLAYING, "Whether the window ends as it starts (auto = " \
      "periodic)"), \
  GST_BFFT_ENUM (GstBfftSettings, align, "window-align", \
      gst_bfft_window_align_get_type, BFFT_WINDOW_ALIGN_AUTO, \
      GST_BFFT_PLAYING, "Where a window shorter than n-fft stands in it; " \
      "here windows are as long as n-fft, and it changes nothing"), \
  {.name = NULL}

G_END_DECLS
