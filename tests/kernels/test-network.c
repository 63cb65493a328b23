/* bfft: every variant against a plain model, on parameters that are not exact.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-plan.h"
#include "bfft-transform.h"
#include "network-model.h"

#include <math.h>
#include <string.h>

/* Largest error allowed, relative to the root mean square of what is right. */
#define TOLERANCE 1e-5

typedef void (*Shape) (BfftNetwork * network, GRand * random);

typedef struct
{
  const gchar *name;
  BfftVariant variant;
  Shape shape;
} Case;

/* ---- networks ---- */

static gfloat *
uniform (GRand * random, gsize count, gdouble from, gdouble to)
{
  gfloat *values = g_new (gfloat, count);
  gsize i;

  for (i = 0; i < count; i++)
    values[i] = g_rand_double_range (random, from, to);
  return values;
}

static gsize
count_of (const BfftNetwork * network)
{
  return (gsize) network->stages * network->half;
}

static gfloat *
new_gates (BfftNetwork * network, gfloat value)
{
  gsize i;

  g_free (network->gates);
  network->gates = g_new (gfloat, count_of (network));
  for (i = 0; i < count_of (network); i++)
    network->gates[i] = value;
  return network->gates;
}

static void
soft_gates (BfftNetwork * network, GRand * random)
{
  g_free (network->gates);
  network->gates = uniform (random, count_of (network), 0, 1);
  network->hard_gates = FALSE;
}

static void
random_gates (BfftNetwork * network, GRand * random)
{
  soft_gates (network, random);
  network->hard_gates = TRUE;
}

/* Of each stage a run in the middle is closed, a few stages whole. */
static void
closed_runs (BfftNetwork * network, GRand * random)
{
  guint s, b, half = network->half;
  gfloat *gates = new_gates (network, 1);

  network->hard_gates = TRUE;
  for (s = 0; s < network->stages; s++) {
    guint from = g_rand_int_range (random, 0, half);
    guint to = g_rand_int_range (random, from, half) + 1;

    if (g_rand_int_range (random, 0, 4) == 0)
      from = 0, to = half;
    for (b = from; b < to; b++)
      gates[s * half + b] = 0;
  }
}

/* The gates of half the stages are closed, those of others half so. */
static void
upper_half (BfftNetwork * network, GRand * random)
{
  guint s, b, half = network->half;
  gfloat *gates = new_gates (network, 1);

  network->hard_gates = TRUE;
  for (s = 0; s < network->stages; s++) {
    for (b = half / 2; b < half; b++)
      gates[s * half + b] = 0;
  }
}

static void
first_stages_closed (BfftNetwork * network, GRand * random)
{
  memset (new_gates (network, 1), 0,
      network->stages / 2 * network->half * sizeof (gfloat));
  network->hard_gates = TRUE;
}

static void
last_stages_closed (BfftNetwork * network, GRand * random)
{
  gsize open = (network->stages + 1) / 2 * network->half;

  memset (new_gates (network, 1) + open, 0,
      (count_of (network) - open) * sizeof (gfloat));
  network->hard_gates = TRUE;
}

static void
all_closed (BfftNetwork * network, GRand * random)
{
  new_gates (network, 0);
  network->hard_gates = TRUE;
}

static void
mask (BfftNetwork * network, GRand * random)
{
  guint k;

  g_free (network->freq_mask);
  network->freq_mask = uniform (random, 2 * network->n_fft, -1, 1);
  for (k = network->n_fft / 4; k < network->n_fft; k++) {
    if (g_rand_boolean (random))
      network->freq_mask[2 * k] = network->freq_mask[2 * k + 1] = 0;
  }
}

static void
everything (BfftNetwork * network, GRand * random)
{
  soft_gates (network, random);
  mask (network, random);
  g_free (network->denoiser_scale);
  g_free (network->denoiser_bias);
  network->denoiser_scale = uniform (random, 2 * network->n_fft, -1, 1);
  network->denoiser_bias = uniform (random, 2 * network->n_fft, -1, 1);
}

static void
everything_hard (BfftNetwork * network, GRand * random)
{
  everything (network, random);
  network->hard_gates = TRUE;
}

static void
everything_q8 (BfftNetwork * network, GRand * random)
{
  everything (network, random);
  bfft_network_quantize (network);
}

static void
everything_hard_q8 (BfftNetwork * network, GRand * random)
{
  everything_hard (network, random);
  bfft_network_quantize (network);
}

static void
random_matrices (BfftNetwork * network, GRand * random)
{
  g_free (network->unitary);
  network->unitary = uniform (random, 8 * count_of (network), -1, 1);
}

static void
gated_matrices (BfftNetwork * network, GRand * random)
{
  random_matrices (network, random);
  if (g_rand_boolean (random))
    closed_runs (network, random);
  else
    soft_gates (network, random);
}

static const Case cases[] = {
  {"butterfly", BFFT_VARIANT_BUTTERFLY, NULL},
  {"stockham", BFFT_VARIANT_STOCKHAM, NULL},
  {"stockham-mask", BFFT_VARIANT_STOCKHAM, mask},
  {"stockham-gates", BFFT_VARIANT_STOCKHAM, soft_gates},
  {"q8", BFFT_VARIANT_Q8, NULL},
  {"q8-gates", BFFT_VARIANT_Q8, random_gates},
  {"q8-runs", BFFT_VARIANT_Q8, closed_runs},
  {"unitary", BFFT_VARIANT_UNITARY, random_matrices},
  {"unitary-gates", BFFT_VARIANT_UNITARY, gated_matrices},
  {"domain", BFFT_VARIANT_DOMAIN, NULL},
  {"pruned-random", BFFT_VARIANT_PRUNED, random_gates},
  {"pruned-runs", BFFT_VARIANT_PRUNED, closed_runs},
  {"pruned-upper-half", BFFT_VARIANT_PRUNED, upper_half},
  {"pruned-first-stages", BFFT_VARIANT_PRUNED, first_stages_closed},
  {"pruned-last-stages", BFFT_VARIANT_PRUNED, last_stages_closed},
  {"pruned-all", BFFT_VARIANT_PRUNED, all_closed},
  {"fused-spectral", BFFT_VARIANT_FUSED_SPECTRAL, mask},
  {"learned-soft", BFFT_VARIANT_LEARNED, everything},
  {"learned-hard", BFFT_VARIANT_LEARNED, everything_hard},
  {"learned-q8", BFFT_VARIANT_LEARNED, everything_q8},
  {"learned-hard-q8", BFFT_VARIANT_LEARNED, everything_hard_q8},
};

static BfftNetwork *
network_of (const Case * c, guint n, GRand * random)
{
  BfftNetwork *network = bfft_network_new_exact (c->variant, n);

  bfft_network_randomize (network, g_rand_int (random));
  if (c->shape)
    c->shape (network, random);
  return network;
}

/* ---- signals and errors ---- */

typedef struct
{
  guint n;
  gfloat *re, *im, *window;
  gdouble *x_re, *x_im;         /* what goes into the model */
  gdouble *want_re, *want_im;
  gfloat *got_re, *got_im, *power;
} Signal;

static Signal *
signal_new (guint n, GRand * random)
{
  Signal *s = g_new0 (Signal, 1);
  guint i;

  s->n = n;
  s->re = uniform (random, n, -1, 1);
  s->im = uniform (random, n, -1, 1);
  s->window = uniform (random, n, 0, 1);
  s->x_re = g_new (gdouble, n);
  s->x_im = g_new0 (gdouble, n);
  s->want_re = g_new (gdouble, n);
  s->want_im = g_new (gdouble, n);
  s->got_re = g_new0 (gfloat, n);
  s->got_im = g_new0 (gfloat, n);
  s->power = g_new0 (gfloat, n);
  for (i = 0; i < n; i++)
    s->x_re[i] = s->re[i];
  return s;
}

static void
signal_free (Signal * s)
{
  g_free (s->re);
  g_free (s->im);
  g_free (s->window);
  g_free (s->x_re);
  g_free (s->x_im);
  g_free (s->want_re);
  g_free (s->want_im);
  g_free (s->got_re);
  g_free (s->got_im);
  g_free (s->power);
  g_free (s);
}

/* Largest error over bins [first, first + count), relative to the root mean
 * square of all values. */
static gdouble
signal_error (const Signal * s, guint first, guint count)
{
  gdouble worst = 0, energy = 0;
  guint k;

  for (k = 0; k < s->n; k++)
    energy += pow (s->want_re[k], 2) + pow (s->want_im[k], 2);
  for (k = first; k < first + count; k++) {
    gdouble error = hypot (s->got_re[k] - s->want_re[k],
        s->got_im[k] - s->want_im[k]);

    if (!(error <= worst))
      worst = error;
  }
  return energy > 0 ? worst / sqrt (energy / s->n) : worst;
}

#define assert_close(signal, first, count) \
  g_assert_cmpfloat (signal_error (signal, first, count), <=, TOLERANCE)

static BfftPlan *
plan_of (const Case * c, BfftNetwork * network, const gfloat * window,
    guint first, guint count)
{
  BfftPlanSpec spec = { network->n_fft, c->variant, BFFT_EXECUTION_AUTO,
    network, window, first, count, 0
  };
  GError *error = NULL;
  BfftPlan *plan = bfft_plan_new (&spec, &error);

  g_assert_no_error (error);
  return plan;
}

/* ---- tests ---- */

static void
check_complex (const Case * c, BfftNetwork * network, Signal * s)
{
  BfftTransform *transform = bfft_transform_new (network, BFFT_EXECUTION_AUTO);
  guint n = s->n, k;

  for (k = 0; k < n; k++)
    s->x_im[k] = s->im[k];
  network_model_forward (network, TRUE, s->x_re, s->x_im, s->want_re,
      s->want_im);
  bfft_transform_forward (transform, s->re, s->im, s->got_re, s->got_im);
  assert_close (s, 0, n);

  network_model_inverse (network, TRUE, s->x_re, s->x_im, s->want_re,
      s->want_im);
  memcpy (s->got_re, s->re, n * sizeof (gfloat));
  memcpy (s->got_im, s->im, n * sizeof (gfloat));
  bfft_transform_inverse (transform, s->got_re, s->got_im, s->got_re,
      s->got_im);
  assert_close (s, 0, n);
  bfft_transform_free (transform);
}

/* The window is applied, and of a frame at an odd address as well. */
static void
check_real (const Case * c, BfftNetwork * network, Signal * s, guint first,
    guint count)
{
  BfftPlan *plan = plan_of (c, network, s->window, first, count);
  gfloat *frame = g_new (gfloat, s->n + 1);
  guint wanted = count ? count : s->n / 2 + 1 - first, k;
  gdouble most = 0;

  for (k = 0; k < s->n; k++) {
    frame[k + 1] = s->re[k];
    s->x_re[k] = s->re[k] * s->window[k];
    s->x_im[k] = 0;
  }
  network_model_forward (network, TRUE, s->x_re, s->x_im, s->want_re,
      s->want_im);
  bfft_plan_spectrum (plan, frame + 1, s->got_re, s->got_im);
  assert_close (s, first, wanted);

  bfft_plan_power (plan, frame + 1, s->power);
  for (k = 0; k < s->n; k++)
    most = MAX (most, pow (s->want_re[k], 2) + pow (s->want_im[k], 2));
  for (k = first; k < first + wanted; k++) {
    gdouble want = pow (s->want_re[k], 2) + pow (s->want_im[k], 2);

    g_assert_cmpfloat (fabs (s->power[k] - want), <=, TOLERANCE * most);
  }
  g_assert_nonnull (bfft_plan_describe (plan));
  bfft_plan_free (plan);
  g_free (frame);
}

static void
test_variant (gconstpointer data)
{
  const Case *c = data;
  GRand *random = g_rand_new_with_seed (20);
  guint n;

  for (n = 2; n <= 8192; n *= 2) {
    BfftNetwork *network = network_of (c, n, random);
    Signal *s = signal_new (n, random);
    guint bins = n / 2 + 1;

    check_complex (c, network, s);
    check_real (c, network, s, 0, 0);
    check_real (c, network, s, 0, MAX (1, bins / 4));
    check_real (c, network, s, bins / 3, bins - bins / 3);
    check_real (c, network, s, bins / 2, 1);
    signal_free (s);
    bfft_network_unref (network);
  }
  g_rand_free (random);
}

/* A q8 network is the float network of its dequantised twiddles. */
static void
test_dequantised (void)
{
  GRand *random = g_rand_new_with_seed (21);
  const Case c = { "q8", BFFT_VARIANT_Q8, NULL };
  guint n;
  gsize i;

  for (n = 8; n <= 8192; n *= 2) {
    BfftNetwork *network = network_of (&c, n, random);
    BfftNetwork *plain = bfft_network_copy (network);
    Signal *s = signal_new (n, random);
    BfftTransform *q8 =
        bfft_transform_new (network, BFFT_EXECUTION_AUTO), *fp32;
    guint k;

    for (i = 0; i < 2 * count_of (plain); i++)
      plain->twiddles[i] = plain->q8_scale * plain->q8[i];
    g_clear_pointer (&plain->q8, g_free);
    fp32 = bfft_transform_new (plain, BFFT_EXECUTION_AUTO);
    g_assert_cmpuint (10 * bfft_transform_get_parameter_bytes (q8), <=,
        3 * bfft_transform_get_parameter_bytes (fp32));

    bfft_transform_forward (fp32, s->re, s->im, s->got_re, s->got_im);
    for (k = 0; k < n; k++) {
      s->want_re[k] = s->got_re[k];
      s->want_im[k] = s->got_im[k];
    }
    bfft_transform_forward (q8, s->re, s->im, s->got_re, s->got_im);
    assert_close (s, 0, n);

    bfft_transform_free (q8);
    bfft_transform_free (fp32);
    signal_free (s);
    bfft_network_unref (network);
    bfft_network_unref (plain);
  }
  g_rand_free (random);
}

/* Exact weights: inverse (forward (x)) = n x. */
static void
test_inverse (void)
{
  static const Case exact[] = {
    {"butterfly", BFFT_VARIANT_BUTTERFLY, NULL},
    {"stockham", BFFT_VARIANT_STOCKHAM, NULL},
  };
  GRand *random = g_rand_new_with_seed (22);
  guint n, i, k;

  for (n = 2; n <= 8192; n *= 2) {
    for (i = 0; i < G_N_ELEMENTS (exact); i++) {
      BfftNetwork *network = bfft_network_new_exact (exact[i].variant, n);
      BfftTransform *transform =
          bfft_transform_new (network, BFFT_EXECUTION_AUTO);
      Signal *s = signal_new (n, random);

      for (k = 0; k < n; k++) {
        s->want_re[k] = (gdouble) n *s->re[k];
        s->want_im[k] = (gdouble) n *s->im[k];
      }
      bfft_transform_forward (transform, s->re, s->im, s->got_re, s->got_im);
      bfft_transform_inverse (transform, s->got_re, s->got_im, s->got_re,
          s->got_im);
      assert_close (s, 0, n);
      bfft_transform_free (transform);
      bfft_network_unref (network);
      signal_free (s);
    }
  }
  g_rand_free (random);
}

/* FFT, mask, inverse FFT: against the model's, and untouched without mask. */
static void
test_round_trip (void)
{
  const Case c = { "fused-spectral", BFFT_VARIANT_FUSED_SPECTRAL, mask };
  GRand *random = g_rand_new_with_seed (23);
  guint n, k, masked;

  for (n = 2; n <= 8192; n *= 2) {
    for (masked = 0; masked < 2; masked++) {
      BfftNetwork *network = bfft_network_new_exact (c.variant, n);
      Signal *s = signal_new (n, random);
      BfftTransform *transform;

      if (masked) {
        bfft_network_randomize (network, n);
        mask (network, random);
      }
      transform = bfft_transform_new (network, BFFT_EXECUTION_AUTO);
      network_model_forward (network, TRUE, s->x_re, s->x_im, s->want_re,
          s->want_im);
      network_model_inverse (network, FALSE, s->want_re, s->want_im,
          s->want_re, s->want_im);
      for (k = 0; k < n; k++) {
        s->want_re[k] /= n;
        s->want_im[k] = 0;
        if (!masked)
          g_assert_cmpfloat (fabs (s->want_re[k] - s->re[k]), <, 1e-5);
      }
      bfft_transform_round_trip (transform, s->re, s->got_re);
      assert_close (s, 0, n);
      bfft_transform_free (transform);
      bfft_network_unref (network);
      signal_free (s);
    }
  }
  g_rand_free (random);
}

/* The kernels that ORC compiles and those of the tier give the same. */
static void
test_executions_agree (void)
{
  GRand *random = g_rand_new_with_seed (24);
  guint i, k, n = 512;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    BfftNetwork *network = network_of (&cases[i], n, random);
    Signal *s = signal_new (n, random);
    BfftPlanSpec spec =
        { n, cases[i].variant, BFFT_EXECUTION_AUTO, network, NULL,
      0, 0, 0
    };
    BfftPlan *tier = bfft_plan_new (&spec, NULL), *orc;

    spec.execution = BFFT_EXECUTION_ORC;
    orc = bfft_plan_new (&spec, NULL);
    bfft_plan_spectrum (tier, s->re, s->got_re, s->got_im);
    memset (s->want_re, 0, n * sizeof (gdouble));
    memset (s->want_im, 0, n * sizeof (gdouble));
    for (k = 0; k <= n / 2; k++) {
      s->want_re[k] = s->got_re[k];
      s->want_im[k] = s->got_im[k];
    }
    bfft_plan_spectrum (orc, s->re, s->got_re, s->got_im);
    assert_close (s, 0, n / 2 + 1);
    bfft_plan_free (tier);
    bfft_plan_free (orc);
    signal_free (s);
    bfft_network_unref (network);
  }
  g_rand_free (random);
}

/* What nobody reads or what is closed does not count as executed. */
static void
test_active_butterflies (void)
{
  const Case butterfly = { "butterfly", BFFT_VARIANT_BUTTERFLY, NULL };
  const Case pruned = { "pruned", BFFT_VARIANT_PRUNED, upper_half };
  GRand *random = g_rand_new_with_seed (25);
  BfftNetwork *network = network_of (&butterfly, 1024, random);
  BfftPlan *plan = plan_of (&butterfly, network, NULL, 0, 0);
  BfftTransform *transform;

  g_assert_cmpuint (bfft_plan_get_active_butterflies (plan), ==, 10 * 512);
  bfft_plan_free (plan);
  /* Bin 0 depends on 1 butterfly of the last stage, 2 of the one before.. */
  plan = plan_of (&butterfly, network, NULL, 0, 1);
  g_assert_cmpuint (bfft_plan_get_active_butterflies (plan), ==, 1023);
  bfft_plan_free (plan);
  bfft_network_unref (network);

  network = network_of (&pruned, 1024, random);
  transform = bfft_transform_new (network, BFFT_EXECUTION_AUTO);
  g_assert_cmpuint (bfft_transform_get_active_butterflies (transform), ==,
      10 * 256);
  bfft_transform_free (transform);
  bfft_network_unref (network);
  g_rand_free (random);
}

/* A perturbed twiddle stays on the unit circle, near where it was. */
static void
test_perturb (void)
{
  BfftNetwork *exact = bfft_network_new_exact (BFFT_VARIANT_UNITARY, 256);
  BfftNetwork *network = bfft_network_copy (exact);
  gdouble most = 0;
  gsize i;

  bfft_network_perturb (network, 0.1f, 7);
  for (i = 0; i < count_of (network); i++) {
    const gfloat *w = &network->twiddles[2 * i];
    const gfloat *v = &exact->twiddles[2 * i];
    const gfloat *m = &network->unitary[8 * i];
    gdouble moved = hypot (w[0] - v[0], w[1] - v[1]);

    g_assert_cmpfloat (fabs (hypot (w[0], w[1]) - 1), <, 1e-6);
    g_assert_cmpfloat (moved, <=, 0.1);
    g_assert_cmpfloat (hypot (m[2] - w[0], m[3] - w[1]), <, 1e-6);
    g_assert_cmpfloat (hypot (m[6] + w[0], m[7] + w[1]), <, 1e-6);
    most = MAX (most, moved);
  }
  g_assert_cmpfloat (most, >, 0.09);
  g_assert_false (bfft_network_is_exact (network));
  bfft_network_unref (exact);
  bfft_network_unref (network);
}

/* A gate at the threshold is open, one just below it closed. */
static void
test_threshold (void)
{
  g_autoptr (BfftNetwork) network =
      bfft_network_new_exact (BFFT_VARIANT_PRUNED, 8);

  network->gates[1] = network->gate_threshold;
  network->gates[2] = nextafterf (network->gate_threshold, 0);
  g_assert_cmpfloat (bfft_network_gate (network, 1), ==, 1);
  g_assert_cmpfloat (bfft_network_gate (network, 2), ==, 0);
  g_assert_cmpuint (bfft_network_active_butterflies (network), ==, 11);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strdup_printf ("/network/model/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_variant);
    g_free (path);
  }
  g_test_add_func ("/network/threshold", test_threshold);
  g_test_add_func ("/network/dequantised", test_dequantised);
  g_test_add_func ("/network/inverse", test_inverse);
  g_test_add_func ("/network/round-trip", test_round_trip);
  g_test_add_func ("/network/executions-agree", test_executions_agree);
  g_test_add_func ("/network/active-butterflies", test_active_butterflies);
  g_test_add_func ("/network/perturb", test_perturb);
  return g_test_run ();
}
