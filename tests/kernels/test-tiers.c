/* bfft: every kernel on every tier that the processor has, against ORC's own
 * emulation of its program: odd lengths, rows, misaligned arrays, NaN,
 * infinity and denormal numbers.
 *
 * The baseline gives the same bits. Where multiplication and addition are one
 * operation results differ by a few roundings of the largest terms. NaN and
 * infinity come out where ORC has them; minimum and maximum give NaN for NaN.
 * Denormal numbers are zero to ORC and numbers in C, which is less than any
 * bound here; see docs/performance.md for what keeps them from being slow.
 * Arguments: the .orc files.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <glib.h>
#include <math.h>
#include <orc/orc.h>
#include <orc/orcparse.h>
#include <string.h>

#include "bfft-execution.h"
#include "kernel-calls.h"

#define MAX_ARRAYS 8
#define MAX_PARAMS 8
#define MAX_ROWS 3
#define MAX_N 67
#define ROW_BYTES (8 * 72)
#define ARRAY_BYTES (MAX_ROWS * ROW_BYTES)
/* Of the largest result of all arrays, or of the largest product, as terms may
 * cancel. */
#define ROUNDINGS 8
#define LARGEST 4

/* What is mixed with the numbers. Infinity times a denormal number is infinity
 * to us, NaN to ORC, so they do not meet. */
typedef enum
{ NUMBERS, NON_FINITE, DENORMAL, N_MIXTURES } Mixture;

static const gfloat special[N_MIXTURES][4] = {
  [NON_FINITE] = {NAN, INFINITY, -INFINITY, -0.0f},
  [DENORMAL] = {1e-40f, 9e-39f, 0, -0.0f},
};

#define DECLARE(TIER, name) extern const BfftKernels bfft_kernels_##name;
/* *INDENT-OFF* */
BFFT_TIERS (DECLARE)
/* *INDENT-ON* */

typedef struct
{
  OrcProgram *program;
  const KernelCall *call;
  guint n_arrays, n_destinations;
} Kernel;

typedef struct
{
  const BfftKernels *kernels;
  gboolean same_bits;
  Mixture mixture;
  gint n, m, stride, shift;     /* shift: elements off alignment */
} Case;

static gsize
width_of (gchar type)
{
  return type == 'd' ? 8 : type == 'b' ? 1 : type == 'h' ? 2 : 4;
}

/* Numbers from 1/4 to LARGEST, now and then a special one, but not both of a
 * pair. */
static void
fill (guint8 * array, gchar type, Mixture mixture)
{
  gsize width = width_of (type), i;
  gdouble number;
  gfloat f;

  for (i = 0; i < ARRAY_BYTES / width; i++) {
    number = g_test_rand_double_range (0.25, LARGEST);
    f = number;
    if (mixture && type == 'f' && i % 3 == 0 && g_test_rand_bit ())
      f = special[mixture][g_test_rand_int_range (0, 4)];
    if (type == 'd')
      memcpy (array + i * width, &number, width);
    else if (type == 'f')
      memcpy (array + i * width, &f, width);
    else
      array[i] = g_test_rand_int ();
  }
  for (i *= width; type != 'd' && type != 'f' && i < ARRAY_BYTES; i++)
    array[i] = g_test_rand_int ();
}

static void
emulate (const Kernel * kernel, const Case * c, guint8 * const *arrays,
    const gfloat * params)
{
  OrcExecutor *executor = orc_executor_new (kernel->program);
  gint i;

  orc_executor_set_n (executor, c->n);
  if (kernel->program->is_2d)
    orc_executor_set_m (executor, c->m);
  for (i = 0; i < (gint) kernel->n_arrays; i++) {
    gint var = i < (gint) kernel->n_destinations ? ORC_VAR_D1 + i
        : ORC_VAR_S1 + i - (gint) kernel->n_destinations;

    orc_executor_set_array (executor, var, arrays[i]);
    orc_executor_set_stride (executor, var, c->stride);
  }
  for (i = 0; i < kernel->program->n_param_vars; i++)
    orc_executor_set_param_float (executor, ORC_VAR_P1 + i, params[i]);
  orc_executor_emulate (executor);
  orc_executor_free (executor);
}

static gfloat
largest_of (const Kernel * kernel, guint8 * const *want)
{
  gfloat largest = LARGEST * LARGEST;
  guint i, k;

  for (i = 0; i < kernel->n_arrays; i++) {
    const gfloat *floats = (const gfloat *) want[i];

    for (k = 0; kernel->call->types[2 * i] == 'f'
        && k < ARRAY_BYTES / sizeof (gfloat); k++)
      if (isfinite (floats[k]))
        largest = MAX (largest, fabsf (floats[k]));
  }
  return largest;
}

static void
assert_floats (const gfloat * got, const gfloat * want, gfloat largest)
{
  gsize i;

  for (i = 0; i < ARRAY_BYTES / sizeof (gfloat); i++) {
    if (isnan (want[i]))
      g_assert_true (isnan (got[i]));
    else if (isinf (want[i]))
      g_assert_cmpfloat (got[i], ==, want[i]);
    else
      g_assert_cmpfloat (fabs ((gdouble) got[i] - want[i]), <=,
          ldexp (largest, -24) * ROUNDINGS);
  }
}

static void
assert_array (const Kernel * kernel, const Case * c, guint array,
    const guint8 * got, guint8 * const *want)
{
  gchar type = kernel->call->types[2 * array];

  if (type == 'f' && (c->mixture || !c->same_bits))
    assert_floats ((const gfloat *) got, (const gfloat *) want[array],
        largest_of (kernel, want));
  else
    g_assert_cmpmem (got, ARRAY_BYTES, want[array], ARRAY_BYTES);
}

static void
check (const Kernel * kernel, const Case * c)
{
  const gfloat params[MAX_PARAMS] =
      { 0.7f, 0.9f, 0.3f, 0.8f, 1.1f, 0.6f, 1, 1 };
  guint8 *want[MAX_ARRAYS], *memory[MAX_ARRAYS];
  gpointer got[MAX_ARRAYS];
  gint strides[MAX_ARRAYS];
  guint i;

  for (i = 0; i < kernel->n_arrays; i++) {
    gchar type = kernel->call->types[2 * i];
    gsize shift = c->shift * width_of (type);

    want[i] = g_malloc (ARRAY_BYTES);
    memory[i] = g_malloc (ARRAY_BYTES + shift);
    got[i] = memory[i] + shift;
    fill (want[i], type, c->mixture);
    memcpy (got[i], want[i], ARRAY_BYTES);
    strides[i] = c->stride;
  }
  emulate (kernel, c, want, params);
  kernel->call->run (c->kernels, got, strides, params, c->n, c->m);
  for (i = 0; i < kernel->n_arrays; i++) {
    guint8 *copy = g_memdup2 (got[i], ARRAY_BYTES);

    assert_array (kernel, c, i, copy, want);
    g_free (copy);
    g_free (memory[i]);
  }
  for (i = 0; i < kernel->n_arrays; i++)
    g_free (want[i]);
}

static void
check_tier (const Kernel * kernel, BfftTier tier, const BfftKernels * kernels)
{
  Case c = { kernels, tier == BFFT_TIER_BASELINE, NUMBERS, 0, 0, 0, 0 };

  if (tier > bfft_tier_get ())
    return;
  for (c.n = 0; c.n <= MAX_N; c.n++) {
    c.mixture = c.n % N_MIXTURES;
    c.m = kernel->program->is_2d ? c.n % (MAX_ROWS + 1) : 1;
    /* Rows on top of each other, where errors cannot grow from row to row. */
    c.stride = c.n % 2 && c.same_bits && c.mixture == NUMBERS ? 0 : ROW_BYTES;
    for (c.shift = 0; c.shift < 4; c.shift++)
      check (kernel, &c);
  }
}

static void
test_kernel (gconstpointer data)
{
#define CHECK(TIER, name) \
  check_tier (data, BFFT_TIER_##TIER, &bfft_kernels_##name);
  BFFT_TIERS (CHECK);
}

static void
add_test (OrcProgram * program)
{
  const gchar *name = orc_program_get_name (program) + strlen ("bfft_orc_");
  g_autofree gchar *path = g_strconcat ("/tiers/", name, NULL);
  Kernel *kernel = g_new0 (Kernel, 1);

  kernel->program = program;
  kernel->n_destinations = program->n_dest_vars;
  kernel->n_arrays = program->n_dest_vars + program->n_src_vars;
  for (kernel->call = kernel_calls; kernel->call->name; kernel->call++) {
    if (g_str_equal (kernel->call->name, name))
      break;
  }
  g_assert_nonnull (kernel->call->name);
  g_assert_cmpuint (strlen (kernel->call->types), ==, 2 * kernel->n_arrays);
  orc_program_compile (program);        /* or there is nothing to emulate */
  g_test_add_data_func_full (path, kernel, test_kernel, g_free);
}

static void
test_names (void)
{
  BfftTier tier = bfft_tier_get ();
  const gchar *limit = g_getenv ("BFFT_CPU");

  g_assert_cmpstr (bfft_execution_get_name (BFFT_EXECUTION_AUTO), ==,
      bfft_tier_get_name (tier));
  g_assert_cmpstr (bfft_execution_get_name (BFFT_EXECUTION_C), ==,
      bfft_tier_get_name (BFFT_TIER_BASELINE));
  if (bfft_execution_has_orc ())
    g_assert_true (g_str_has_prefix (bfft_execution_get_name
            (BFFT_EXECUTION_ORC), "orc-"));
  if (limit && g_str_equal (limit, "baseline"))
    g_assert_cmpint (tier, ==, BFFT_TIER_BASELINE);
  else if (limit && g_str_equal (limit, "avx2"))
    g_assert_cmpint (tier, <=, BFFT_TIER_AVX2);
}

/* What names nothing warns and does not run the fastest. */
static void
test_unknown_name (void)
{
  if (g_test_subprocess ()) {
    g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*BFFT_CPU=fastest*");
    g_assert_cmpint (bfft_tier_get (), ==, BFFT_TIER_BASELINE);
    g_test_assert_expected_messages ();
    return;
  }
  if (g_getenv ("MESON_EXE_WRAPPER")) {
    g_test_skip ("an emulator does not start other programs");
    return;
  }
  g_setenv ("BFFT_CPU", "fastest", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  gint i, k;

  g_test_init (&argc, &argv, NULL);
  orc_init ();
  g_assert_true (argc > 1 || g_test_subprocess ());
  g_test_add_func ("/tiers/names", test_names);
  for (i = 1; i < argc; i++) {
    g_autofree gchar *code = NULL;
    OrcProgram **programs = NULL;
    gint n_programs;

    g_assert_true (g_file_get_contents (argv[i], &code, NULL, NULL));
    n_programs = orc_parse (code, &programs);
    for (k = 0; k < n_programs; k++)
      add_test (programs[k]);
  }
  g_test_add_func ("/tiers/unknown-name", test_unknown_name);
  return g_test_run ();
}
