/* bfft: sidecars: round trips, thinning, what is refused, atomic files.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-json.h"
#include "bfft-sidecar.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>

#define NAME "some.json"

static gchar *directory;

static BfftLossEntry
entry_at (guint64 step, gdouble loss)
{
  const BfftLossEntry entry = { step, loss, loss / 2, loss / 3, loss / 4,
    0.5
  };

  return entry;
}

static BfftLossCurve *
make_curve (guint entries)
{
  BfftLossCurve *curve = bfft_loss_curve_new ();
  guint i;

  for (i = 1; i <= entries; i++) {
    const BfftLossEntry entry = entry_at (i, 1 + fabs ((gdouble) i - 777));

    bfft_loss_curve_add (curve, &entry);
  }
  return curve;
}

static void
test_curve_short (void)
{
  g_autoptr (BfftLossCurve) curve = make_curve (BFFT_LOSS_CURVE_MAX - 2);
  g_autoptr (GArray) entries = bfft_loss_curve_get (curve);
  guint i;

  g_assert_cmpuint (entries->len, ==, BFFT_LOSS_CURVE_MAX - 2);
  g_assert_cmpuint (bfft_loss_curve_get_every (curve), ==, 1);
  for (i = 0; i < entries->len; i++)
    g_assert_cmpuint (g_array_index (entries, BfftLossEntry, i).step, ==,
        i + 1);
}

/* Whatever the length, first, last and smallest are there, in order, at even
 * distances. */
static void
test_curve_thinned (void)
{
  const guint lengths[] = { 1, 2, 999, 1000, 1001, 1997, 5000, 123457 };
  guint i, j;

  for (i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autoptr (BfftLossCurve) curve = make_curve (lengths[i]);
    g_autoptr (GArray) entries = bfft_loss_curve_get (curve);
    const BfftLossEntry *all = (const BfftLossEntry *) entries->data;
    guint64 every = bfft_loss_curve_get_every (curve);
    guint64 smallest = MIN (lengths[i], 777);
    gboolean has_smallest = FALSE;

    g_assert_cmpuint (entries->len, <=, BFFT_LOSS_CURVE_MAX);
    g_assert_cmpuint (entries->len, >=, MIN (lengths[i], 400));
    g_assert_cmpuint (bfft_loss_curve_get_recorded (curve), ==, lengths[i]);
    g_assert_cmpuint (all[0].step, ==, 1);
    g_assert_cmpuint (all[entries->len - 1].step, ==, lengths[i]);
    for (j = 0; j < entries->len; j++) {
      has_smallest |= all[j].step == smallest;
      g_assert_true (j == 0 || all[j].step > all[j - 1].step);
      g_assert_true (all[j].step % every == 1 % every
          || all[j].step == smallest || all[j].step == lengths[i]);
    }
    g_assert_true (has_smallest);
  }
}

static void
test_curve_not_finite (void)
{
  g_autoptr (BfftLossCurve) curve = bfft_loss_curve_new ();
  g_autoptr (GArray) empty = bfft_loss_curve_get (curve);
  g_autoptr (GArray) entries = NULL;
  BfftLossEntry entry = entry_at (1, 5);

  g_assert_cmpuint (empty->len, ==, 0);
  bfft_loss_curve_add (curve, &entry);
  entry = entry_at (2, NAN);
  bfft_loss_curve_add (curve, &entry);
  entry = entry_at (3, 1);
  entry.welch_err = INFINITY;
  bfft_loss_curve_add (curve, &entry);
  entry = entry_at (4, 6);
  bfft_loss_curve_add (curve, &entry);

  entries = bfft_loss_curve_get (curve);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpuint (bfft_loss_curve_get_recorded (curve), ==, 4);
  g_assert_cmpuint (bfft_loss_curve_get_not_finite (curve), ==, 2);
}

static void
test_numbers (void)
{
  g_autoptr (JsonNode) root = json_from_string ("[]", NULL);
  JsonArray *array = json_node_get_array (root);
  g_autofree gchar *text = NULL;

  json_array_add_double_element (array, 0.1);
  json_array_add_double_element (array, bfft_json_round (1.0 / 3, 5));
  json_array_add_double_element (array, bfft_json_round (-123456.7, 3));
  json_array_add_double_element (array, 1);
  json_array_add_double_element (array, 1.0 / 3);
  json_array_add_int_element (array, G_GINT64_CONSTANT (1) << 40);
  json_array_add_boolean_element (array, TRUE);
  json_array_add_string_element (array, "a\"b\n\\\x1f\x01\x7f\303\244");
  json_array_add_array_element (array, json_array_new ());
  json_array_add_element (array,
      json_from_string ("{\"a\": [[[1,2.5,\"b\"]]]}", NULL));
  text = g_string_free (bfft_json_to_text (root), FALSE);
  g_assert_cmpstr (text, ==, "[\n  0.1,\n  0.33333,\n  -1.23e+05,\n"
      "  1,\n  0.3333333333333333,\n  1099511627776,\n  true,\n"
      "  \"a\\\"b\\n\\\\\\u001f\\u0001\\u007f\303\244\",\n"
      "  [],\n  {\n    \"a\": [\n      [\n        [1,2.5, \"b\"]\n"
      "      ]\n    ]\n  }\n]\n");
}

static gdouble
distance_to_one (const BfftNetwork * network, gpointer user_data)
{
  const guint *twiddle = user_data;
  const gfloat *w = &network->twiddles[2 * *twiddle];

  return hypot (w[0] - 1, w[1]);
}

static gdouble
nowhere_finite (const BfftNetwork * network, gpointer user_data)
{
  return NAN;
}

static void
test_landscape (void)
{
  g_autoptr (BfftNetwork) network =
      bfft_network_new_exact (BFFT_VARIANT_LEARNED, 16);
  guint twiddle = 0, i;
  g_autoptr (BfftLandscape) landscape = bfft_landscape_new (network, twiddle,
      distance_to_one, &twiddle);

  g_assert_cmpuint (landscape->x->len, ==, 11);
  g_assert_cmpuint (landscape->y->len, ==, 11);
  g_assert_cmpuint (landscape->z->len, ==, 121);
  for (i = 0; i < 121; i++) {
    gdouble x = g_array_index (landscape->x, gdouble, i % 11);
    gdouble y = g_array_index (landscape->y, gdouble, i / 11);

    g_assert_cmpfloat_with_epsilon (x, 0.07 * ((gint) (i % 11) - 5), 1e-12);
    g_assert_cmpfloat_with_epsilon (y, 0.07 * ((gint) (i / 11) - 5), 1e-12);
    g_assert_cmpfloat_with_epsilon (g_array_index (landscape->z, gdouble, i),
        hypot (x, y), 1e-6);
  }
  g_assert_true (bfft_network_is_exact (network));
  g_assert_null (bfft_landscape_new (network, 0, nowhere_finite, NULL));
}

/* A change of a unitary matrix's m01, and of an int8 twiddle that is executed,
 * which is quantised. */
static gdouble
executed_twiddle (const BfftNetwork * network, gpointer user_data)
{
  if (network->unitary)
    return network->unitary[2] - network->unitary[6];
  return network->q8[0] * network->q8_scale;
}

static void
test_landscape_executed (void)
{
  const BfftVariant variants[] = { BFFT_VARIANT_UNITARY, BFFT_VARIANT_Q8 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (variants); i++) {
    g_autoptr (BfftNetwork) network = bfft_network_new_exact (variants[i], 8);
    g_autoptr (BfftLandscape) landscape = bfft_landscape_new (network, 0,
        executed_twiddle, NULL);
    gdouble change = g_array_index (landscape->z, gdouble, 65)
        - g_array_index (landscape->z, gdouble, 60);

    g_assert_cmpfloat_with_epsilon (change, i == 0 ? 0.7 : 0.35, 0.01);
  }
}

/* A plot of bins with a gap and one of bands, and none that has no line. */
static void
add_plots (BfftSidecarModel * model)
{
  const gfloat values[] = { NAN, 1.5f, -INFINITY, -3 };
  const gfloat sure[] = { 0, 1, 0.5f, 0.25f };
  BfftPlot *bins = bfft_plot_new ("gain", "Hz", "dB");
  BfftPlot *bands = bfft_plot_new ("levels", "Hz", "dB");
  guint i;

  bfft_plot_add_bins (bins, 4, 31.25);
  bfft_plot_add_line (bins, "a", values, sure);
  bands->period = 360;
  bfft_plot_add_x (bands, 3, 31.6228, "31.5");
  for (i = 0; i < BFFT_PLOT_MAX_LINES + 2; i++)
    bfft_plot_add_line (bands, "b", values, NULL);
  bfft_sidecar_model_take_plot (model, bins);
  bfft_sidecar_model_take_plot (model, bands);
  bfft_sidecar_model_take_plot (model, bfft_plot_new ("", "", ""));
}

static void
assert_plots (const BfftSidecarModel * model)
{
  const BfftPlot *bins = g_ptr_array_index (model->bfft->plots, 0);
  const BfftPlot *bands = g_ptr_array_index (model->bfft->plots, 1);
  const BfftPlotLine *line = g_ptr_array_index (bins->lines, 0);

  g_assert_cmpuint (model->bfft->plots->len, ==, 2);
  g_assert_cmpuint (bins->x->len, ==, 3);
  g_assert_cmpfloat (g_array_index (bins->x, gdouble, 2), ==, 93.75);
  g_assert_cmpfloat (g_array_index (line->y, gdouble, 0), ==, 1.5);
  g_assert_true (isnan (g_array_index (line->y, gdouble, 1)));
  g_assert_cmpfloat (g_array_index (line->confidence, gdouble, 1), ==, 0.5);
  g_assert_cmpuint (bands->lines->len, ==, BFFT_PLOT_MAX_LINES);
  g_assert_cmpstr (g_ptr_array_index (bands->x_names, 0), ==, "31.5");
  g_assert_cmpfloat (bands->period, ==, 360);
  line = g_ptr_array_index (bands->lines, 7);
  g_assert_cmpfloat (g_array_index (line->y, gdouble, 0), ==, -3);
  g_assert_cmpuint (line->confidence->len, ==, 0);
}

/* At any length the x are few, increasing, and reach the last octave. */
static void
test_plot_bins (void)
{
  guint n, i;

  for (n = 2; n <= 131072; n += 1 + n / 3) {
    g_autoptr (BfftPlot) plot = bfft_plot_new ("", "", "");
    const guint *places;

    bfft_plot_add_bins (plot, n / 2 + 1, 0.5);
    places = (const guint *) plot->places->data;
    g_assert_cmpuint (plot->x->len, <=, BFFT_PLOT_MAX_POINTS);
    g_assert_cmpuint (places[plot->x->len - 1] * 146 / 145 + 1, >=, n / 2);
    for (i = 0; i < plot->x->len; i++) {
      g_assert_cmpfloat (g_array_index (plot->x, gdouble, i), ==,
          places[i] * 0.5);
      g_assert_cmpuint (places[i], >, i > 0 ? places[i - 1] : 0);
    }
  }
}

static BfftSidecar *
make_sidecar (BfftVariant variant, guint n_fft)
{
  const BfftRunStats run = { 1234, 5, 678.25, 91011.5 };
  g_autoptr (BfftNetwork) network = bfft_network_new_exact (variant, n_fft);
  g_autoptr (BfftLossCurve) curve = make_curve (3);
  BfftSidecar *sidecar = bfft_sidecar_new ();
  BfftSidecarModel *model;
  guint twiddle = 0, i;

  for (i = 0; i < 2 * network->stages * network->half; i++)
    network->twiddles[i] *= 1 + 0.01 * (i % 7);
  model = bfft_sidecar_add (sidecar, "some model", variant, n_fft, 10,
      variant == BFFT_VARIANT_REFERENCE ? NULL : network);
  bfft_sidecar_model_set_run (model, "bffttrain", "1.22.0", "orc",
      "file://a:b@c/d e.wav", 16000, &run);
  bfft_sidecar_model_set_loss_curve (model, curve);
  bfft_sidecar_model_add_setting (model, "optimizer", "adam");
  bfft_sidecar_model_take_landscape (model, bfft_landscape_new (network, 0,
          distance_to_one, &twiddle));
  add_plots (model);
  model->batch = 8;
  model->bfft->hard_gates_since = 7;
  model->final_spec_err = 1.0 / 3;
  return sidecar;
}

static void
test_round_trip (void)
{
  guint variant;

  for (variant = 0; variant < BFFT_N_VARIANTS; variant++) {
    g_autoptr (BfftSidecar) sidecar = make_sidecar (variant, 16);
    g_autoptr (GBytes) bytes = bfft_sidecar_to_bytes (sidecar);
    g_autoptr (GError) error = NULL;
    g_autoptr (BfftSidecar) again = bfft_sidecar_load_bytes (bytes, NAME,
        &error);
    g_autoptr (GBytes) rewritten = NULL;
    const BfftSidecarModel *model;

    g_assert_no_error (error);
    rewritten = bfft_sidecar_to_bytes (again);
    g_assert_true (g_bytes_equal (bytes, rewritten));

    model = g_ptr_array_index (again->models, 0);
    g_assert_cmpstr (model->variant, ==, bfft_variant_to_string (variant));
    g_assert_true (isnan (model->final_mel_err));
    g_assert_cmpfloat ((gfloat) model->final_spec_err, ==, 1.0f / 3);
    g_assert_cmpuint (model->loss_curve->len, ==, 3);
    g_assert_cmpuint (model->landscape->z->len, ==, 121);
    g_assert_cmpuint (model->bfft->run.dropped_frames, ==, 5);
    g_assert_cmpstr (model->bfft->source, ==, "file://c/d e.wav");
    g_assert_nonnull (strstr (model->bfft->command, "test-sidecar"));
    g_assert_cmpuint (strlen (model->bfft->date), ==, 20);
    g_assert_cmpuint (model->bfft->hard_gates_since, ==, 7);
    g_assert_cmpuint (model->bfft->int8_since, ==, 0);
    assert_plots (model);
    g_assert_cmpuint (model->heatmap.twiddle_mag->len, ==,
        variant == BFFT_VARIANT_REFERENCE ? 0 : 4 * 8);
  }
}

/* Lengths that are no power of two have no network and still a sidecar. */
static void
test_other_length (void)
{
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_new ();
  const BfftSidecarModel *model = bfft_sidecar_add (sidecar, "whisper",
      BFFT_VARIANT_BUTTERFLY, 400, 80, NULL);
  g_autoptr (GBytes) bytes = bfft_sidecar_to_bytes (sidecar);
  g_autoptr (BfftSidecar) again = bfft_sidecar_load_bytes (bytes, NAME, NULL);

  g_assert_nonnull (again);
  g_assert_cmpuint (model->params.total_params, ==, 0);
  g_assert_cmpuint (model->heatmap.gates->len, ==, 0);
}

/* The writer keeps the reader's limits. */
static void
test_limits (void)
{
  g_autofree gchar *name = g_strnfill (250, 'a');
  g_autofree gchar *wide = g_strdup ("\303\244\303\244\t\377\357\277\276");
  g_autoptr (BfftNetwork) network =
      bfft_network_new_exact (BFFT_VARIANT_BUTTERFLY, 2);
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_new ();
  g_autoptr (BfftSidecar) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  BfftSidecarModel *model;

  network->twiddles[0] = network->twiddles[1] = 3e38f;
  model = bfft_sidecar_add (sidecar, name, BFFT_VARIANT_BUTTERFLY, 2, 0,
      network);
  bfft_sidecar_model_add_setting (model, "long", name);
  bfft_sidecar_model_add_setting (model, "wide", wide);
  model->final_mel_err = G_MAXFLOAT;
  bytes = bfft_sidecar_to_bytes (sidecar);
  again = bfft_sidecar_load_bytes (bytes, NAME, &error);
  g_assert_no_error (error);

  model = g_ptr_array_index (again->models, 0);
  g_assert_cmpuint (strlen (model->model_id), ==, 200);
  g_assert_cmpuint (strlen (g_ptr_array_index (model->bfft->setting_values, 0)),
      ==, 200);
  g_assert_cmpstr (g_ptr_array_index (model->bfft->setting_values, 1), ==,
      "\303\244\303\244?\357\277\275?");
  g_assert_cmpfloat (g_array_index (model->heatmap.twiddle_mag, gfloat, 0), >,
      3.4e38f);
}

/* 200 characters, of which each may be several bytes. */
static void
test_long_text (void)
{
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_new ();
  g_autoptr (BfftSidecar) again = NULL;
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  BfftSidecarModel *model;
  guint i;

  for (i = 0; i < 200; i++)
    g_string_append_unichar (name, 0x1f600);
  bfft_sidecar_add (sidecar, name->str, BFFT_VARIANT_BUTTERFLY, 3, 0, NULL);
  bytes = bfft_sidecar_to_bytes (sidecar);
  again = bfft_sidecar_load_bytes (bytes, NAME, NULL);
  g_assert_nonnull (again);
  model = g_ptr_array_index (again->models, 0);
  g_assert_cmpstr (model->model_id, ==, name->str);
}

static void
test_settings (void)
{
  g_autoptr (BfftSidecar) sidecar = make_sidecar (BFFT_VARIANT_BUTTERFLY, 2);
  BfftSidecarModel *model = g_ptr_array_index (sidecar->models, 0);
  guint i;

  for (i = model->bfft->setting_names->len; i <= 201; i++) {
    g_autofree gchar *name = g_strdup_printf ("setting-%u", i);
    g_autoptr (GBytes) bytes = bfft_sidecar_to_bytes (sidecar);
    g_autoptr (GError) error = NULL;
    g_autoptr (BfftSidecar) again = bfft_sidecar_load_bytes (bytes, NAME,
        &error);

    if (i <= 200)
      g_assert_no_error (error);
    else
      g_assert_nonnull (strstr (error->message, "more than 200"));
    g_assert_true ((again != NULL) == (error == NULL));
    bfft_sidecar_model_add_setting (model, name, "1");
  }
}

/* Numbers whose logarithm or tenth would underflow are 0. */
static void
test_tiny_numbers (void)
{
  g_autoptr (BfftSidecar) sidecar = make_sidecar (BFFT_VARIANT_BUTTERFLY, 2);
  BfftSidecarModel *model = g_ptr_array_index (sidecar->models, 0);
  BfftLossEntry *entries = (BfftLossEntry *) model->loss_curve->data;
  g_autoptr (BfftSidecar) again = NULL;
  g_autoptr (GBytes) bytes = NULL;

  entries[0].total_loss = 1e-320;
  entries[1].total_loss = -9.99e-38;
  entries[2].total_loss = 1e-37;
  bytes = bfft_sidecar_to_bytes (sidecar);
  again = bfft_sidecar_load_bytes (bytes, NAME, NULL);
  model = g_ptr_array_index (again->models, 0);
  entries = (BfftLossEntry *) model->loss_curve->data;
  g_assert_cmpfloat (entries[0].total_loss, ==, 0);
  g_assert_cmpfloat (entries[1].total_loss, ==, 0);
  g_assert_cmpfloat (entries[2].total_loss, ==, 1e-37);
}

static void
test_large (void)
{
  g_autoptr (BfftNetwork) network =
      bfft_network_new_exact (BFFT_VARIANT_LEARNED, 8192);
  g_autoptr (BfftSidecar) sidecar = bfft_sidecar_new ();
  g_autoptr (GBytes) bytes = NULL;
  const BfftSidecarModel *model;
  guint i;

  for (i = 0; i < 4096; i++)
    network->gates[4096 + i] = i % 8 == 0 ? 0 : 1;
  for (i = 0; i < 8192; i++)
    network->freq_mask[2 * i + 1] = i % 2;
  model = bfft_sidecar_add (sidecar, "large", BFFT_VARIANT_LEARNED, 8192, 80,
      network);
  bytes = bfft_sidecar_to_bytes (sidecar);

  g_assert_cmpuint (model->heatmap.butterflies, ==, BFFT_HEATMAP_MAX_COLUMNS);
  g_assert_cmpuint (model->bfft->butterflies_per_column, ==, 8);
  g_assert_cmpuint (model->bfft->bins_per_pair, ==, 8);
  g_assert_cmpuint (model->heatmap.freq_mask->len, ==,
      4 * BFFT_HEATMAP_MAX_COLUMNS);
  g_assert_cmpfloat (g_array_index (model->heatmap.gates, gfloat, 0), ==, 1);
  g_assert_cmpfloat (g_array_index (model->heatmap.gates, gfloat, 512), ==,
      0.875f);
  g_assert_cmpfloat (g_array_index (model->heatmap.freq_mask, gfloat, 0), ==,
      1);
  g_assert_cmpfloat (g_array_index (model->heatmap.freq_mask, gfloat, 1), ==,
      0.5f);
  g_assert_cmpuint (model->bfft->active_butterflies, ==, 13 * 4096 - 512);
  g_assert_cmpuint (g_array_index (model->bfft->active_per_stage, guint, 1),
      ==, 4096 - 512);
  g_assert_cmpuint (g_bytes_get_size (bytes), <, 200000);
}

static void
assert_refused (const gchar * text, gsize length, const gchar * what)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  g_autoptr (GError) error = NULL;
  BfftSidecar *sidecar = bfft_sidecar_load_bytes (bytes, NAME, &error);

  g_assert_null (sidecar);
  g_assert_error (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, NAME));
  if (strstr (error->message, what) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, what);
}

static const struct
{
  const gchar *was, *is, *message;
} faults[] = {
  {"\"models\"", "\"model\"", "no array \"models\""},
  {"\"some model\"", "7", "\"model_id\" of model 1 is not a short text"},
  {"some model", "a\\u0007b", "\"model_id\" of model 1 is not a short text"},
  {"\"n_fft\": 16", "\"n_fft\": -16", "\"n_fft\" of model 1 is not a whole"},
  {"\"n_fft\": 16", "\"n_fft\": 1.5", "\"n_fft\" of model 1 is not a whole"},
  {"\"n_fft\": 16", "\"n_fft\": 99999999999999999999", "too many digits"},
  {"\"mean_gate\": 0.5", "\"mean_gate\": 99999999999999999999", "digits"},
  {"\"x\": [-0.35,", "\"x\": [-1,-0.5e-323,5e-324,", "not an increasing"},
  {"some model", "\\uffff", "\"model_id\" of model 1 is not a short text"},
  {"some model", "\357\277\276", "\"model_id\" of model 1 is not a short"},
  {"some model", "\\ud800", "half of a surrogate pair"},
  {"\"frames\"", "\"\\u001b[1m\": 1, \"\\u001b[1m\": 2, \"frames\"",
      "\"?[1m\" is there twice"},
  {"\"n_fft\"", "\"n_ffd\"", "\"n_fft\" of model 1 is missing"},
  {"\"total_params\"", "\"total\"", "\"total_params\" of model 1 is missing"},
  {"\"step\": 2", "\"step\": 1", "not ordered by step"},
  {"\"welch_err\"", "\"welch\"", "\"welch_err\" of model 1 is missing"},
  {"\"mean_gate\": 0.5", "\"mean_gate\": 1e999", "not a number in float"},
  {"\"mean_gate\": 0.5", "\"mean_gate\": NaN", "not a sidecar"},
  {"\"stages\": 4", "\"stages\": 5", "\"gates\" of model 1 holds 32 numbers"},
  {"\"stages\": 4", "\"stages\": 4000000000", "\"stages\" of model 1"},
  {"\"mean_gate\": 0.5", "\"mean_gate\": -3.5e38", "not a number in float"},
  {"\"gates\": [1,", "\"gates\": [true,", "not a number in float"},
  {"\"gates\": [1,", "\"gates\": [[],", "not a number in float"},
  {"\"gates\": [1,", "\"gates\": [null,", "not a number in float"},
  {"\"freq_mask\": [1,", "\"freq_mask\": [", "odd number"},
  {"\"twiddle_mag\": [1,", "\"twiddle_mag\": [", "\"twiddle_mag\" of model 1"},
  {"\"x\": [-0.35,", "\"x\": [0.35,", "\"x\" of model 1 is not an increasing"},
  {"\"y\": [-0.35,", "\"y\": [", "\"z\" of model 1 has not one row"},
  {"\"x\": [-0.35,", "\"x\": [", "\"z\" of model 1 has not one column"},
  {"\"landscape\": {", "\"landscape\": 1, \"l\": {", "\"landscape\" of model"},
  {"\"final_mel_err\": null", "\"final_mel_err\": []", "\"final_mel_err\" of"},
  {"\"bfft\": {", "\"bfft\": 3, \"b\": {", "\"bfft\" of model 1 is not an obj"},
  {"\"x\": [31.25,", "\"x\": [0,", "increasing numbers above 0"},
  {"\"x\": [31.25,", "\"x\": [62.49999999,", "increasing numbers above 0"},
  {"\"y\": [1.5,", "\"y\": [", "\"y\" of model 1 has not one number"},
  {"\"y\": [1.5,", "\"y\": [1e39,", "not a number in float"},
  {"\"confidence\": [1,", "\"confidence\": [", "not one number for each x"},
  {"\"confidence\": [1,", "\"confidence\": [1.01,", "is not from 0 to 1"},
  {"\"confidence\": [1,", "\"confidence\": [null,", "not a number"},
  {"[\"31.5\"]", "[]", "\"x_names\" of model 1 has not one text"},
  {"\"period\": 3.6e+02", "\"period\": -1",
      "\"period\" of model 1 is not above"},
  {"\"lines\": [", "\"lines\": [7,", "\"lines\" of model 1 holds what is not"},
  {"\"lines\": [", "\"lines\": [], \"l\": [", "\"lines\" of model 1 has not 1"},
  {"\"plots\": [", "\"plots\": [[],", "\"plots\" of model 1 holds what is not"},
  {"\"plots\": [", "\"plots\": 1, \"p\": [", "\"plots\" of model 1 is not an"},
  {"\"adam\"", "1", "\"settings\" of model 1 is not a short text"},
  {"\"frames\"", "\"n_fft\": 1, \"n_fft\"", "twice"},
  {"{", "// no comment\n{", "not a sidecar"},
  {"{", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{", "nested"},
};

static void
test_refused (void)
{
  g_autoptr (BfftSidecar) sidecar = make_sidecar (BFFT_VARIANT_LEARNED, 16);
  g_autoptr (GBytes) bytes = bfft_sidecar_to_bytes (sidecar);
  gsize length = g_bytes_get_size (bytes);
  g_autofree gchar *good = g_strndup (g_bytes_get_data (bytes, NULL), length);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GString) bad = g_string_new (good);

    g_assert_cmpuint (g_string_replace (bad, faults[i].was, faults[i].is, 1),
        ==, 1);
    assert_refused (bad->str, bad->len, faults[i].message);
  }
  for (i = 0; i + 2 < length; i++)
    assert_refused (good, i, "not a sidecar");
  assert_refused ("\377\376", 2, "UTF-8");
}

static void
assert_not_written (const gchar * filename, const gchar * what)
{
  g_autoptr (BfftSidecar) sidecar = make_sidecar (BFFT_VARIANT_LEARNED, 16);
  g_autoptr (GError) error = NULL;

  g_assert_false (bfft_sidecar_save (sidecar, filename, &error));
  g_assert_error (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, filename));
  g_assert_nonnull (strstr (error->message, what));
}

static void
assert_not_read (const gchar * filename, const gchar * what)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bfft_sidecar_load (filename, &error));
  g_assert_error (error, BFFT_SIDECAR_ERROR, BFFT_SIDECAR_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, filename));
  g_assert_nonnull (strstr (error->message, what));
}

static void
test_places (void)
{
  g_autofree gchar *missing = g_build_filename (directory, "no", NAME, NULL);
  g_autofree gchar *pipe = g_build_filename (directory, "pipe", NULL);
  struct stat info;

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_not_written (directory, "not a regular file");
  assert_not_written (pipe, "not a regular file");
  g_assert_cmpint (stat (pipe, &info), ==, 0);
  g_assert_true (S_ISFIFO (info.st_mode));
  g_unlink (pipe);
  assert_not_written (missing, "No such file");
  assert_not_read (directory, "not a regular file");
  assert_not_read ("/dev/zero", "not a regular file");
  assert_not_read (missing, "No such file");
}

static guint
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  guint files = 0;

  while (g_dir_read_name (dir))
    files++;
  return files;
}

/* A disk that is full leaves the old file and nothing else. */
static void
test_full_disk (void)
{
  g_autofree gchar *filename = g_build_filename (directory, NAME, NULL);
  g_autoptr (BfftSidecar) sidecar = make_sidecar (BFFT_VARIANT_BUTTERFLY, 2);
  g_autoptr (BfftSidecar) again = NULL;
  struct rlimit limit, small;

  g_assert_true (bfft_sidecar_save (sidecar, filename, NULL));
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = 1000;
  setrlimit (RLIMIT_FSIZE, &small);
  assert_not_written (filename, "File too large");
  setrlimit (RLIMIT_FSIZE, &limit);

  again = bfft_sidecar_load (filename, NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (count_files (), ==, 1);
  g_unlink (filename);
}

/* A writer that is killed at any moment leaves a whole file. */
static void
test_killed (void)
{
  g_autofree gchar *filename = g_build_filename (directory, NAME, NULL);
  g_autoptr (BfftSidecar) first = make_sidecar (BFFT_VARIANT_LEARNED, 64);
  g_autoptr (BfftSidecar) second = make_sidecar (BFFT_VARIANT_UNITARY, 128);
  guint i;

  g_assert_true (bfft_sidecar_save (first, filename, NULL));
  for (i = 0; i < 20; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (BfftSidecar) found = NULL;
    pid_t writer = fork ();

    if (writer == 0) {
      for (;;) {
        bfft_sidecar_save (first, filename, NULL);
        bfft_sidecar_save (second, filename, NULL);
      }
    }
    g_usleep (3000 + 701 * i);
    kill (writer, SIGKILL);
    waitpid (writer, NULL, 0);
    found = bfft_sidecar_load (filename, &error);
    g_assert_no_error (error);
  }
}

static void
remove_directory (void)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *filename = g_build_filename (directory, name, NULL);

    g_unlink (filename);
  }
  g_rmdir (directory);
  g_free (directory);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  directory = g_dir_make_tmp ("bfft-sidecar-XXXXXX", NULL);
  g_test_add_func ("/sidecar/curve-short", test_curve_short);
  g_test_add_func ("/sidecar/curve-thinned", test_curve_thinned);
  g_test_add_func ("/sidecar/curve-not-finite", test_curve_not_finite);
  g_test_add_func ("/sidecar/numbers", test_numbers);
  g_test_add_func ("/sidecar/plot-bins", test_plot_bins);
  g_test_add_func ("/sidecar/landscape", test_landscape);
  g_test_add_func ("/sidecar/landscape-executed", test_landscape_executed);
  g_test_add_func ("/sidecar/round-trip", test_round_trip);
  g_test_add_func ("/sidecar/other-length", test_other_length);
  g_test_add_func ("/sidecar/limits", test_limits);
  g_test_add_func ("/sidecar/long-text", test_long_text);
  g_test_add_func ("/sidecar/settings", test_settings);
  g_test_add_func ("/sidecar/tiny-numbers", test_tiny_numbers);
  g_test_add_func ("/sidecar/large", test_large);
  g_test_add_func ("/sidecar/refused", test_refused);
  g_test_add_func ("/sidecar/places", test_places);
  g_test_add_func ("/sidecar/full-disk", test_full_disk);
  g_test_add_func ("/sidecar/killed", test_killed);
  result = g_test_run ();
  remove_directory ();
  return result;
}
