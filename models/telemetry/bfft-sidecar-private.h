/* bfft: what the parts of the sidecar share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-sidecar.h"

G_BEGIN_DECLS

/* A model without content, and its extension. */
BfftSidecarModel *bfft_sidecar_model_new (void);
BfftSidecarExtension *bfft_sidecar_extension_new (void);

G_END_DECLS
