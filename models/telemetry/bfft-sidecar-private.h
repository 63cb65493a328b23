/* bfft: what the sidecar's writer and reader share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-sidecar.h"

G_BEGIN_DECLS

/* A key of the file and the member that it stands for. */
typedef struct
{
  const gchar *key;
  gsize offset;
} BfftSidecarField;

#define BFFT_N_PARAM_FIELDS 9
#define BFFT_N_LOSS_FIELDS 5

/* Characters of a text at most, and settings of a run. */
#define BFFT_SIDECAR_MAX_TEXT 200
#define BFFT_SIDECAR_MAX_SETTINGS 200

/* guint64 members of BfftParams. */
extern const BfftSidecarField bfft_sidecar_param_fields[BFFT_N_PARAM_FIELDS];

/* gdouble members of BfftLossEntry: all but step. */
extern const BfftSidecarField bfft_sidecar_loss_fields[BFFT_N_LOSS_FIELDS];

/* A model without content, and its extension. */
BfftSidecarModel *bfft_sidecar_model_new (void);
BfftSidecarExtension *bfft_sidecar_extension_new (void);

/* @text as a sidecar may have it: valid, short, without what neither a terminal
 * nor XML takes; a text that is so already stays what it is. */
gchar *bfft_sidecar_plain_text (const gchar * text);

G_END_DECLS
