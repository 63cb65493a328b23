/* bfft: results as structures.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A structure with what all results have: timestamp, stream-time,
 * running-time, duration, endtime (stream-time + duration), n-fft, rate,
 * variant. */
GstStructure *gst_bfft_message_new (const gchar * name,
    const GstSegment * segment, GstClockTime timestamp, GstClockTime duration,
    guint n_fft, gint rate, const gchar * variant);

/* Adds @values, [channels][n], as `spectrum` does: a GstValueList of floats,
 * or if @nested a GstValueArray with a GstValueArray of floats per channel. */
void gst_bfft_message_set_floats (GstStructure * structure,
    const gchar * field, const gfloat * values, guint n, guint channels,
    gboolean nested);

/* The same, as doubles. */
void gst_bfft_message_set_doubles (GstStructure * structure,
    const gchar * field, const gfloat * values, guint n, guint channels,
    gboolean nested);

/* Adds @values, [channels][n] of (re, im), as doubles: a GstValueArray with one
 * per channel of two, of all re and of all im. */
void gst_bfft_message_set_pairs (GstStructure * structure,
    const gchar * field, const gfloat * values, guint n, guint channels);

G_END_DECLS
