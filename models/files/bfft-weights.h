/* bfft: weights files (safetensors).
 *
 * docs/weights.md has the format: tensors, metadata, and what a reader
 * refuses.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-network.h"
#include "bfft-safetensors.h"

G_BEGIN_DECLS

/* Returns: a new network, or NULL with a sentence that names @filename and the
 * fault (BFFT_WEIGHTS_ERROR, bfft-safetensors.h). Everything is checked before
 * use. Parameters that the file leaves out stand at their exact start; those
 * that follow from the twiddles (q8, unitary) at what the file's twiddles make
 * of them. hard_gates is set for pruned, and for every file that has
 * hard_gate_threshold. */
BfftNetwork *bfft_weights_load (const gchar * filename, GError ** error);

/* The same from memory; @name is what messages call it. */
BfftNetwork *bfft_weights_load_bytes (GBytes * bytes, const gchar * name,
    GError ** error);

/* The same from a container that has been read. */
BfftNetwork *bfft_weights_from_safetensors (const BfftSafetensors * file,
    GError ** error);

/* The file that holds @network, bit for bit; the same network always makes
 * the same bytes. Arrays that its variant does not have are left out. */
GBytes *bfft_weights_to_bytes (const BfftNetwork * network);

/* Replaces @filename atomically (written beside it, synced, renamed); only
 * regular files are replaced. A network that bfft_weights_load() would refuse,
 * for NaN say, is not written: the old file stays. */
gboolean bfft_weights_save (const BfftNetwork * network,
    const gchar * filename, GError ** error);

/* The same with a file's bytes, which may hold tensors of others too. */
gboolean bfft_weights_save_bytes (GBytes * bytes, const gchar * filename,
    GError ** error);

G_END_DECLS
