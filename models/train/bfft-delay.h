/* bfft: the delay between two recordings of the same sound.
 *
 * Generalised cross-correlation with phase transform (C. H. Knapp and
 * G. C. Carter, IEEE Trans. ASSP 24, 1976): spectra of a stretch of both are
 * multiplied, only phases are kept, and their inverse transform has its peak at
 * the delay. Two clocks that differ are followed by a loop of second order.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-transform.h"

G_BEGIN_DECLS

/* In seconds, both ways. */
#define BFFT_DELAY_MAX 0.2

/**
 * BfftDelay:
 * @length: samples of a stretch; the next one begins half a stretch later
 * @max_lag: samples, both ways
 * @locked: a delay was found
 * @refused: sound was heard for long and no delay was found
 * @delay: samples amid the latest stretch; positive: the second one
 *     lags
 * @drift: samples per step of half a stretch
 *
 * The rest is private.
 */
typedef struct
{
  guint length;
  guint max_lag;
  gboolean locked;
  gboolean refused;
  gdouble delay;
  gdouble drift;

  /*< private > */
  BfftTransform *transform;
  gfloat *window;               /* [length] */
  gfloat *re, *im;              /* [length] */
  gdouble *phases;              /* [length / 2 + 1][2], running sum */
  gdouble loudest[2];           /* mean square of either, falls slowly */
  gdouble candidate;            /* lag of the latest peak before locking */
  guint seen;                   /* times in a row */
  guint misses, jumps;
} BfftDelay;

BfftDelay *bfft_delay_new (guint rate, BfftExecution execution);
void bfft_delay_free (BfftDelay * self);

/* The next stretch of both, [length]. Allocates nothing. */
void bfft_delay_add (BfftDelay * self, const gfloat * reference,
    const gfloat * device);

/* A piece is missing: the delay stays, what was summed up goes. */
void bfft_delay_interrupt (BfftDelay * self);

/* The whole state as numbers, for checkpoints. */
gsize bfft_delay_state_size (const BfftDelay * self);
void bfft_delay_save (const BfftDelay * self, gdouble * state);
void bfft_delay_restore (BfftDelay * self, const gdouble * state);

G_END_DECLS
