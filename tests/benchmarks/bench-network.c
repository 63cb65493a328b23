/* bfft: every variant's speed, size and error, and what closing gates buys.
 *
 * All networks have random parameters but where it says exact. A frame of
 * real samples goes in, windowed, and the power of n / 2 + 1 bins comes out.
 * The yardstick is GstFFT's exact transform of the same length by itself,
 * with neither window nor power. Each number is the least of many rounds in
 * which the programs take turns, so that a busy machine slows all alike.
 * Errors are against the plain model in double (tests/kernels): the largest of
 * the spectrum, relative to its root mean square.
 *
 *   bench-network [--json] [--markdown] [--n N]
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/fft/gstfftf32.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bfft-plan.h"
#include "bfft-transform.h"
#include "network-model.h"

#define ROUNDS 80
#define ROUND_SAMPLES 100000
#define COMPILE_ROUNDS 5
#define MAX_PROGRAMS 40
#define SEED 42

typedef struct
{
  const gchar *group, *name;
  BfftNetwork *network;         /* NULL: GstFFT by itself */
  BfftPlan *plan;
  BfftTransform *round_trip;    /* instead */
  guint n_bins;
  gdouble seconds, compile_seconds, error;
} Program;

typedef struct
{
  guint n;
  gfloat *frame, *window, *re, *im, *out;
  GstFFTF32 *gst;
  GstFFTF32Complex *gst_bins;
  Program programs[MAX_PROGRAMS];
  guint n_programs;
} Bench;

static gdouble
now (void)
{
  return g_get_monotonic_time () * 1e-6;
}

/* ---- programs ---- */

static void
compile (Bench * b, Program * p, gboolean round_trip)
{
  BfftPlanSpec spec = {.n_fft = b->n,.variant = p->network->variant,
    .network = p->network,.window = b->window,.n_bins = p->n_bins
  };

  g_clear_pointer (&p->plan, bfft_plan_free);
  g_clear_pointer (&p->round_trip, bfft_transform_free);
  if (round_trip)
    p->round_trip = bfft_transform_new (p->network, BFFT_EXECUTION_AUTO);
  else
    p->plan = bfft_plan_new (&spec, NULL);
}

static Program *
add (Bench * b, const gchar * group, const gchar * name, BfftNetwork * network,
    guint n_bins, gboolean round_trip)
{
  Program *p = &b->programs[b->n_programs++];
  guint i;

  p->group = group;
  p->name = name;
  p->network = network;
  p->n_bins = n_bins;
  p->seconds = p->compile_seconds = G_MAXDOUBLE;
  if (network == NULL)
    return p;
  for (i = 0; i < COMPILE_ROUNDS; i++) {
    gdouble start = now ();

    compile (b, p, round_trip);
    p->compile_seconds = MIN (p->compile_seconds, now () - start);
  }
  return p;
}

static BfftNetwork *
random_network (Bench * b, BfftVariant variant)
{
  BfftNetwork *network = bfft_network_new_exact (variant, b->n);

  bfft_network_randomize (network, SEED);
  return network;
}

typedef gfloat (*Gate) (const BfftNetwork * network, guint stage,
    guint butterfly, GRand * random);

static void
add_gated (Bench * b, const gchar * name, BfftVariant variant, Gate gate)
{
  BfftNetwork *network = random_network (b, variant);
  GRand *random = g_rand_new_with_seed (SEED);
  guint s, i;

  for (s = 0; s < network->stages; s++) {
    for (i = 0; i < network->half; i++)
      network->gates[s * network->half + i] = gate (network, s, i, random);
  }
  add (b, "gates", name, network, 0, FALSE);
  g_rand_free (random);
}

static gfloat
even_stages (const BfftNetwork * network, guint s, guint i, GRand * random)
{
  return s % 2 == 0;
}

static gfloat
odd_stages (const BfftNetwork * network, guint s, guint i, GRand * random)
{
  return s % 2 == 1;
}

static gfloat
early_stages (const BfftNetwork * network, guint s, guint i, GRand * random)
{
  return s < (network->stages + 1) / 2;
}

static gfloat
late_stages (const BfftNetwork * network, guint s, guint i, GRand * random)
{
  return s >= network->stages / 2;
}

static gfloat
lower_half (const BfftNetwork * network, guint s, guint i, GRand * random)
{
  return i < network->half / 2;
}

static gfloat
at_random (const BfftNetwork * network, guint s, guint i, GRand * random)
{
  return g_rand_boolean (random);
}

static gfloat
soft (const BfftNetwork * network, guint s, guint i, GRand * random)
{
  return g_rand_double (random);
}

static BfftNetwork *
learned_network (Bench * b, gboolean q8)
{
  BfftNetwork *network = random_network (b, BFFT_VARIANT_LEARNED);
  GRand *random = g_rand_new_with_seed (SEED);
  gsize i;

  for (i = 0; i < (gsize) network->stages * network->half; i++)
    network->gates[i] = g_rand_double (random);
  for (i = 0; i < 2 * network->n_fft; i++) {
    network->freq_mask[i] = g_rand_double (random);
    network->denoiser_scale[i] = g_rand_double (random);
    network->denoiser_bias[i] = g_rand_double (random) - 0.5;
  }
  g_rand_free (random);
  if (q8)
    bfft_network_quantize (network);
  return network;
}

static void
add_variants (Bench * b)
{
  BfftVariant v;

  add (b, "variants", "GstFFT by itself", NULL, 0, FALSE);
  for (v = 0; v < BFFT_N_VARIANTS; v++) {
    BfftNetwork *network = v == BFFT_VARIANT_REFERENCE
        ? bfft_network_new_exact (v, b->n)
        : v == BFFT_VARIANT_LEARNED ? learned_network (b, FALSE)
        : random_network (b, v);

    add (b, "variants", bfft_variant_to_string (v), network, 0, FALSE);
  }
  add (b, "variants", "learned, int8", learned_network (b, TRUE), 0, FALSE);
  add (b, "variants", "fused-spectral, round trip",
      random_network (b, BFFT_VARIANT_FUSED_SPECTRAL), 0, TRUE);
  add (b, "variants", "butterfly, exact",
      bfft_network_new_exact (BFFT_VARIANT_BUTTERFLY, b->n), 0, FALSE);
}

static void
add_gates (Bench * b)
{
  BfftVariant pruned = BFFT_VARIANT_PRUNED;

  add (b, "gates", "all open", random_network (b, pruned), 0, FALSE);
  add_gated (b, "odd stages closed", pruned, even_stages);
  add_gated (b, "even stages closed", pruned, odd_stages);
  add_gated (b, "late half of stages closed", pruned, early_stages);
  add_gated (b, "early half of stages closed", pruned, late_stages);
  add_gated (b, "upper half of every stage closed", pruned, lower_half);
  add_gated (b, "half closed at random", pruned, at_random);
  add_gated (b, "soft gates", BFFT_VARIANT_LEARNED, soft);
  add (b, "gates", "lowest quarter of bins wanted",
      random_network (b, pruned), b->n / 8, FALSE);
}

/* ---- measuring ---- */

static void
run (Bench * b, const Program * p)
{
  if (p->network == NULL)
    gst_fft_f32_fft (b->gst, b->frame, b->gst_bins);
  else if (p->round_trip)
    bfft_transform_round_trip (p->round_trip, b->frame, b->out);
  else
    bfft_plan_power (p->plan, b->frame, b->out);
}

static void
measure (Bench * b)
{
  guint repeat = MAX (1, ROUND_SAMPLES / b->n);
  guint round, i, j;

  for (round = 0; round < ROUNDS; round++) {
    for (i = 0; i < b->n_programs; i++) {
      Program *p = &b->programs[i];
      gdouble start = now ();

      for (j = 0; j < repeat; j++)
        run (b, p);
      p->seconds = MIN (p->seconds, (now () - start) / repeat);
    }
  }
}

/* Leaves what the model makes of the frame in @re, @im. */
static void
run_model (Bench * b, const Program * p, gdouble * re, gdouble * im)
{
  guint i;

  for (i = 0; i < b->n; i++) {
    re[i] = p->round_trip ? b->frame[i] : b->frame[i] * b->window[i];
    im[i] = 0;
  }
  network_model_forward (p->network, TRUE, re, im, re, im);
  if (!p->round_trip)
    return;
  network_model_inverse (p->network, FALSE, re, im, re, im);
  for (i = 0; i < b->n; i++) {
    re[i] /= b->n;
    im[i] = 0;
  }
}

static void
measure_error (Bench * b, Program * p)
{
  gdouble *re = g_new (gdouble, b->n), *im = g_new (gdouble, b->n);
  guint count = p->round_trip ? b->n : p->n_bins ? p->n_bins : b->n / 2 + 1;
  gdouble energy = 0;
  guint k;

  run_model (b, p, re, im);
  memset (b->im, 0, b->n * sizeof (gfloat));
  if (p->round_trip)
    bfft_transform_round_trip (p->round_trip, b->frame, b->re);
  else
    bfft_plan_spectrum (p->plan, b->frame, b->re, b->im);
  for (k = 0; k < count; k++) {
    energy += re[k] * re[k] + im[k] * im[k];
    p->error = MAX (p->error, hypot (b->re[k] - re[k], b->im[k] - im[k]));
  }
  p->error /= sqrt (energy / count);
  g_free (re);
  g_free (im);
}

/* How far int8 twiddles put the spectrum from that of the exact float ones:
 * root mean square, relative. */
static gdouble
quantization_error (Bench * b)
{
  BfftNetwork *q8 = bfft_network_new_exact (BFFT_VARIANT_Q8, b->n);
  BfftNetwork *exact = bfft_network_new_exact (BFFT_VARIANT_BUTTERFLY, b->n);
  gdouble *planes = g_new0 (gdouble, 4 * b->n);
  gdouble *re = planes, *im = re + b->n, *q_re = im + b->n, *q_im = q_re + b->n;
  gdouble energy = 0, error = 0;
  guint i;

  for (i = 0; i < b->n; i++)
    re[i] = q_re[i] = b->frame[i];
  network_model_forward (exact, TRUE, re, im, re, im);
  network_model_forward (q8, TRUE, q_re, q_im, q_re, q_im);
  for (i = 0; i < b->n; i++) {
    energy += re[i] * re[i] + im[i] * im[i];
    error += pow (q_re[i] - re[i], 2) + pow (q_im[i] - im[i], 2);
  }
  g_free (planes);
  bfft_network_unref (q8);
  bfft_network_unref (exact);
  return sqrt (error / energy);
}

/* ---- results ---- */

static gsize
bytes_of (const Program * p)
{
  return p->plan ? bfft_plan_get_parameter_bytes (p->plan)
      : bfft_transform_get_parameter_bytes (p->round_trip);
}

static guint64
butterflies_of (const Program * p)
{
  return p->plan ? bfft_plan_get_active_butterflies (p->plan)
      : bfft_transform_get_active_butterflies (p->round_trip);
}

/* The first of its group is what the others are compared with. */
static gdouble
speed (const Bench * b, const Program * p)
{
  const Program *first = b->programs;

  while (first->group != p->group)
    first++;
  return first->seconds / p->seconds;
}

static void
print_text (Bench * b, gboolean markdown)
{
  const gchar *group = NULL;
  const gchar *bar = markdown ? "|" : " ";
  guint i;

  for (i = 0; i < b->n_programs; i++) {
    const Program *p = &b->programs[i];

    if (p->group != group) {
      g_print ("%s%s n = %-28u %s    us %s speed %s bytes %s butterflies %s"
          "  compile %s  error %s\n", group ? "\n" : "", bar, b->n, bar, bar,
          bar, bar, bar, bar, bar);
      if (markdown)
        g_print ("|---|--:|--:|--:|--:|--:|--:|\n");
    }
    group = p->group;
    if (p->network == NULL) {
      g_print ("%s %-32s %s %5.2f %s %5.2f %s %s %s %s %s\n", bar, p->name, bar,
          p->seconds * 1e6, bar, 1.0, bar, bar, bar, bar, bar);
      continue;
    }
    g_print ("%s %-32s %s %5.2f %s %5.2f %s %7" G_GSIZE_FORMAT " %s %11"
        G_GUINT64_FORMAT " %s %4.0f us %s %.1e %s\n", bar, p->name, bar,
        p->seconds * 1e6, bar, speed (b, p), bar,
        bytes_of (p), bar, butterflies_of (p), bar,
        p->compile_seconds * 1e6, bar, p->error, bar);
  }
  g_print ("\nint8 instead of exact twiddles: spectrum %.1e off, relative "
      "(%.0f dB)\n", quantization_error (b),
      20 * log10 (quantization_error (b)));
}

static void
print_json (Bench * b)
{
  guint i;

  g_print ("{\"n\": %u, \"quantization_error\": %.3g, \"programs\": [",
      b->n, quantization_error (b));
  for (i = 0; i < b->n_programs; i++) {
    const Program *p = &b->programs[i];

    g_print ("%s\n  {\"group\": \"%s\", \"name\": \"%s\", \"us\": %.4f, "
        "\"speed\": %.3f", i ? "," : "", p->group, p->name, p->seconds * 1e6,
        speed (b, p));
    if (p->network) {
      g_print (", \"bytes\": %" G_GSIZE_FORMAT ", \"butterflies\": %"
          G_GUINT64_FORMAT ", \"compile_us\": %.1f, \"error\": %.3g, "
          "\"compiled\": \"%s\"", bytes_of (p), butterflies_of (p),
          p->compile_seconds * 1e6, p->error,
          p->plan ? bfft_plan_describe (p->plan)
          : bfft_transform_describe (p->round_trip));
    }
    g_print ("}");
  }
  g_print ("\n]}\n");
}

int
main (int argc, char **argv)
{
  gboolean json = FALSE, markdown = FALSE;
  gint n = 1024;
  GOptionEntry entries[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print JSON", NULL},
    {"markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, "print Markdown", NULL},
    {"n", 0, 0, G_OPTION_ARG_INT, &n, "transform length (1024)", "N"},
    {0}
  };
  GOptionContext *context = g_option_context_new (NULL);
  GRand *random = g_rand_new_with_seed (SEED);
  Bench b = { 0, };
  guint i;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, NULL)
      || !bfft_network_length_is_valid (n)) {
    g_printerr ("usage: bench-network [--json] [--markdown] [--n N]\n");
    return EXIT_FAILURE;
  }

  b.n = n;
  b.frame = g_new (gfloat, n);
  b.window = g_new (gfloat, n);
  b.re = g_new (gfloat, n);
  b.im = g_new (gfloat, n);
  b.out = g_new (gfloat, n);
  for (i = 0; i < b.n; i++) {
    b.frame[i] = g_rand_double_range (random, -1, 1);
    b.window[i] = 0.5 - 0.5 * cos (2 * G_PI * i / n);
  }
  b.gst = gst_fft_f32_new (n, FALSE);
  b.gst_bins = g_new (GstFFTF32Complex, n / 2 + 1);

  add_variants (&b);
  add_gates (&b);
  measure (&b);
  for (i = 0; i < b.n_programs; i++) {
    if (b.programs[i].network)
      measure_error (&b, &b.programs[i]);
  }
  if (json)
    print_json (&b);
  else
    print_text (&b, markdown);

  for (i = 0; i < b.n_programs; i++) {
    bfft_plan_free (b.programs[i].plan);
    bfft_transform_free (b.programs[i].round_trip);
    if (b.programs[i].network)
      bfft_network_unref (b.programs[i].network);
  }
  gst_fft_f32_free (b.gst);
  g_free (b.gst_bins);
  g_free (b.frame);
  g_free (b.window);
  g_free (b.re);
  g_free (b.im);
  g_free (b.out);
  g_rand_free (random);
  g_option_context_free (context);
  return EXIT_SUCCESS;
}
