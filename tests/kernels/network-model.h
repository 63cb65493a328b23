/* bfft: the table in docs/network.md word by word, in double.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-network.h"

/* What @network makes of the complex frame @in_re, @in_im, [n_fft] each;
 * arrays may be the same. With @outputs mask and denoiser are applied. */
void network_model_forward (const BfftNetwork * network, gboolean outputs,
    const gdouble * in_re, const gdouble * in_im, gdouble * out_re,
    gdouble * out_im);

/* conj (forward (conj (z))) */
void network_model_inverse (const BfftNetwork * network, gboolean outputs,
    const gdouble * in_re, const gdouble * in_im, gdouble * out_re,
    gdouble * out_im);
