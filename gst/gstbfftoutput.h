/* bfft: where results go: to the bus, onto the audio, downstream as tensors.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_BFFT_META "GstBfftMeta"

/**
 * GstBfftOutput:
 * @tensors: results go downstream, not the audio
 * @discont: the next tensor does not follow the one before
 * @messages: results are posted
 * @metas: results are put on the audio as GST_BFFT_META
 * @audio: the buffer that results are put on, writable, or %NULL
 * @flow: what downstream said last; unless it is OK results are dropped
 *
 * The streaming thread's own.
 */
typedef struct
{
  gboolean tensors;
  gboolean discont;
  gboolean messages;
  gboolean metas;
  GstBuffer *audio;
  GstFlowReturn flow;
} GstBfftOutput;

/* Whether anybody reads a result's structure. */
gboolean gst_bfft_output_needs_structure (const GstBfftOutput * self);

/* Announces what downstream takes of @caps, which are taken, unless it is in
 * force. */
gboolean gst_bfft_output_announce (GstBaseTransform * trans, GstCaps * caps);

/* A result of @n @values, which are copied. @structure (or NULL) is taken. */
void gst_bfft_output_push (GstBfftOutput * self, GstBaseTransform * trans,
    GstStructure * structure, const gfloat * values, gsize n,
    GstClockTime timestamp, GstClockTime duration);

/* Registers the custom meta GST_BFFT_META. */
void gst_bfft_meta_register (void);

G_END_DECLS
