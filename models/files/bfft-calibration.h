/* bfft: a measurement microphone's calibration file.
 *
 * Text, a line for each frequency: Hz, dB, and perhaps a phase, which is not
 * read; .cal, .txt and .frd of the usual makers. Numbers are parted by blanks,
 * commas or semicolons, with decimal points or commas. Lines that do not begin
 * with a number are comments.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-network.h"

G_BEGIN_DECLS

/* The curve that takes out what @text says of a microphone: its dB change sign.
 * Between its frequencies dB are linear, beyond them they stay. @name is what
 * messages call it. Returns: NULL with a sentence. */
BfftNetwork *bfft_calibration_parse (const gchar * text, const gchar * name,
    guint n_fft, guint rate, GError ** error);

/* The same the other way: the text that bfft_calibration_parse() makes @curve
 * of. */
gchar *bfft_calibration_format (const BfftNetwork * curve);

G_END_DECLS
