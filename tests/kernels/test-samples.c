/* bfft: sample conversion and mixing against plain C.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "bfft-samples.h"

#define MAX_N 70
#define MAX_CHANNELS 7

static const gfloat scales[] = { 1.0f / 32767, 1.0f / 2147483648u, 1, 1 };
static const gsize widths[] = { 2, 4, 4, 8 };

/* Sample i of a signal that uses the format's whole range. */
static gdouble
put_sample (BfftSampleFormat format, guint8 * data, guint i)
{
  gdouble x = i == 0 ? -1 : sin (i * 1.7 + i * i * 0.01);
  gint16 s16 = x * 32767;
  gint32 s32 = x * 2147483647.0;
  gfloat f32 = x;

  switch (format) {
    case BFFT_SAMPLES_S16:
      memcpy (data + i * 2, &s16, 2);
      return s16 / 32767.0;
    case BFFT_SAMPLES_S32:
      memcpy (data + i * 4, &s32, 4);
      return s32 / 2147483647.0;
    case BFFT_SAMPLES_F32:
      memcpy (data + i * 4, &f32, 4);
      return f32;
    default:
      memcpy (data + i * 8, &x, 8);
      return x;
  }
}

static void
check (BfftSampleFormat format, guint channels, guint n, guint offset)
{
  const BfftKernels *k = bfft_kernels_get (BFFT_EXECUTION_AUTO);
  static guint8 data[(MAX_N * MAX_CHANNELS + 8) * 8];
  static gdouble scratch[MAX_N * MAX_CHANNELS];
  static gfloat mix[MAX_N + 8], split[MAX_N * MAX_CHANNELS + 8];
  /* also at addresses that no element is aligned to */
  guint8 *s = data + (offset < 3 ? offset * widths[format] : offset);
  gdouble x[MAX_N * MAX_CHANNELS];
  guint i, c;

  for (i = 0; i < n * channels; i++)
    x[i] = put_sample (format, s, i);
  mix[offset + n] = 99;
  bfft_samples_mix (k, format, mix + offset, s, channels, scales[format],
      (gfloat *) scratch, n);
  bfft_samples_split (k, format, split, n, s, channels, scales[format],
      (gfloat *) scratch, n);
  for (i = 0; i < n; i++) {
    gdouble sum = 0;

    for (c = 0; c < channels; c++) {
      sum += x[i * channels + c];
      g_assert_cmpfloat_with_epsilon (split[c * n + i], x[i * channels + c],
          2e-7);
    }
    g_assert_cmpfloat_with_epsilon (mix[offset + i], sum / channels, 4e-7);
  }
  g_assert_cmpfloat (mix[offset + n], ==, 99);
}

static void
test_formats (void)
{
  guint format, channels, n, offset;

  for (format = BFFT_SAMPLES_S16; format <= BFFT_SAMPLES_F64; format++)
    for (channels = 1; channels <= MAX_CHANNELS; channels++)
      for (n = 0; n <= MAX_N; n++)
        for (offset = 0; offset < 6; offset++)
          check (format, channels, n, offset);
}

static void
test_add (void)
{
  gfloat d[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
  const gfloat s[9] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
  guint i;

  bfft_samples_add (bfft_kernels_get (BFFT_EXECUTION_AUTO), d, s, 0.5, 9);
  for (i = 0; i < 9; i++)
    g_assert_cmpfloat (d[i], ==, 1 + i * 0.5f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/samples/formats", test_formats);
  g_test_add_func ("/samples/add", test_add);
  return g_test_run ();
}
