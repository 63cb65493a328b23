/* bfft: a matching of channels as what a session fits.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftfit.h"

#include <math.h>
#include <string.h>

#include "bfft-checkpoint.h"
#include "bfft-match.h"
#include "bfft-plot-results.h"
#include "bfft-samples.h"
#include "gstbffterror.h"

#undef GST_CAT_DEFAULT
#define GST_CAT_DEFAULT (gst_bfft_category (fit->element))

/* Samples: what reference-delay may be, both ways. */
#define MAX_DELAY 1000000

/* Before the state of the matching itself. */
typedef struct
{
  guint64 steps;
  guint64 frames;
} Counts;

typedef struct
{
  GstBfftFit fit;
  BfftTrainerOptions options;
  guint reference;
  BfftMatch *match;
  const BfftKernels *kernels;
  gfloat *device;               /* [n_fft], mean of the others */
  Counts counts;                /* frames: those of the step that comes */
  BfftLossCurve *curve;
  gboolean warned;
} Matching;

static void
matching_free (GstBfftFit * fit)
{
  Matching *self = (Matching *) fit;

  bfft_match_free (self->match);
  bfft_loss_curve_free (self->curve);
  g_free (self->device);
  g_free (self);
}

static gboolean
matching_resume (GstBfftFit * fit, const gchar * filename, GError ** error)
{
  Matching *self = (Matching *) fit;
  g_autoptr (GBytes) state = NULL, rest = NULL;
  g_autoptr (BfftNetwork) network =
      bfft_checkpoint_read (filename, &state, error);

  if (network == NULL)
    return FALSE;
  if (state && g_bytes_get_size (state) > sizeof (self->counts))
    rest = g_bytes_new_from_bytes (state, sizeof (self->counts),
        g_bytes_get_size (state) - sizeof (self->counts));
  if (rest == NULL || !bfft_match_restore_state (self->match, rest)) {
    g_set_error (error, BFFT_TRAINER_ERROR, BFFT_TRAINER_ERROR_STATE,
        "Cannot go on from %s: it is not of a matching with this n-fft, rate "
        "and reference-delay", filename);
    return FALSE;
  }
  memcpy (&self->counts, g_bytes_get_data (state, NULL), sizeof (self->counts));
  fit->steps = self->counts.steps;
  return TRUE;
}

static void
matching_interrupt (GstBfftFit * fit)
{
  bfft_match_interrupt (((Matching *) fit)->match);
}

static void
matching_feed (GstBfftFit * fit, const GstBfftFrame * frame)
{
  Matching *self = (Matching *) fit;
  guint n = self->options.n_fft, c;

  memset (self->device, 0, n * sizeof (gfloat));
  for (c = 0; c < self->options.channels; c++) {
    if (c != self->reference)
      bfft_samples_add (self->kernels, self->device,
          frame->samples + (gsize) c * n, 1.0f / (self->options.channels - 1),
          n);
  }
  bfft_match_feed (self->match, frame->samples + (gsize) self->reference * n,
      self->device, n);
  self->counts.frames++;
}

static gboolean
matching_step (GstBfftFit * fit)
{
  Matching *self = (Matching *) fit;

  if (self->counts.frames < self->options.batch)
    return FALSE;
  self->counts.frames = 0;
  fit->steps = ++self->counts.steps;
  if (bfft_match_is_refused (self->match) && !self->warned) {
    self->warned = TRUE;
    GST_ELEMENT_WARNING (fit->element, STREAM, FAILED,
        ("The channels share no sound, so nothing is matched; give "
            "reference-channel the number of one that hears what the others "
            "hear, within %g s of them", BFFT_DELAY_MAX), (NULL));
  }
  return TRUE;
}

static gboolean
matching_can_pause (const GstBfftFit * fit)
{
  return TRUE;
}

static void
matching_describe (GstBfftFit * fit, GstStructure * message)
{
  Matching *self = (Matching *) fit;
  BfftMatchReport report;
  BfftLossEntry entry = {.step = fit->steps,.mean_gate = 1 };

  bfft_match_get_report (self->match, &report);
  gst_structure_set (message, "heard-bins", G_TYPE_UINT, report.heard, NULL);
  if (!isnan (report.delay))
    gst_structure_set (message, "delay", G_TYPE_DOUBLE, report.delay, NULL);
  if (isnan (report.after))
    return;
  fit->loss = entry.total_loss = report.after;
  bfft_loss_curve_add (self->curve, &entry);
  gst_structure_set (message, "total-loss", G_TYPE_DOUBLE, report.after,
      "match-err", G_TYPE_DOUBLE, report.after,
      "unmatched-err", G_TYPE_DOUBLE, report.before, NULL);
}

static BfftNetwork *
matching_get_network (GstBfftFit * fit)
{
  BfftNetwork *network = bfft_match_get_network (((Matching *) fit)->match);

  network->train_steps = fit->steps;
  return network;
}

static gboolean
matching_save (GstBfftFit * fit, const gchar * filename, GError ** error)
{
  Matching *self = (Matching *) fit;
  g_autoptr (BfftNetwork) network = matching_get_network (fit);
  g_autoptr (GBytes) rest = bfft_match_save_state (self->match);
  gsize size = g_bytes_get_size (rest);
  g_autofree guint8 *state = g_malloc (sizeof (self->counts) + size);
  g_autoptr (GBytes) bytes =
      g_bytes_new_static (state, sizeof (self->counts) + size);

  memcpy (state, &self->counts, sizeof (self->counts));
  memcpy (state + sizeof (self->counts), g_bytes_get_data (rest, NULL), size);
  return bfft_checkpoint_write (network, bytes, filename, error);
}

static void
add_number (BfftSidecarModel * model, const gchar * name, gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    return;
  g_ascii_formatd (text, sizeof (text), "%.9g", value);
  bfft_sidecar_model_add_setting (model, name, text);
}

static void
add_plots (Matching * self, BfftSidecarModel * model)
{
  guint bins = self->options.n_fft / 2 + 1;
  g_autofree gfloat *gains = g_new (gfloat, 3 * bins);
  gfloat *confidence = gains + bins, *difference = confidence + bins;

  bfft_match_get_gains (self->match, gains, confidence);
  bfft_match_get_difference (self->match, difference);
  bfft_plot_match (model, bins, (gdouble) self->options.sample_rate /
      self->options.n_fft, gains, confidence, difference);
}

static void
matching_fill_sidecar (GstBfftFit * fit, BfftSidecarModel * model,
    gboolean last)
{
  Matching *self = (Matching *) fit;
  BfftMatchReport report;

  bfft_match_get_report (self->match, &report);
  model->batch = self->options.batch;
  model->final_mel_err = model->final_spec_err = NAN;
  bfft_sidecar_model_set_loss_curve (model, self->curve);
  add_number (model, "reference-channel", self->reference);
  add_number (model, "delay", report.delay);
  add_number (model, "match-err", report.after);
  add_number (model, "unmatched-err", report.before);
  add_plots (self, model);
}

gboolean
gst_bfft_fit_match_check (const BfftTrainerOptions * options, gint reference,
    gint delay, GError ** error)
{
  const gchar *fault = NULL;

  if (options->variant != BFFT_VARIANT_FUSED_SPECTRAL)
    fault = "variant must be fused-spectral, or left alone";
  else if ((guint) reference >= options->channels || options->channels < 2)
    fault = "it must be one of at least two channels; audiointerleave makes "
        "one stream of two sources";
  else if (!bfft_network_length_is_valid (options->n_fft))
    fault = "n-fft must be a power of two from 2 to 131072";
  else if (delay != BFFT_MATCH_AUTO && ABS ((gint64) delay) > MAX_DELAY)
    fault = "reference-delay must be from -1000000 to 1000000 samples, or left "
        "alone";
  if (fault) {
    g_set_error (error, BFFT_TRAINER_ERROR, BFFT_TRAINER_ERROR_OPTIONS,
        "Cannot match to reference-channel %d of %u: %s", reference,
        options->channels, fault);
  }
  return fault == NULL;
}

GstBfftFit *
gst_bfft_fit_match_new (GstElement * element,
    const BfftTrainerOptions * options, gint reference, gint delay)
{
  static const GstBfftFitClass klass = {
    matching_free, matching_resume, matching_interrupt, matching_feed,
    matching_step, matching_can_pause, matching_describe,
    matching_get_network, matching_save, matching_fill_sidecar
  };
  const BfftMatchOptions match = {
    .n_fft = options->n_fft,.rate = options->sample_rate,.delay = delay,
    .execution = options->execution
  };
  Matching *self = g_new0 (Matching, 1);

  self->fit.klass = &klass;
  self->fit.element = element;
  self->fit.state = "training";
  self->options = *options;
  self->reference = reference;
  self->match = bfft_match_new (&match);
  self->kernels = bfft_kernels_get (options->execution);
  self->device = g_new (gfloat, options->n_fft);
  self->curve = bfft_loss_curve_new ();
  return &self->fit;
}
