/* bfft: what a fuzz target defines.
 *
 * Each fuzz-NAME.c is built twice: with run-corpus.c, which feeds it the files
 * of corpus/NAME in every test run, and, with -Dfuzz=enabled, with libFuzzer,
 * which goes on from there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Returns: 0. Whatever is wrong aborts. */
int LLVMFuzzerTestOneInput (const uint8_t * data, size_t size);
