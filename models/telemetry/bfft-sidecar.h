/* bfft: what a run measured, as a file (docs/telemetry.md).
 *
 * A sidecar holds one model or several. Build one with bfft_sidecar_add() and
 * fill in what was measured, or load one; then save it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-landscape.h"
#include "bfft-loss-curve.h"
#include "bfft-network.h"
#include "bfft-plot.h"
#include "bfft-record.h"

G_BEGIN_DECLS

/* Heatmaps keep every butterfly of a stage up to this many, that is up to
 * n_fft 1024; wider stages are averaged over groups of neighbours. Masks keep
 * as many bins twice over. */
#define BFFT_HEATMAP_MAX_COLUMNS 512

/* Larger files are not sidecars. */
#define BFFT_SIDECAR_MAX_BYTES (64 * 1024 * 1024)

#define BFFT_SIDECAR_ERROR (bfft_sidecar_error_quark ())
GQuark bfft_sidecar_error_quark (void);

typedef enum
{
  BFFT_SIDECAR_ERROR_FILE,      /* cannot be read or written */
  BFFT_SIDECAR_ERROR_FORMAT,    /* not a whole and consistent sidecar */
} BfftSidecarError;

/**
 * BfftHeatmap:
 * @stages: rows
 * @butterflies: columns
 * @gates: GArray of gfloat, [stages][butterflies], as learned (not rounded)
 * @freq_mask: GArray of gfloat, [bins][2], empty without a mask
 * @twiddle_mag: GArray of gfloat, [stages][butterflies], |w|, empty when the
 *     run had no network of its own
 */
typedef struct
{
  guint stages;
  guint butterflies;
  GArray *gates;
  GArray *freq_mask;
  GArray *twiddle_mag;
} BfftHeatmap;

/**
 * BfftRunStats:
 * @frames: frames analysed or trained on
 * @dropped_frames: frames that were not, for want of time
 * @ns_per_frame_mean: wall-clock time spent on a frame, 0 if not measured
 * @ns_per_frame_max: the longest
 */
typedef struct
{
  guint64 frames;
  guint64 dropped_frames;
  gdouble ns_per_frame_mean;
  gdouble ns_per_frame_max;
} BfftRunStats;

/**
 * BfftSidecarExtension:
 * @element: what wrote it: "bffttrain"
 * @date: when it was written, UTC: "2026-11-25T16:10:00Z"
 * @command: of the program that it ran in, without passwords of URIs
 * @source: URI of what was heard, if that is known
 * @execution: which kernels ran: see bfft_execution_get_name()
 * @bfft_version: of this library
 * @gstreamer_version: of the GStreamer it ran in
 * @orc_version: of the ORC that compiled the kernels
 * @sample_rate: Hz, 0 if none
 * @n_mels: mel bands, 0 if none
 * @gate_threshold: gates at or above it were rounded to 1 when executed, others
 *     to 0; NaN: they were not rounded
 * @hard_gates_since: training step from which they were rounded, 0: unknown
 * @int8_since: training step from which twiddles were int8, 0: unknown
 * @active_butterflies: executed per transform
 * @active_per_stage: GArray of guint, the same by stage, empty without a
 *     network
 * @resident_bytes: what the executed parameters take in memory, as they are in
 *     the network, or in the plan where the caller says so
 * @run: how the run went
 * @params_original: parameters as the format's first writer counts them
 * @loss_recorded: entries that the loss curve was thinned from
 * @loss_every: every how many-th was kept
 * @loss_not_finite: how many were left out for not being finite
 * @butterflies_per_column: how many a heatmap column is the mean of
 * @bins_per_pair: how many bins a pair of the mask is the mean of
 * @setting_names: GPtrArray of strings, how the run was set up: "optimizer"
 * @setting_values: their values: "adam"
 * @plots: GPtrArray of BfftPlot, what was measured over frequency
 *
 * What we add to the format: the object "bfft" of a model.
 */
typedef struct
{
  gchar *element;
  gchar *date;
  gchar *command;
  gchar *source;
  gchar *execution;
  gchar *bfft_version;
  gchar *gstreamer_version;
  gchar *orc_version;
  guint64 sample_rate;
  guint64 n_mels;
  gdouble gate_threshold;
  guint64 hard_gates_since;
  guint64 int8_since;
  guint64 active_butterflies;
  GArray *active_per_stage;
  guint64 resident_bytes;
  BfftRunStats run;
  BfftParams params_original;
  guint64 loss_recorded;
  guint64 loss_every;
  guint64 loss_not_finite;
  guint64 butterflies_per_column;
  guint64 bins_per_pair;
  GPtrArray *setting_names;
  GPtrArray *setting_values;
  GPtrArray *plots;
} BfftSidecarExtension;

/**
 * BfftSidecarModel:
 * @model_id: names the model to people
 * @variant: label of its variant; files of others may know others
 * @n_fft: frame length
 * @batch: frames per training step, 0 when nothing was trained
 * @train_steps: steps trained
 * @params: parameters, each counted once
 * @loss_curve: GArray of BfftLossEntry, ordered by step
 * @heatmap: the parameters as pictures
 * @landscape: loss around a twiddle, or %NULL
 * @final_mel_err: largest |log-mel error|, NaN if not measured
 * @final_spec_err: largest |spectrum error|, NaN if not measured
 * @bfft: our own extension, or %NULL in files of others
 */
typedef struct
{
  gchar *model_id;
  gchar *variant;
  guint64 n_fft;
  guint64 batch;
  guint64 train_steps;
  BfftParams params;
  GArray *loss_curve;
  BfftHeatmap heatmap;
  BfftLandscape *landscape;
  gdouble final_mel_err;
  gdouble final_spec_err;
  BfftSidecarExtension *bfft;
} BfftSidecarModel;

/* @models: GPtrArray of BfftSidecarModel */
typedef struct
{
  GPtrArray *models;
} BfftSidecar;

/* Of BfftParams, as they are in a file. */
extern const BfftRecord bfft_params_record;

/* A model without content, and its extension. */
BfftSidecarModel *bfft_sidecar_model_new (void);
BfftSidecarExtension *bfft_sidecar_extension_new (void);

BfftSidecar *bfft_sidecar_new (void);
void bfft_sidecar_free (BfftSidecar * sidecar);

/**
 * bfft_sidecar_add:
 * @variant: what ran
 * @n_fft: at which length, any
 * @n_mels: mel bands, 0 if none
 * @network: (nullable): the network that ran, or %NULL when it was GstFFT or a
 *     length that is no power of two
 *
 * Adds a model with everything that follows from the network: parameter
 * counts (0 at a length that is no power of two: it has no network), heatmaps,
 * active butterflies, bytes, versions of bfft and ORC. The rest is for the
 * caller to fill in before saving.
 *
 * Returns: (transfer none): the new model
 */
BfftSidecarModel *bfft_sidecar_add (BfftSidecar * sidecar,
    const gchar * model_id, BfftVariant variant, guint n_fft, guint n_mels,
    const BfftNetwork * network);

/* Notes which element, GStreamer ("1.22.0") and kernels ("orc") ran, on what
 * (a URI, or NULL), at which sample rate and how it went; the date and the
 * command line with it. */
void bfft_sidecar_model_set_run (BfftSidecarModel * model,
    const gchar * element, const gchar * gstreamer_version,
    const gchar * execution, const gchar * source, guint sample_rate,
    const BfftRunStats * run);

/* Copies the curve as it is now. */
void bfft_sidecar_model_set_loss_curve (BfftSidecarModel * model,
    const BfftLossCurve * curve);

/* Takes @landscape. */
void bfft_sidecar_model_take_landscape (BfftSidecarModel * model,
    BfftLandscape * landscape);

/* Notes one setting of the run, such as ("optimizer", "adam"), once each, 200
 * at most. */
void bfft_sidecar_model_add_setting (BfftSidecarModel * model,
    const gchar * name, const gchar * value);

/* Takes @plot, unless it has no line or the model has BFFT_PLOTS_MAX. */
void bfft_sidecar_model_take_plot (BfftSidecarModel * model, BfftPlot * plot);

/* The file's text; longer texts than a sidecar may have are cut. */
GBytes *bfft_sidecar_to_bytes (const BfftSidecar * sidecar);

/* Replaces @filename atomically and durably (written beside it, synced,
 * renamed); only regular files are replaced. */
gboolean bfft_sidecar_save (const BfftSidecar * sidecar,
    const gchar * filename, GError ** error);

/* Returns: a sidecar in which all types, sizes and ranges were checked, or
 * NULL with a sentence that names @filename and the fault. Keys of others are
 * ignored. */
BfftSidecar *bfft_sidecar_load (const gchar * filename, GError ** error);

/* The same from memory; @name is what messages call it. */
BfftSidecar *bfft_sidecar_load_bytes (GBytes * bytes, const gchar * name,
    GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfftSidecar, bfft_sidecar_free)

G_END_DECLS
