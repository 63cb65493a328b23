/* bfft: tests of what bfftscope shows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <math.h>
#include <string.h>

#include "bfft-plan.h"
#include "bfft-scope.h"
#include "bfft-window.h"

#define RATE 48000
#define N 4096
#define GROUND 0x01010101

static const guint sizes[][2] = { {64, 64}, {1280, 720}, {333, 517}, {201, 121},
{1, 1}, {3840, 2160}
};

static gfloat window[N];

/* Published definitions, not those of bfft-axis.c. */
static gdouble
place (BfftAxisScale scale, gdouble f, gdouble min, gdouble max)
{
  if (scale == BFFT_AXIS_LOG)
    return log2 (f / min) / log2 (max / min);
  if (scale == BFFT_AXIS_LINEAR)
    return (f - min) / (max - min);
  return (log10 (1 + f / 700) - log10 (1 + min / 700)) /
      (log10 (1 + max / 700) - log10 (1 + min / 700));
}

/* ---- axes ---- */

static void
test_axis (void)
{
  static const gdouble ranges[][2] = { {20, 24000}, {0.5, 4000}, {300, 3400} };
  guint scale, range, i, j;

  for (scale = 0; scale < 3; scale++) {
    for (range = 0; range < G_N_ELEMENTS (ranges); range++) {
      gdouble min = ranges[range][0], max = ranges[range][1];
      BfftAxis axis = { scale, min, max, 1000 };
      gdouble ticks[BFFT_AXIS_MAX_TICKS], f;
      guint n = bfft_axis_ticks (&axis, 60, ticks);

      for (f = min; f <= max; f *= 1.1) {
        gdouble x = bfft_axis_position (&axis, f);

        g_assert_cmpfloat_with_epsilon (x, 1000 * place (scale, f, min, max),
            1e-6);
        g_assert_cmpfloat_with_epsilon (bfft_axis_frequency (&axis, x), f,
            1e-9 * f);
      }
      g_assert_cmpuint (n, >=, 4);
      g_assert_cmpuint (n, <=, 17);
      for (i = 0; i < n; i++) {
        gdouble digits = ticks[i] / pow (10, floor (log10 (ticks[i]) + 1e-9));

        if (scale != BFFT_AXIS_LINEAR)
          g_assert_cmpfloat_with_epsilon (digits, round (digits), 1e-9);
        for (j = 0; j < i; j++)
          g_assert_cmpfloat (fabs (bfft_axis_position (&axis, ticks[i]) -
                  bfft_axis_position (&axis, ticks[j])), >, 59.99);
      }
    }
  }
  g_assert_cmpfloat (bfft_axis_step (0.21), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (bfft_axis_step (20), 20, 1e-9);
  g_assert_cmpfloat_with_epsilon (bfft_axis_step (7), 10, 1e-9);
}

/* ---- pictures ---- */

static BfftScopeSpec
make_spec (BfftScopeStyle style, BfftAxisScale scale, guint width, guint height)
{
  return (BfftScopeSpec) {
    .options = {.style = style,.scale = scale,.range = 80,
      .palette = BFFT_PALETTE_GRAY
  },.width = width,.height = height,.fps = 60,.rate = RATE,.window =
        window,.n_fft = N};
}

/* The spectrum of a sine of @amplitude, exact. */
static gfloat *
analyse (gdouble frequency, gdouble amplitude)
{
  BfftPlanSpec spec = {.n_fft = N,.variant = BFFT_VARIANT_BUTTERFLY,
    .window = window
  };
  g_autoptr (BfftPlan) plan = bfft_plan_new (&spec, NULL);
  g_autofree gfloat *frame = g_new (gfloat, N);
  gfloat *power = g_new (gfloat, N / 2 + 1);
  guint i;

  for (i = 0; i < N; i++)
    frame[i] = amplitude * sin (2 * G_PI * frequency * i / RATE + 0.3);
  bfft_plan_power (plan, frame, power);
  return power;
}

/* A picture with rows further apart than they are wide; what lies between them,
 * and behind, is not written to. */
static guint32 *
draw (const BfftScope * scope, const BfftScopeSpec * spec)
{
  guint stride = spec->width + 3, x, y;
  guint32 *pixels = g_new0 (guint32, (gsize) stride * (spec->height + 1));

  for (y = 0; y <= spec->height; y++)
    for (x = y < spec->height ? spec->width : 0; x < stride; x++)
      pixels[y * stride + x] = GROUND;
  bfft_scope_draw (scope, pixels, stride);
  for (y = 0; y <= spec->height; y++)
    for (x = y < spec->height ? spec->width : 0; x < stride; x++)
      g_assert_cmphex (pixels[y * stride + x], ==, GROUND);
  for (y = 0; y < spec->height; y++)
    for (x = 0; x < spec->width; x++)
      g_assert_cmphex (pixels[y * stride + x] >> 24, ==, 0);
  return pixels;
}

static guint
brightness (guint32 pixel)
{
  return (pixel >> 16 & 255) + (pixel >> 8 & 255) + (pixel & 255);
}

/* The middle of the brightest columns of the plot's row that is brightest: the
 * first of a waterfall, the highest that something reaches elsewhere. */
static gdouble
brightest (const guint32 * pixels, guint stride, guint x0, guint width,
    guint y0, guint height)
{
  guint most = 0, x, y, first = 0, last = 0;

  for (y = y0; y < y0 + height && most == 0; y++) {
    for (x = x0; x < x0 + width; x++) {
      guint b = brightness (pixels[y * stride + x]);

      if (b > most && b > 60) {
        most = b;
        first = last = x;
      } else if (b > 60 && b == most) {
        last = x;
      }
    }
  }
  g_assert_cmpuint (most, >, 0);
  return (first + last + 1) / 2.0 - x0;
}

static void
check_tone (guint style, guint scale, const guint * size, gdouble frequency,
    gboolean grid)
{
  BfftScopeSpec spec = make_spec (style, scale, size[0], size[1]);
  g_autofree gfloat *power = analyse (frequency, 1);
  g_autofree guint32 *pixels = NULL;
  g_autoptr (BfftScope) scope = NULL;
  guint x, y, height;
  gdouble found, wanted, slack;
  BfftAxis axis;

  spec.options.grid = grid;
  spec.options.hold = TRUE;
  scope = bfft_scope_new (&spec, NULL);
  bfft_scope_push (scope, power);
  pixels = draw (scope, &spec);
  bfft_scope_get_plot (scope, &axis, &x, &y, &height);
  g_assert_cmpuint (x + (guint) axis.length, <=, size[0]);
  g_assert_cmpuint (y + height, <=, size[1]);
  if (!grid)
    g_assert_true (x == 0 && y == 0 && axis.length == size[0]);
  wanted = axis.length * place (scale, frequency,
      scale == BFFT_AXIS_LOG ? 20 : 0, RATE / 2);
  /* lines lie over what is looked for; the kernel's own test has no such */
  if (grid && style != BFFT_SCOPE_WATERFALL)
    return;
  g_test_message ("style %u, scale %u, %u x %u, %g Hz, grid %d", style, scale,
      size[0], size[1], frequency, grid);
  found = brightest (pixels, size[0] + 3, x, axis.length, y, height);
  /* half a bar */
  slack = style != BFFT_SCOPE_BANDS ? 1 : axis.length / (scale ==
      BFFT_AXIS_LOG ? 30.8 : 32) / 2 + 1;
  if (fabs (found - wanted) > slack)
    g_error ("style %u, scale %u, %u x %u, %g Hz: at %g, not %g", style, scale,
        size[0], size[1], frequency, found, wanted);
}

static void
test_tone (void)
{
  static const gdouble frequencies[] = { 1000, 440, 3150, 12345.6 };
  guint style, scale, size, i;

  for (size = 0; size < G_N_ELEMENTS (sizes); size++)
    for (style = 0; style < 3; style++)
      for (scale = 0; scale < 3; scale++)
        for (i = 0; i < G_N_ELEMENTS (frequencies); i++) {
          check_tone (style, scale, sizes[size], frequencies[i], FALSE);
          if (i == 0)
            check_tone (style, scale, sizes[size], frequencies[i], TRUE);
        }
}

/* What a picture's height, or colour, says of the highest level, in dB. */
static gdouble
read_level (const BfftScopeSpec * spec, const guint32 * pixels)
{
  guint stride = spec->width + 3, x, y, most = 0;
  guint threshold = spec->options.style == BFFT_SCOPE_WATERFALL ? 0 : 200;

  for (y = 0; y < spec->height; y++) {
    for (x = 0; x < spec->width; x++)
      most = MAX (most, brightness (pixels[y * stride + x]));
    if (threshold == 0)
      return most / 3.0 / 255 * 80 - 80;
    /* the upper edge of the line */
    if (most > threshold)
      break;
  }
  return -80.0 * y / spec->height;
}

static void
test_level (void)
{
  static const gdouble frequencies[] =
      { 1000, 997, 1005.86, 60, 3333.3, 18001 };
  static const gdouble levels[] = { 0, -6, -20, -47.5 };
  guint style, scale, f, l;

  for (style = 0; style < 3; style++)
    for (scale = 0; scale < 3; scale++)
      for (f = 0; f < G_N_ELEMENTS (frequencies); f++)
        for (l = 0; l < G_N_ELEMENTS (levels); l++) {
          BfftScopeSpec spec = make_spec (style, scale, 1280, 720);
          g_autoptr (BfftScope) scope = bfft_scope_new (&spec, NULL);
          g_autofree gfloat *power =
              analyse (frequencies[f], pow (10, levels[l] / 20));
          g_autofree guint32 *pixels = NULL;
          gdouble read;

          bfft_scope_push (scope, power);
          pixels = draw (scope, &spec);
          read = read_level (&spec, pixels);
          /* a bar has its band's part of a sine at its edge */
          if (fabs (read - levels[l]) > (style == BFFT_SCOPE_BANDS ? 3.1 : 0.35)
              || (f == 0 && scale == BFFT_AXIS_LOG
                  && fabs (read - levels[l]) > 0.35))
            g_error ("style %u, scale %u, %g Hz: %g dB, not %g", style, scale,
                frequencies[f], read, levels[l]);
        }
}

/* Bars add up power: of white noise, 10 log10 of their width. */
static void
test_bands (void)
{
  BfftScopeSpec spec = make_spec (BFFT_SCOPE_BANDS, BFFT_AXIS_LOG, 1280, 720);
  g_autoptr (BfftScope) scope = bfft_scope_new (&spec, NULL);
  g_autofree gfloat *power = g_new (gfloat, N / 2 + 1);
  g_autofree guint32 *pixels = NULL;
  gdouble last = 0;
  guint i, x, y;

  for (i = 0; i <= N / 2; i++)
    power[i] = 1;
  bfft_scope_push (scope, power);
  pixels = draw (scope, &spec);
  /* third octaves are a tenth of a decade: each is 1 dB up */
  for (i = 2; i < 29; i++) {
    gdouble f = 1000 * pow (10, (i - 17.0) / 10);

    x = 1280 * place (BFFT_AXIS_LOG, f, 20, 24000);
    for (y = 0; y < 720 && brightness (pixels[y * 1283 + x]) < 200;)
      y++;
    if (i > 2)
      g_assert_cmpfloat_with_epsilon ((last - y) * 80 / 720, 1, 0.23);
    last = y;
  }
}

/* Peaks stay for 1.5 s and then come down, and nothing sticks. */
static void
test_hold (void)
{
  BfftScopeSpec spec = make_spec (BFFT_SCOPE_SPECTRUM, BFFT_AXIS_LOG, 640, 400);
  g_autofree gfloat *tone = analyse (1000, 0.1), *silence = analyse (1000, 0);
  g_autoptr (BfftScope) scope = NULL;
  guint frame;

  spec.options.hold = TRUE;
  scope = bfft_scope_new (&spec, NULL);
  bfft_scope_push (scope, tone);
  for (frame = 1; frame < 600; frame++) {
    g_autofree guint32 *pixels = NULL;

    bfft_scope_push (scope, silence);
    if (frame % 20)
      continue;
    pixels = draw (scope, &spec);
    if (frame <= 80)
      g_assert_cmpfloat_with_epsilon (read_level (&spec, pixels), -20, 0.5);
    else if (frame == 120)
      g_assert_cmpfloat_with_epsilon (read_level (&spec, pixels), -40, 3);
    else if (frame > 260)
      g_assert_cmpfloat (read_level (&spec, pixels), <, -79);
  }
}

/* A bad spectrum is gone with the next one. */
static void
test_bad (void)
{
  static const gfloat bad[] = { NAN, INFINITY, -1, 1e30 };
  g_autofree gfloat *tone = analyse (1000, 0.1);
  guint style, i, k;

  for (style = 0; style < 3; style++) {
    for (i = 0; i < G_N_ELEMENTS (bad); i++) {
      BfftScopeSpec spec = make_spec (style, BFFT_AXIS_LOG, 320, 240);
      g_autoptr (BfftScope) scope = bfft_scope_new (&spec, NULL);
      g_autofree gfloat *power = g_new (gfloat, N / 2 + 1);
      g_autofree guint32 *pixels = NULL;

      for (k = 0; k <= N / 2; k++)
        power[k] = k % 3 ? bad[i] : 1;
      bfft_scope_push (scope, power);
      g_free (draw (scope, &spec));
      for (k = 0; k < 90; k++)
        bfft_scope_push (scope, tone);
      pixels = draw (scope, &spec);
      g_assert_cmpfloat_with_epsilon (read_level (&spec, pixels), -20, 0.6);
    }
  }
}

static void
test_range (void)
{
  static const gdouble bad[][2] = { {500, 500}, {2000, 1000}, {24000, 0},
  {0, -24000}
  };
  BfftScopeSpec spec = make_spec (BFFT_SCOPE_BANDS, BFFT_AXIS_LOG, 320, 240);
  g_autofree gfloat *tone = analyse (1000, 1);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    spec.options.min = bad[i][0];
    spec.options.max = bad[i][1];
    g_assert_null (bfft_scope_new (&spec, &error));
    g_assert_error (error, BFFT_SCOPE_ERROR, BFFT_SCOPE_ERROR_RANGE);
    g_assert_nonnull (strstr (error->message, "min-frequency"));
  }
  /* beyond half the rate there is nothing, and it is shown */
  for (i = 0; i < 3; i++) {
    g_autoptr (BfftScope) scope = NULL;
    g_autofree guint32 *pixels = NULL;

    spec.options.style = i;
    spec.options.min = 30000;
    spec.options.max = 90000;
    scope = bfft_scope_new (&spec, NULL);
    bfft_scope_push (scope, tone);
    pixels = draw (scope, &spec);
    g_assert_cmpfloat (read_level (&spec, pixels), <, -79);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bfft_window_fill (BFFT_WINDOW_BLACKMAN_HARRIS, TRUE, window, N);
  g_test_add_func ("/scope/axis", test_axis);
  g_test_add_func ("/scope/tone", test_tone);
  g_test_add_func ("/scope/level", test_level);
  g_test_add_func ("/scope/bands", test_bands);
  g_test_add_func ("/scope/hold", test_hold);
  g_test_add_func ("/scope/bad", test_bad);
  g_test_add_func ("/scope/range", test_range);
  return g_test_run ();
}
