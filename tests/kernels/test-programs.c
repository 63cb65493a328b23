/* bfft: every ORC program is within ORC's limits, compiles at run time, and then
 * does what ORC's own emulation of it does, bit for bit.
 *
 * orcc does not fail on a line that it does not understand. A program that ORC
 * cannot compile silently runs as C, 25 times slower; one with more than
 * eight arrays overwrites registers of its caller (x86-64, up to ORC 0.4.41).
 * Arguments: the .orc files.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <glib.h>
#include <orc/orc.h>
#include <orc/orcparse.h>

#include <math.h>
#include <string.h>

#include "bfft-program.h"

#define MAX_ARRAYS 8
#define MAX_DESTINATIONS 4

/* More than three vectors of any processor and a rest, by a few rows. */
#define N 61
#define M 3
#define ROW_BYTES (8 * 64)
#define ARRAY_BYTES (M * ROW_BYTES)

static void
test_limits (gconstpointer data)
{
  const OrcProgram *program = data;

  g_assert_cmpint (program->n_dest_vars, <=, MAX_DESTINATIONS);
  g_assert_cmpint (program->n_dest_vars + program->n_src_vars, <=, MAX_ARRAYS);
}

/* Numbers from 1/4 to 4, which as halves of doubles are no worse. */
static void
fill (gfloat * array)
{
  guint i;

  for (i = 0; i < ARRAY_BYTES / sizeof (gfloat); i++)
    array[i] = 0.25 + 3.75 * g_test_rand_double ();
}

static gboolean
is_array (const OrcVariable * variable)
{
  return variable->size > 0 && (variable->vartype == ORC_VAR_TYPE_SRC
      || variable->vartype == ORC_VAR_TYPE_DEST);
}

static void
set_parameter (OrcExecutor * executor, gint var, const OrcVariable * variable)
{
  switch (variable->param_type) {
    case ORC_PARAM_TYPE_FLOAT:
      orc_executor_set_param_float (executor, var, 0.7f);
      break;
    case ORC_PARAM_TYPE_DOUBLE:
      orc_executor_set_param_double (executor, var, 0.7);
      break;
    default:
      orc_executor_set_param (executor, var, 3);
      break;
  }
}

/* ORC divides and takes roots on NEON by an estimate and steps of Newton's
 * method, which ends some units of the last place away. */
static gboolean
estimates (const OrcProgram * program)
{
#if defined (__aarch64__)
  gint i;

  for (i = 0; i < program->n_insns; i++) {
    const gchar *name = program->insns[i].opcode->name;

    if (g_str_equal (name, "divf") || g_str_equal (name, "sqrtf"))
      return TRUE;
  }
#endif
  return FALSE;
}

/* Bit for bit unless the program @estimates. */
static void
assert_same (const gfloat * compiled, const gfloat * emulated,
    gboolean estimates)
{
  guint i;

  if (!estimates)
    g_assert_cmpmem (compiled, ARRAY_BYTES, emulated, ARRAY_BYTES);
  for (i = 0; i < ARRAY_BYTES / sizeof (gfloat); i++)
    if (memcmp (&compiled[i], &emulated[i], sizeof (gfloat)) != 0)
      g_assert_cmpfloat_with_epsilon (compiled[i], emulated[i],
          1e-6 * fabs (emulated[i]));
}

static void
check_emulation (OrcProgram * program)
{
  gfloat *compiled[ORC_N_VARIABLES] = { NULL, };
  gfloat *emulated[ORC_N_VARIABLES] = { NULL, };
  OrcExecutor *executor;
  gint v;

  executor = orc_executor_new (program);
  orc_executor_set_n (executor, N);
  if (program->is_2d)
    orc_executor_set_m (executor, M);
  for (v = 0; v < ORC_N_VARIABLES; v++) {
    const OrcVariable *variable = &program->vars[v];

    if (variable->size > 0 && variable->vartype == ORC_VAR_TYPE_PARAM)
      set_parameter (executor, v, variable);
    if (is_array (variable)) {
      compiled[v] = g_malloc (ARRAY_BYTES);
      fill (compiled[v]);
      emulated[v] = g_memdup2 (compiled[v], ARRAY_BYTES);
      orc_executor_set_array (executor, v, compiled[v]);
      orc_executor_set_stride (executor, v, ROW_BYTES);
    }
  }
  orc_executor_run (executor);
  for (v = 0; v < ORC_N_VARIABLES; v++)
    if (emulated[v])
      orc_executor_set_array (executor, v, emulated[v]);
  orc_executor_emulate (executor);
  for (v = 0; v < ORC_N_VARIABLES; v++) {
    if (emulated[v])
      assert_same (compiled[v], emulated[v], estimates (program));
    g_free (compiled[v]);
    g_free (emulated[v]);
  }
  orc_executor_free (executor);
}

static void
test_compiles (gconstpointer data)
{
  OrcProgram *program = (OrcProgram *) data;
  OrcTarget *target = orc_target_get_default ();
  OrcCompileResult result;

  if (!target || g_str_equal (orc_target_get_name (target), "c")) {
    g_test_skip ("ORC has no code generator for this machine");
    return;
  }
  result = bfft_program_compile (program);
#if !defined (__x86_64__)
  /* What ORC does not know on other processors runs as C there. */
  if (!ORC_COMPILE_RESULT_IS_SUCCESSFUL (result)) {
    g_test_skip (orc_program_get_error (program));
    return;
  }
#endif
  if (!ORC_COMPILE_RESULT_IS_SUCCESSFUL (result))
    g_error ("ORC's %s compiler: result 0x%x, %s",
        orc_target_get_name (target), result, orc_program_get_error (program));
  check_emulation (program);
}

static void
add_tests (const gchar * filename)
{
  g_autofree gchar *code = NULL;
  g_autoptr (GError) error = NULL;
  gchar *log = NULL;
  OrcProgram **programs = NULL;
  gint i, n_programs;

  if (!g_file_get_contents (filename, &code, NULL, &error))
    g_error ("%s", error->message);
  n_programs = orc_parse_full (code, &programs, &log);
  if (log && *log)
    g_error ("%s: %s", filename, log);
  g_assert_cmpint (n_programs, >, 0);
  for (i = 0; i < n_programs; i++) {
    const gchar *name = orc_program_get_name (programs[i]);
    g_autofree gchar *limits = g_strconcat ("/programs/limits/", name, NULL);
    g_autofree gchar *compiles =
        g_strconcat ("/programs/compiles/", name, NULL);

    g_test_add_data_func (limits, programs[i], test_limits);
    g_test_add_data_func (compiles, programs[i], test_compiles);
  }
}

int
main (int argc, char **argv)
{
  gint i;

  g_test_init (&argc, &argv, NULL);
  orc_init ();
  g_assert_cmpint (argc, >, 1);
  for (i = 1; i < argc; i++)
    add_tests (argv[i]);
  return g_test_run ();
}
