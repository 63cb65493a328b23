/* bfft: audio of any format as the latest float samples of each channel.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/audio/audio.h>

#include "bfft-execution.h"

G_BEGIN_DECLS

/**
 * GstBfftFramer:
 * @info: format of the audio
 * @channels: channels kept: 1 (mixed, or mono) or all
 * @history: samples per channel that can be looked back at
 * @capacity: floats per channel
 * @end: where the next sample goes, at least @history
 * @samples: [channels][capacity]
 * @scratch: converted samples of a block before they are mixed or parted
 * @unpacked: the same of S24, as 32-bit integers
 */
typedef struct
{
  GstAudioInfo info;
  guint channels;
  guint history;

  /*< private > */
  const BfftKernels *kernels;
  guint capacity;
  guint end;
  gfloat *samples;
  gfloat *scratch;
  gint32 *unpacked;
} GstBfftFramer;

void gst_bfft_framer_init (GstBfftFramer * self, const GstAudioInfo * info,
    guint channels, guint history, BfftExecution execution);
void gst_bfft_framer_clear (GstBfftFramer * self);

/* Forgets everything: a history of zeros. */
void gst_bfft_framer_reset (GstBfftFramer * self);

/* Appends @n samples per channel, from @offset on. @planes are those of a
 * GstAudioBuffer, or NULL for silence. Integers are scaled by
 * 1 / (2^(bits-1) - 1), as `spectrum` does; a mix is the channels' mean. */
void gst_bfft_framer_append (GstBfftFramer * self, gpointer * planes,
    gsize offset, guint64 n);

/* The latest @n samples of @channel, oldest first, n <= history. */
const gfloat *gst_bfft_framer_get (const GstBfftFramer * self,
    guint channel, guint n);

/* What samples of @info's format are to be multiplied with for full scale at
 * 2^(bits-1), as whatever reads a file for scipy or torch has it: frames have
 * full scale at 2^(bits-1) - 1, as `spectrum` does. 1 for floats. */
gdouble gst_bfft_framer_integer_scale (const GstAudioInfo * info);

G_END_DECLS
