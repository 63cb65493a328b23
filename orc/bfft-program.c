/* bfft: compiles ORC programs around a fault of ORC; see also bfft-program.h.
 *
 * AVX instructions that name vector registers from the ninth on may need the
 * long VEX prefix. ORC 0.4.41 always writes "operand size 66" into that, which
 * turns an operation on floats into the one on doubles. Integer operations have
 * that prefix by right. What is hit by it is compiled for SSE instead.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-program.h"

/* sqrt, add, mul, convert between widths, convert from int, sub, min, div, max
 * and compare: prefix none on floats, 66 on doubles (Intel's manual, volume 2,
 * table A-3). */
static gboolean
is_float_opcode (guint8 opcode)
{
  return opcode == 0x51 || (opcode >= 0x58 && opcode <= 0x5f)
      || opcode == 0xc2;
}

/* Whether the code may have the fault. Data that look like such instructions
 * and true operations on doubles are taken for it too; they only cost speed. */
static gboolean
has_doubtful_instructions (const OrcCode * code)
{
  const guint8 *byte = code->code;
  gint i;

  for (i = 0; i + 3 < code->code_size; i++) {
    gboolean is_long_vex = byte[i] == 0xc4 && (byte[i + 1] & 0x1f) == 1;
    gboolean has_66 = (byte[i + 2] & 3) == 1;

    if (is_long_vex && has_66 && is_float_opcode (byte[i + 3]))
      return TRUE;
  }
  return FALSE;
}

gint bfft_program_uses_avx = 0;

OrcCompileResult
bfft_program_compile (OrcProgram * program)
{
  OrcTarget *target = orc_target_get_default ();
  OrcCompileResult result = orc_program_compile_for_target (program, target);

  if (target == NULL || !ORC_COMPILE_RESULT_IS_SUCCESSFUL (result)
      || !g_str_equal (orc_target_get_name (target), "avx"))
    return result;
  if (has_doubtful_instructions (program->orccode)) {
    orc_program_reset (program);
    return orc_program_compile_for_target (program,
        orc_target_get_by_name ("sse"));
  }
  g_atomic_int_set (&bfft_program_uses_avx, 1);
  return result;
}

const gchar *
bfft_program_get_target_name (void)
{
  g_autofree gchar *name = NULL;
  OrcTarget *target;

  orc_init ();
  target = orc_target_get_default ();
  name =
      g_strconcat ("orc-", target ? orc_target_get_name (target) : "c", NULL);
  return g_intern_string (name);
}
