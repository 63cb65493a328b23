/* bfft: where an analyser's network comes from.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib/gstdio.h>
#include <gst/gst.h>

#include "bfft-network.h"

G_BEGIN_DECLS

#define GST_BFFT_MODEL_EVENT "bfft-model"

/**
 * GstBfftModel:
 * @location: weights file, or %NULL
 * @seen: the file when it was loaded
 * @stale: the file is to be looked at again
 * @failed: it could not be loaded
 * @located: the network from @location, or %NULL
 * @followed: the network from the latest event, or %NULL
 *
 * Not thread safe: its owner locks.
 */
typedef struct
{
  gchar *location;
  GStatBuf seen;
  gboolean stale;
  gboolean failed;
  BfftNetwork *located;
  BfftNetwork *followed;
} GstBfftModel;

void gst_bfft_model_clear (GstBfftModel * self);

/* Loads @location if it is another, or stale and not the file it was; what
 * followed a stream is then forgotten. When that fails, the network there was
 * stays, and the file is not tried again until it is stale. */
gboolean gst_bfft_model_load (GstBfftModel * self, const gchar * location,
    GError ** error);

/* For another stream: what followed the last one is forgotten, and a file that
 * could not be loaded is to be tried again. */
void gst_bfft_model_restart (GstBfftModel * self);

/* Networks are for their own n-fft, curves of a sample rate for any. */
gboolean gst_bfft_model_fits (const BfftNetwork * network, guint n_fft);

/* The one n-fft that @network is for; 0 if it is for any, or NULL. */
guint gst_bfft_model_length (const BfftNetwork * network);

/* What is to be said of @network on a stream of @rate, NULL for nothing. */
gchar *gst_bfft_model_describe_rate (const BfftNetwork * network, guint rate);

/* The network for @n_fft (a new reference), NULL without one (@error unset) or
 * if the one from @location is for another n-fft (@error set). One that
 * followed the stream is preferred, but ignored if it is for another n-fft or
 * not @follow. */
BfftNetwork *gst_bfft_model_pick (const GstBfftModel * self, guint n_fft,
    gboolean follow, GError ** error);

/* The network in an event, NULL with @error unset if it is not about models. */
BfftNetwork *gst_bfft_model_from_event (GstEvent * event, GError ** error);

G_END_DECLS
