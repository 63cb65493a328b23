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
gst_bfft_framer_init (GstBfftFramer * framer, const GstAudioInfo * info,
    guint channels, guint history, BfftExecution execution)
{
  gsize block = (gsize) BLOCK * info->channels;

  framer->info = *info;
  framer->channels = channels;
  framer->history = MAX (history, 1);
  framer->kernels = bfft_kernels_get (execution);
  framer->capacity = framer->history + MAX (framer->history, MIN_ROOM);
  framer->samples = g_new (gfloat, (gsize) channels * framer->capacity);
  framer->scratch = g_new (gfloat, block);
  framer->unpacked = NULL;
  if (GST_AUDIO_INFO_FORMAT (info) == GST_AUDIO_FORMAT_S24)
    framer->unpacked = g_new (gint32, block);
  gst_bfft_framer_reset (framer);
}

void
gst_bfft_framer_clear (GstBfftFramer * framer)
{
  g_clear_pointer (&framer->samples, g_free);
  g_clear_pointer (&framer->scratch, g_free);
  g_clear_pointer (&framer->unpacked, g_free);
}

void
gst_bfft_framer_reset (GstBfftFramer * framer)
{
  memset (framer->samples, 0,
      (gsize) framer->channels * framer->capacity * sizeof (gfloat));
  framer->end = framer->history;
}

static gfloat *
channel_start (const GstBfftFramer * framer, guint channel)
{
  return framer->samples + channel * (gsize) framer->capacity;
}

const gfloat *
gst_bfft_framer_get (const GstBfftFramer * framer, guint channel, guint n)
{
  return channel_start (framer, channel) + framer->end - n;
}

static void
make_room (GstBfftFramer * framer)
{
  guint c;

  for (c = 0; c < framer->channels; c++) {
    gfloat *start = channel_start (framer, c);

    memmove (start, start + framer->end - framer->history,
        framer->history * sizeof (gfloat));
  }
  framer->end = framer->history;
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
unpack (GstBfftFramer * framer, gconstpointer data, guint n_samples)
{
  const GstAudioFormatInfo *finfo = framer->info.finfo;

  if (framer->unpacked == NULL)
    return data;
  finfo->unpack_func (finfo, 0, framer->unpacked, (gpointer) data, n_samples);
  return framer->unpacked;
}

static void
append_interleaved (GstBfftFramer * framer, gpointer * planes, gsize offset,
    guint n)
{
  guint channels = framer->info.channels;
  const guint8 *data = (guint8 *) planes[0] + offset * framer->info.bpf;
  gfloat *d = framer->samples + framer->end;
  gconstpointer s = unpack (framer, data, n * channels);
  BfftSampleFormat format;
  gfloat scale;

  format = sample_format (GST_AUDIO_INFO_FORMAT (&framer->info), &scale);
  if (framer->channels == 1)
    bfft_samples_mix (framer->kernels, format, d, s, channels, scale,
        framer->scratch, n);
  else
    bfft_samples_split (framer->kernels, format, d, framer->capacity, s,
        channels, scale, framer->scratch, n);
}

static void
append_planar (GstBfftFramer * framer, gpointer * planes, gsize offset, guint n)
{
  guint channels = framer->info.channels;
  guint width = framer->info.bpf / channels;
  BfftSampleFormat format;
  gfloat scale;
  guint c;

  format = sample_format (GST_AUDIO_INFO_FORMAT (&framer->info), &scale);
  if (framer->channels == 1)
    memset (framer->samples + framer->end, 0, n * sizeof (gfloat));
  for (c = 0; c < channels; c++) {
    gconstpointer s = unpack (framer, (guint8 *) planes[c] + offset * width, n);
    gfloat *d = channel_start (framer, MIN (c, framer->channels - 1));

    if (framer->channels == channels) {
      bfft_samples_convert (framer->kernels, format, d + framer->end, s,
          scale, n);
    } else {
      bfft_samples_convert (framer->kernels, format, framer->scratch, s,
          scale, n);
      bfft_samples_add (framer->kernels, d + framer->end, framer->scratch,
          1.0f / channels, n);
    }
  }
}

static void
append_silence (GstBfftFramer * framer, guint n)
{
  guint c;

  for (c = 0; c < framer->channels; c++)
    memset (channel_start (framer, c) + framer->end, 0, n * sizeof (gfloat));
}

void
gst_bfft_framer_append (GstBfftFramer * framer, gpointer * planes,
    gsize offset, guint64 n)
{
  /* Nobody will ever look at what comes before. */
  if (n > framer->history) {
    offset += n - framer->history;
    n = framer->history;
  }
  while (n > 0) {
    guint block;

    if (framer->end == framer->capacity)
      make_room (framer);
    block = MIN (n, MIN (framer->capacity - framer->end, BLOCK));
    if (planes == NULL)
      append_silence (framer, block);
    else if (GST_AUDIO_INFO_LAYOUT (&framer->info) ==
        GST_AUDIO_LAYOUT_INTERLEAVED)
      append_interleaved (framer, planes, offset, block);
    else
      append_planar (framer, planes, offset, block);
    framer->end += block;
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
