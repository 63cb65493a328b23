/* bfft: a training as a file.
 *
 * A weights file (docs/weights.md) with one tensor more, "trainer.state", the
 * bytes of bfft_trainer_save_state(), which other readers ignore.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-trainer.h"

G_BEGIN_DECLS

/* A file of @network and any state. */
gboolean bfft_checkpoint_write (const BfftNetwork * network, GBytes * state,
    const gchar * filename, GError ** error);

/* Returns: (transfer full): the network of @filename, and its state or %NULL. */
BfftNetwork *bfft_checkpoint_read (const gchar * filename, GBytes ** state,
    GError ** error);

/* Writes the best weights so far and the state as bfft_weights_save() does:
 * weights that no reader would take are not written. */
gboolean bfft_checkpoint_save (BfftTrainer * trainer, const gchar * filename,
    GError ** error);

/* Goes on from @filename: exactly, when it has a state, which must then fit
 * @trainer's options, or from its weights alone. A trainer for which this
 * fails must be freed. */
gboolean bfft_checkpoint_resume (BfftTrainer * trainer,
    const gchar * filename, GError ** error);

G_END_DECLS
