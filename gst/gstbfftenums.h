/* bfft: the enumerations of models/ as GTypes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

#include "bfft-execution.h"
#include "bfft-level.h"
#include "bfft-logmel-options.h"
#include "bfft-trainer.h"
#include "bfft-variant.h"
#include "bfft-window.h"

G_BEGIN_DECLS

#define GST_TYPE_BFFT_VARIANT (gst_bfft_variant_get_type ())
#define GST_TYPE_BFFT_EXECUTION (gst_bfft_execution_get_type ())
#define GST_TYPE_BFFT_WINDOW (gst_bfft_window_get_type ())
#define GST_TYPE_BFFT_MEL_SCALE (gst_bfft_mel_scale_get_type ())
#define GST_TYPE_BFFT_MEL_NORM (gst_bfft_mel_norm_get_type ())
#define GST_TYPE_BFFT_MEL_PRESET (gst_bfft_mel_preset_get_type ())
#define GST_TYPE_BFFT_LOG_MODE (gst_bfft_log_mode_get_type ())
#define GST_TYPE_BFFT_PAD_MODE (gst_bfft_pad_mode_get_type ())
#define GST_TYPE_BFFT_WINDOW_SYMMETRY (gst_bfft_window_symmetry_get_type ())
#define GST_TYPE_BFFT_WINDOW_ALIGN (gst_bfft_window_align_get_type ())
#define GST_TYPE_BFFT_DCT_NORM (gst_bfft_dct_norm_get_type ())
#define GST_TYPE_BFFT_FILL (gst_bfft_fill_get_type ())
#define GST_TYPE_BFFT_LAYOUT (gst_bfft_layout_get_type ())
#define GST_TYPE_BFFT_NORMALIZE (gst_bfft_normalize_get_type ())
#define GST_TYPE_BFFT_DETREND (gst_bfft_detrend_get_type ())
#define GST_TYPE_BFFT_WELCH_SCALING (gst_bfft_welch_scaling_get_type ())
#define GST_TYPE_BFFT_WELCH_AVERAGE (gst_bfft_welch_average_get_type ())
#define GST_TYPE_BFFT_WELCH_CROSS (gst_bfft_welch_cross_get_type ())
#define GST_TYPE_BFFT_WEIGHTING (gst_bfft_weighting_get_type ())
#define GST_TYPE_BFFT_WELCH_STRATEGY (gst_bfft_welch_strategy_get_type ())
#define GST_TYPE_BFFT_INIT (gst_bfft_init_get_type ())
#define GST_TYPE_BFFT_OPTIMIZER (gst_bfft_optimizer_get_type ())

/* The property's value that stands for the model's variant. */
#define GST_BFFT_VARIANT_AUTO BFFT_N_VARIANTS

/* Defines type_name_get_type () of GEnumValues. */
#define GST_BFFT_DEFINE_ENUM(TypeName, type_name, ...)                  \
GType                                                                   \
type_name##_get_type (void)                                             \
{                                                                       \
  static gsize type = 0;                                                \
  static const GEnumValue values[] = { __VA_ARGS__, {0, NULL, NULL} };  \
                                                                        \
  if (g_once_init_enter (&type)) {                                      \
    GType t = g_enum_register_static (#TypeName, values);               \
                                                                        \
    gst_type_mark_as_plugin_api (t, 0);                                 \
    g_once_init_leave (&type, t);                                       \
  }                                                                     \
  return type;                                                          \
}

GType gst_bfft_variant_get_type (void);
GType gst_bfft_execution_get_type (void);
GType gst_bfft_window_get_type (void);
GType gst_bfft_mel_scale_get_type (void);
GType gst_bfft_mel_norm_get_type (void);
GType gst_bfft_mel_preset_get_type (void);
GType gst_bfft_log_mode_get_type (void);
GType gst_bfft_pad_mode_get_type (void);
GType gst_bfft_window_symmetry_get_type (void);
GType gst_bfft_window_align_get_type (void);
GType gst_bfft_dct_norm_get_type (void);
GType gst_bfft_fill_get_type (void);
GType gst_bfft_layout_get_type (void);
GType gst_bfft_normalize_get_type (void);
GType gst_bfft_detrend_get_type (void);
GType gst_bfft_welch_scaling_get_type (void);
GType gst_bfft_welch_average_get_type (void);
GType gst_bfft_welch_strategy_get_type (void);
GType gst_bfft_welch_cross_get_type (void);
GType gst_bfft_weighting_get_type (void);
GType gst_bfft_init_get_type (void);
GType gst_bfft_optimizer_get_type (void);

/* The nick of @value, as properties and files have it: "hamming-gst". */
const gchar *gst_bfft_enum_nick (GType type, gint value);

G_END_DECLS
