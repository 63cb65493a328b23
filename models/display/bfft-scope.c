/* bfft: spectra as pictures: levels of columns and bands.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-scope-private.h"

#include <math.h>
#include <string.h>

#include "bfft-decibel.h"

G_DEFINE_QUARK (bfft-scope-error-quark, bfft_scope_error);

/* Levels fall by the whole range in a second, held ones in two, after this
 * many seconds. */
#define HOLD 1.5

#define EQUAL_BANDS 32

#define SWAP(type, a, b) G_STMT_START { \
  type swapped = a; a = b; b = swapped; } G_STMT_END

/* ---- making one ---- */

static gboolean
choose_range (const BfftScopeSpec * spec, BfftAxis * axis, GError ** error)
{
  const BfftScopeOptions *o = &spec->options;

  axis->scale = o->scale;
  axis->max = o->max > 0 ? o->max : spec->rate / 2.0 + o->max;
  axis->min = o->min;
  if (axis->min <= 0 && axis->scale == BFFT_AXIS_LOG)
    axis->min = MIN (20, axis->max / 1000);
  if (axis->min < axis->max)
    return TRUE;
  g_set_error (error, BFFT_SCOPE_ERROR, BFFT_SCOPE_ERROR_RANGE,
      "There is nothing to show from %g Hz to %g Hz at %u samples per second; "
      "set min-frequency below max-frequency", axis->min, axis->max,
      spec->rate);
  return FALSE;
}

static gdouble
bin_at (const BfftScope * self, gdouble bins_per_hz, gdouble x)
{
  return bfft_axis_frequency (&self->axis, x) * bins_per_hz;
}

/* Columns that are narrower than half a bin are on a smooth curve through the
 * bins around them (Catmull and Rom's), and so are others between two bins;
 * else a column has the greatest of its bins. */
static void
make_column (BfftScope * self, guint x, gdouble bins_per_hz)
{
  BfftScopeSpan *span = &self->spans[x];
  gdouble low = bin_at (self, bins_per_hz, x);
  gdouble high = bin_at (self, bins_per_hz, x + 1);
  gdouble middle = bin_at (self, bins_per_hz, x + 0.5), t;

  *span = (BfftScopeSpan) {
  .x = x,.width = 1,.first = MIN (ceil (low), self->bins)};
  span->n = MIN (ceil (high), self->bins) - span->first;
  if (low > self->bins - 0.5) {
    span->n = span->first = self->bins; /* there is nothing */
  } else if (self->bins < 4) {
    span->first = MIN (middle + 0.5, self->bins - 1);
    span->n = 1;
  } else if (high - low < 0.5 || span->n == 0) {
    span->n = 0;
    span->first = CLAMP (floor (middle) - 1, 0, self->bins - 4);
    t = CLAMP (middle - span->first - 1, 0, 1);
    span->weight[0] = t * (t * (2 - t) - 1) / 2;
    span->weight[1] = (t * t * (3 * t - 5) + 2) / 2;
    span->weight[2] = t * (t * (4 - 3 * t) + 1) / 2;
    span->weight[3] = t * t * (t - 1) / 2;
  }
}

/* Bar @index goes from @low to @high Hz. Returns: whether it is on the axis. */
static gboolean
make_bar (BfftScope * self, guint index, gdouble low, gdouble high,
    gdouble bins_per_hz)
{
  gdouble left = MAX (bfft_axis_position (&self->axis, low), 0);
  gdouble right = MIN (bfft_axis_position (&self->axis, high), self->width);
  gdouble first = low * bins_per_hz + 0.5, last = high * bins_per_hz + 0.5;
  BfftScopeSpan *span = &self->spans[index];

  if (right <= left)
    return FALSE;
  *span = (BfftScopeSpan) {
  .x = MIN (round (left), self->width - 1),.first = self->bins};
  span->width = MAX (round (right), span->x + 1) - span->x;
  if (span->width >= 3) {
    guint gap = MAX (span->width / 8, 1);

    span->x += gap / 2;
    span->width -= gap;
  }
  if (first >= self->bins)
    return TRUE;
  last = MIN (last, self->bins);
  span->first = first;
  span->n = ceil (last) - span->first;
  span->low = 1 - (first - span->first);
  span->high = 1 - (ceil (last) - last);
  if (span->n == 1)
    span->low = span->high = last - first;
  return TRUE;
}

static void
make_bars (BfftScope * self, gdouble bins_per_hz)
{
  const BfftAxis *axis = &self->axis;
  gboolean thirds = axis->scale == BFFT_AXIS_LOG;
  gint first = thirds ? floor (10 * log10 (axis->min / 1000) - 0.5) : 0;
  gint last = thirds ? ceil (10 * log10 (axis->max / 1000) + 0.5) :
      EQUAL_BANDS - 1, i;

  self->spans = g_new (BfftScopeSpan, last - first + 1);
  for (i = first; i <= last; i++) {
    gdouble width = axis->length / EQUAL_BANDS;
    gdouble low = thirds ? 1000 * pow (10, (i - 0.5) / 10) :
        bfft_axis_frequency (axis, i * width);
    gdouble high = thirds ? 1000 * pow (10, (i + 0.5) / 10) :
        bfft_axis_frequency (axis, (i + 1) * width);

    if (make_bar (self, self->n_spans, low, high, bins_per_hz))
      self->n_spans++;
  }
}

static void
make_spans (BfftScope * self, gdouble bins_per_hz)
{
  guint x;

  if (self->options.style == BFFT_SCOPE_BANDS) {
    make_bars (self, bins_per_hz);
    return;
  }
  self->n_spans = self->width;
  self->spans = g_new (BfftScopeSpan, self->width);
  for (x = 0; x < self->width; x++)
    make_column (self, x, bins_per_hz);
}

/* Below what is shown, but not so far that curves swing. */
static gfloat
lowest (const BfftScope * self)
{
  return self->options.reference - self->options.range - 20;
}

static gfloat *
new_levels (const BfftScope * self)
{
  gfloat *levels = g_new (gfloat, self->n_spans);
  guint i;

  for (i = 0; i < self->n_spans; i++)
    levels[i] = lowest (self);
  return levels;
}

static void
measure_window (BfftScope * self, const gfloat * window, guint n)
{
  gdouble sum = 0, power = 0;
  guint i;

  for (i = 0; i < n; i++) {
    sum += window[i];
    power += (gdouble) window[i] * window[i];
  }
  self->scale = 4 / (sum * sum);
  self->noise_bandwidth = n * power / (sum * sum);
}

BfftScope *
bfft_scope_new (const BfftScopeSpec * spec, GError ** error)
{
  BfftScope *self;
  BfftAxis axis;

  if (!choose_range (spec, &axis, error))
    return NULL;
  self = g_new0 (BfftScope, 1);
  self->options = spec->options;
  self->axis = axis;
  self->fps = spec->fps;
  self->bins = spec->n_fft / 2 + 1;
  self->kernels = bfft_kernels_get (BFFT_EXECUTION_AUTO);
  self->decibel = g_new0 (gfloat, self->bins);
  self->peaked = g_new0 (gfloat, self->bins);
  measure_window (self, spec->window, spec->n_fft);
  bfft_scope_make_colors (self);
  bfft_scope_make_grid (self, spec->width, spec->height);
  make_spans (self, (gdouble) spec->n_fft / spec->rate);
  self->fresh = new_levels (self);
  self->level = new_levels (self);
  self->held = new_levels (self);
  self->age = g_new0 (guint, self->n_spans);
  self->top = g_new (gint, self->width);
  if (self->options.style == BFFT_SCOPE_WATERFALL) {
    self->image = g_new0 (guint32, (gsize) self->width * self->height);
    for (self->head = self->height; self->head > 0;)
      bfft_scope_add_row (self);
  }
  return self;
}

void
bfft_scope_free (BfftScope * scope)
{
  if (scope == NULL)
    return;
  bfft_overlay_free (scope->overlay);
  g_free (scope->decibel);
  g_free (scope->peaked);
  g_free (scope->spans);
  g_free (scope->fresh);
  g_free (scope->level);
  g_free (scope->held);
  g_free (scope->age);
  g_free (scope->image);
  g_free (scope->top);
  g_free (scope);
}

void
bfft_scope_get_plot (const BfftScope * scope, BfftAxis * axis, guint * x,
    guint * y, guint * height)
{
  *axis = scope->axis;
  *x = scope->x;
  *y = scope->y;
  *height = scope->height;
}

void
bfft_scope_carry_on (BfftScope * scope, BfftScope * old)
{
  const BfftAxis *a = &scope->axis, *b = &old->axis;

  if (scope->options.style != old->options.style
      || scope->n_spans != old->n_spans || scope->height != old->height
      || a->scale != b->scale || a->min != b->min || a->max != b->max
      || a->length != b->length)
    return;
  scope->head = old->head;
  SWAP (guint32 *, scope->image, old->image);
  SWAP (gfloat *, scope->level, old->level);
  SWAP (gfloat *, scope->held, old->held);
  SWAP (guint *, scope->age, old->age);
}

/* ---- a spectrum ---- */

/* What lies between bins is up to 0.8 dB higher: the vertex of the parabola
 * through a bin that is higher than its neighbours, and those. */
static void
find_peaks (BfftScope * self)
{
  const gfloat *d = self->decibel;
  guint k;

  memcpy (self->peaked, d, self->bins * sizeof (gfloat));
  for (k = 1; k + 1 < self->bins; k++) {
    gfloat rise = d[k + 1] - d[k - 1];
    gfloat bend = 2 * d[k] - d[k - 1] - d[k + 1];

    if (d[k] > d[k - 1] && d[k] >= d[k + 1])
      self->peaked[k] += rise * rise / (8 * bend);
  }
}

static gfloat
measure_column (const BfftScope * self, const BfftScopeSpan * span)
{
  const gfloat *d = self->decibel + span->first;
  gfloat level = lowest (self);
  guint k;

  if (span->n == 0)
    return span->weight[0] * d[0] + span->weight[1] * d[1] +
        span->weight[2] * d[2] + span->weight[3] * d[3];
  for (k = span->first; k < MIN (span->first + span->n, self->bins); k++)
    level = MAX (level, self->peaked[k]);
  return level;
}

/* The power of a sine is spread over bins: a window's noise bandwidth. */
static gfloat
measure_bar (const BfftScope * self, const BfftScopeSpan * span,
    const gfloat * power)
{
  gdouble sum = 0;
  guint k;

  if (span->n == 0)
    return lowest (self);
  sum = span->low * power[span->first];
  for (k = 1; k + 1 < span->n; k++)
    sum += power[span->first + k];
  if (span->n > 1)
    sum += span->high * power[span->first + span->n - 1];
  return 10 * log10 (sum * self->scale / self->noise_bandwidth);
}

/* A level that is not a number shows nothing. */
static void
settle (BfftScope * self, guint i, gfloat level)
{
  gfloat fall = self->options.range / self->fps;

  if (!(level > lowest (self)))
    level = lowest (self);
  level = MIN (level, self->options.reference);
  self->fresh[i] = level;
  self->level[i] = MAX (level, self->level[i] - fall);
  self->age[i]++;
  if (self->age[i] > HOLD * self->fps)
    self->held[i] -= fall / 2;
  if (level >= self->held[i]) {
    self->held[i] = level;
    self->age[i] = 0;
  }
}

void
bfft_scope_push (BfftScope * scope, const gfloat * power)
{
  gboolean bars = scope->options.style == BFFT_SCOPE_BANDS;
  guint i;

  if (!bars) {
    memset (scope->decibel, 0, scope->bins * sizeof (gfloat));
    bfft_decibel_add (scope->kernels, scope->decibel, power, scope->scale,
        lowest (scope), scope->bins);
    find_peaks (scope);
  }
  for (i = 0; i < scope->n_spans; i++)
    settle (scope, i, bars ? measure_bar (scope, &scope->spans[i], power) :
        measure_column (scope, &scope->spans[i]));
  if (scope->image)
    bfft_scope_add_row (scope);
}
