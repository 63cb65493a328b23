/* bfft: audio of any format as the latest float samples of each channel.
 *
 * Samples are appended to a linear buffer per channel; when it is full, the
 * latest are moved to its start. So those that matter are always contiguous.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftframer.h"

#include <string.h>

#include "bfft-samples.h"

/* Samples per channel converted at a time. */
#define BLOCK 1024

/* Samples per channel that go in between two moves, at least. */
#define MIN_ROOM 4096

/* The integers' greatest value counts as 1; 2^31 - 1 is 2^31 as a float. */
#define S16_SCALE (1.0f / 32767)
#define S24_SCALE (1.0f / 8388607)
#define S32_SCALE (1.0f / 2147483648.0f)

void
gst_bfft_framer_init (GstBfftFramer * self, const GstAudioInfo * info,
    guint channels, guint history, BfftExecution execution)
{
  gsize block = (gsize) BLOCK * info->channels;

  self->info = *info;
  self->channels = channels;
  self->history = MAX (history, 1);
  self->kernels = bfft_kernels_get (execution);
  self->capacity = self->history + MAX (self->history, MIN_ROOM);
  self->samples = g_new (gfloat, (gsize) channels * self->capacity);
  self->scratch = g_new (gfloat, block);
  self->unpacked = NULL;
  if (GST_AUDIO_INFO_FORMAT (info) == GST_AUDIO_FORMAT_S24)
    self->unpacked = g_new (gint32, block);
  gst_bfft_framer_reset (self);
}

void
gst_bfft_framer_clear (GstBfftFramer * self)
{
  g_clear_pointer (&self->samples, g_free);
  g_clear_pointer (&self->scratch, g_free);
  g_clear_pointer (&self->unpacked, g_free);
}

void
gst_bfft_framer_reset (GstBfftFramer * self)
{
  memset (self->samples, 0,
      (gsize) self->channels * self->capacity * sizeof (gfloat));
  self->end = self->history;
}

static gfloat *
channel_start (const GstBfftFramer * self, guint channel)
{
  return self->samples + channel * (gsize) self->capacity;
}

const gfloat *
gst_bfft_framer_get (const GstBfftFramer * self, guint channel, guint n)
{
  return channel_start (self, channel) + self->end - n;
}

static void
make_room (GstBfftFramer * self)
{
  guint c;

  for (c = 0; c < self->channels; c++) {
    gfloat *start = channel_start (self, c);

    memmove (start, start + self->end - self->history,
        self->history * sizeof (gfloat));
  }
  self->end = self->history;
}

/* The format that models/ is given the samples in, and its scale. */
static BfftSampleFormat
sample_format (GstAudioFormat format, gfloat * scale)
{
  switch (format) {
    case GST_AUDIO_FORMAT_S16:
      *scale = S16_SCALE;
      return BFFT_SAMPLES_S16;
    case GST_AUDIO_FORMAT_S24:
      /* unpacked: in the upper three bytes */
      *scale = S24_SCALE / 256;
      return BFFT_SAMPLES_S32;
    case GST_AUDIO_FORMAT_S32:
      *scale = S32_SCALE;
      return BFFT_SAMPLES_S32;
    case GST_AUDIO_FORMAT_F64:
      *scale = 1;
      return BFFT_SAMPLES_F64;
    default:
      *scale = 1;
      return BFFT_SAMPLES_F32;
  }
}

static gconstpointer
unpack (GstBfftFramer * self, gconstpointer data, guint n_samples)
{
  const GstAudioFormatInfo *finfo = self->info.finfo;

  if (self->unpacked == NULL)
    return data;
  finfo->unpack_func (finfo, 0, self->unpacked, (gpointer) data, n_samples);
  return self->unpacked;
}

static void
append_interleaved (GstBfftFramer * self, gpointer * planes, gsize offset,
    guint n)
{
  guint channels = self->info.channels;
  const guint8 *data = (guint8 *) planes[0] + offset * self->info.bpf;
  gfloat *d = self->samples + self->end;
  gconstpointer s = unpack (self, data, n * channels);
  BfftSampleFormat format;
  gfloat scale;

  format = sample_format (GST_AUDIO_INFO_FORMAT (&self->info), &scale);
  if (self->channels == 1)
    bfft_samples_mix (self->kernels, format, d, s, channels, scale,
        self->scratch, n);
  else
    bfft_samples_split (self->kernels, format, d, self->capacity, s,
        channels, scale, self->scratch, n);
}

static void
append_planar (GstBfftFramer * self, gpointer * planes, gsize offset, guint n)
{
  guint channels = self->info.channels;
  guint width = self->info.bpf / channels;
  BfftSampleFormat format;
  gfloat scale;
  guint c;

  format = sample_format (GST_AUDIO_INFO_FORMAT (&self->info), &scale);
  if (self->channels == 1)
    memset (self->samples + self->end, 0, n * sizeof (gfloat));
  for (c = 0; c < channels; c++) {
    gconstpointer s = unpack (self, (guint8 *) planes[c] + offset * width, n);
    gfloat *d = channel_start (self, MIN (c, self->channels - 1));

    if (self->channels == channels) {
      bfft_samples_convert (self->kernels, format, d + self->end, s, scale, n);
    } else {
      bfft_samples_convert (self->kernels, format, self->scratch, s, scale, n);
      bfft_samples_add (self->kernels, d + self->end, self->scratch,
          1.0f / channels, n);
    }
  }
}

static void
append_silence (GstBfftFramer * self, guint n)
{
  guint c;

  for (c = 0; c < self->channels; c++)
    memset (channel_start (self, c) + self->end, 0, n * sizeof (gfloat));
}

void
gst_bfft_framer_append (GstBfftFramer * self, gpointer * planes,
    gsize offset, guint64 n)
{
  /* Nobody will ever look at what comes before. */
  if (n > self->history) {
    offset += n - self->history;
    n = self->history;
  }
  while (n > 0) {
    guint block;

    if (self->end == self->capacity)
      make_room (self);
    block = MIN (n, MIN (self->capacity - self->end, BLOCK));
    if (planes == NULL)
      append_silence (self, block);
    else if (GST_AUDIO_INFO_LAYOUT (&self->info) ==
        GST_AUDIO_LAYOUT_INTERLEAVED)
      append_interleaved (self, planes, offset, block);
    else
      append_planar (self, planes, offset, block);
    self->end += block;
    offset += block;
    n -= block;
  }
}

gdouble
gst_bfft_framer_integer_scale (const GstAudioInfo * info)
{
  gint bits = GST_AUDIO_INFO_DEPTH (info);

  if (!GST_AUDIO_FORMAT_INFO_IS_INTEGER (info->finfo))
    return 1;
  return 1 - 1.0 / (G_GUINT64_CONSTANT (1) << (bits - 1));
}
