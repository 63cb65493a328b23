/* bfft: what an element runs, made of a model beside the stream and handed over
 * to it.
 *
 * Whoever makes a setup puts it into "pending". The streaming thread takes it
 * from there, and puts the one that it used before on the list "retired", which
 * whoever makes the next one frees.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbffthandover.h"

#include <stdatomic.h>

#include "gstbfftenums.h"
#include "gstbffterror.h"

#undef GST_CAT_DEFAULT
#define GST_CAT_DEFAULT (gst_bfft_category (self->element))

struct _GstBfftHandoverCell
{
  gpointer setup;
  GPtrArray *warnings;          /* not said yet, or NULL */
  GstBfftHandoverCell *next;    /* in a list of retired ones */
};

static void
warn (GstBfftHandover * self, GError * error)
{
  if (error)
    gst_bfft_post (self->element, GST_MESSAGE_WARNING, error);
}

/* Setups on their way */

static void
free_cells (GstBfftHandover * self, GstBfftHandoverCell * cell)
{
  while (cell) {
    GstBfftHandoverCell *next = cell->next;

    self->funcs->free (cell->setup);
    g_clear_pointer (&cell->warnings, g_ptr_array_unref);
    g_free (cell);
    cell = next;
  }
}

static void
free_unused (GstBfftHandover * self)
{
  free_cells (self, atomic_exchange (&self->pending, NULL));
  free_cells (self, atomic_exchange (&self->retired, NULL));
}

static void
retire (GstBfftHandover * self, GstBfftHandoverCell * cell)
{
  cell->next = atomic_load (&self->retired);
  while (!atomic_compare_exchange_weak (&self->retired, &cell->next, cell));
}

/* With the lock. @n_fft as in make(). */
static gboolean
hand_over (GstBfftHandover * self, guint n_fft, GError ** error)
{
  GstBfftHandoverCell *cell;
  gpointer setup;

  free_cells (self, atomic_exchange (&self->retired, NULL));
  setup = self->funcs->make (self->element, &self->info, &n_fft, error);
  if (setup == NULL) {
    g_clear_pointer (&self->warnings, g_ptr_array_unref);
    return FALSE;
  }
  self->n_fft = n_fft;
  cell = g_new0 (GstBfftHandoverCell, 1);
  cell->setup = setup;
  cell->warnings = g_steal_pointer (&self->warnings);
  free_cells (self, atomic_exchange (&self->pending, cell));
  return TRUE;
}

void
gst_bfft_handover_warn (GstBfftHandover * self, gchar * text)
{
  if (text == NULL)
    return;
  if (self->warnings == NULL)
    self->warnings = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->warnings, text);
}

static void
say_warnings (GstBfftHandover * self, const GPtrArray * warnings)
{
  guint i;

  for (i = 0; i < warnings->len; i++) {
    gchar *text = warnings->pdata[i];

    if (g_hash_table_add (self->said, g_strdup (text)))
      warn (self, g_error_new_literal (GST_LIBRARY_ERROR,
              GST_LIBRARY_ERROR_SETTINGS, text));
  }
}

static void
adopt_pending (GstBfftHandover * self, gboolean fresh)
{
  GstBfftHandoverCell *cell = atomic_exchange (&self->pending, NULL);
  GstBfftHandoverCell *old = self->current;

  if (cell == NULL)
    return;
  self->current = cell;
  self->funcs->adopt (self->element, cell->setup, old ? old->setup : NULL,
      fresh);
  if (old)
    retire (self, old);
  if (cell->warnings)
    say_warnings (self, cell->warnings);
}

void
gst_bfft_handover_adopt (GstBfftHandover * self)
{
  if (atomic_load_explicit (&self->pending, memory_order_relaxed))
    adopt_pending (self, FALSE);
}

/* Models. All that is static here is called with the lock. */

static gboolean
is_followed (GstBfftHandover * self)
{
  gboolean follow;

  GST_OBJECT_LOCK (self->element);
  follow = self->follow;
  GST_OBJECT_UNLOCK (self->element);
  return follow;
}

/* The models are others. */
static void
note_models (GstBfftHandover * self)
{
  GST_OBJECT_LOCK (self->element);
  self->located_n_fft = gst_bfft_model_length (self->model.located);
  self->followed_n_fft = gst_bfft_model_length (self->model.followed);
  GST_OBJECT_UNLOCK (self->element);
}

static gboolean
load_model (GstBfftHandover * self, GError ** error)
{
  g_autofree gchar *location = NULL;
  gboolean loaded;

  GST_OBJECT_LOCK (self->element);
  location = g_strdup (self->location);
  GST_OBJECT_UNLOCK (self->element);
  loaded = gst_bfft_model_load (&self->model, location, error);
  note_models (self);
  return loaded;
}

/* Returns: what is to be said once of the stream's model if it does not fit the
 * setup that was made last, otherwise NULL. */
static GError *
take_misfit (GstBfftHandover * self)
{
  const BfftNetwork *network = self->model.followed;

  if (network == NULL || self->n_fft == 0 || !is_followed (self)
      || gst_bfft_model_fits (network, self->n_fft)
      || (self->told_n_fft == self->n_fft
          && self->told_model == network->n_fft))
    return NULL;
  self->told_n_fft = self->n_fft;
  self->told_model = network->n_fft;
  return g_error_new (GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "The model that comes with the stream is for n-fft %u and is not used: "
      "n-fft is %u here; set it to %u (analysers take the model's where n-fft, "
      "bands and preset are left alone)", network->n_fft, self->n_fft,
      network->n_fft);
}

/* Whether the stream's model changes what runs. */
static gboolean
is_of_use (GstBfftHandover * self)
{
  guint n_fft = self->n_fft;

  if (!self->configured || !is_followed (self))
    return FALSE;
  if (self->funcs->get_n_fft)
    n_fft = self->funcs->get_n_fft (self->element, &self->info);
  return n_fft > 0 && gst_bfft_model_fits (self->model.followed, n_fft);
}

gboolean
gst_bfft_handover_pick_network (GstBfftHandover * self, guint n_fft,
    BfftNetwork ** network, GError ** error)
{
  GError *fault = NULL;

  *network = gst_bfft_model_pick (&self->model, n_fft, is_followed (self),
      &fault);
  if (fault)
    g_propagate_error (error, fault);
  if (*network)
    gst_bfft_handover_warn (self, gst_bfft_model_describe_rate (*network,
            self->info.rate));
  return fault == NULL;
}

BfftVariant
gst_bfft_handover_pick_variant (guint variant, const BfftNetwork * network)
{
  if (variant != GST_BFFT_VARIANT_AUTO)
    return variant;
  return network ? network->variant : BFFT_VARIANT_BUTTERFLY;
}

/* Variants that are the exact network until they are trained. */
static gboolean
needs_weights (BfftVariant variant)
{
  return variant == BFFT_VARIANT_DOMAIN || variant == BFFT_VARIANT_PRUNED
      || variant == BFFT_VARIANT_UNITARY || variant == BFFT_VARIANT_LEARNED
      || variant == BFFT_VARIANT_FUSED_SPECTRAL;
}

void
gst_bfft_handover_warn_of_variant (GstBfftHandover * self, BfftVariant variant,
    const BfftNetwork * network, guint n_fft, const BfftPlan * plan)
{
  const gchar *name = bfft_variant_to_string (variant);

  if (network == NULL && needs_weights (variant) && !is_followed (self))
    gst_bfft_handover_warn (self, g_strdup_printf ("variant=%s without weights "
            "is the exact transform; name a weights file in "
            "model-location, or leave variant alone", name));
  if (!bfft_network_length_is_valid (n_fft)
      && (variant == BFFT_VARIANT_Q8 || variant == BFFT_VARIANT_UNITARY))
    gst_bfft_handover_warn (self, g_strdup_printf ("variant=%s is for n-fft "
            "that is a power of two; %u runs as %s", name, n_fft,
            bfft_plan_describe (plan)));
}

guint
gst_bfft_handover_get_model_n_fft (GstBfftHandover * self, gboolean curves)
{
  guint located, followed;

  GST_OBJECT_LOCK (self->element);
  located = self->located_n_fft;
  followed = self->followed_n_fft;
  if (curves && self->model.located)
    located = self->model.located->n_fft;
  if (curves && self->model.followed)
    followed = self->model.followed->n_fft;
  if (self->follow && followed)
    located = followed;
  GST_OBJECT_UNLOCK (self->element);
  return located;
}

/* Changes, any thread */

void
gst_bfft_handover_update (GstBfftHandover * self, gboolean reload)
{
  GError *error = NULL, *misfit;

  g_mutex_lock (&self->lock);
  self->refused = FALSE;
  self->model.stale |= reload;
  if (self->started && load_model (self, &error) && self->configured)
    hand_over (self, self->n_fft, &error);
  misfit = take_misfit (self);
  g_mutex_unlock (&self->lock);
  warn (self, error);
  warn (self, misfit);
}

/* The follower's function. Also when it is not followed: follow-model may be
 * set later. */
static void
follow (gpointer data, GstEvent * event)
{
  GstBfftHandover *self = data;
  GError *error = NULL, *misfit;
  BfftNetwork *network = gst_bfft_model_from_event (event, &error);
  gboolean used = FALSE;

  if (network == NULL) {
    if (error && is_followed (self))
      warn (self, g_steal_pointer (&error));
    g_clear_error (&error);
    return;
  }
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->model.followed, bfft_network_unref);
  self->model.followed = bfft_network_ref (network);
  note_models (self);
  if (is_of_use (self))
    used = hand_over (self, self->n_fft, &error);
  misfit = take_misfit (self);
  g_mutex_unlock (&self->lock);
  warn (self, error);
  warn (self, misfit);
  GST_INFO_OBJECT (self->element, "the stream's model, for n-fft %u, is %s",
      network->n_fft, used ? "taken" : "kept for later");
  bfft_network_unref (network);
}

/* The stream */

gboolean
gst_bfft_handover_event (GstBfftHandover * self, GstEvent * event)
{
  if (!gst_event_has_name (event, GST_BFFT_MODEL_EVENT))
    return FALSE;
  gst_bfft_follower_push (&self->follower, event);
  return TRUE;
}

gboolean
gst_bfft_handover_configure (GstBfftHandover * self, const GstAudioInfo * info)
{
  GError *error = NULL, *misfit;
  gboolean told = FALSE, fresh = FALSE;

  g_mutex_lock (&self->lock);
  if (!self->configured || !gst_audio_info_is_equal (info, &self->info)) {
    /* Refused caps come again with every event. */
    told = self->refused && gst_audio_info_is_equal (info, &self->info);
    free_cells (self, atomic_exchange (&self->pending, NULL));
    self->info = *info;
    self->configured = hand_over (self, 0, &error);
    self->refused = !self->configured;
    fresh = self->configured;
  }
  misfit = take_misfit (self);
  g_mutex_unlock (&self->lock);
  warn (self, misfit);
  if (fresh)
    adopt_pending (self, TRUE);
  if (error && told)
    g_error_free (error);
  else if (error)
    gst_bfft_post (self->element, GST_MESSAGE_ERROR, error);
  return error == NULL;
}

/* States */

gboolean
gst_bfft_handover_start (GstBfftHandover * self, GError ** error)
{
  g_mutex_lock (&self->lock);
  /* A start that failed was not stopped. */
  gst_bfft_model_restart (&self->model);
  self->started = load_model (self, error);
  g_mutex_unlock (&self->lock);
  return self->started;
}

void
gst_bfft_handover_stop (GstBfftHandover * self)
{
  gst_bfft_follower_stop (&self->follower);
  g_mutex_lock (&self->lock);
  self->started = self->configured = self->refused = FALSE;
  self->n_fft = self->told_n_fft = 0;
  gst_bfft_model_restart (&self->model);
  free_unused (self);
  free_cells (self, g_steal_pointer (&self->current));
  g_hash_table_remove_all (self->said);
  g_mutex_unlock (&self->lock);
}

guint
gst_bfft_handover_get_n_fft (GstBfftHandover * self)
{
  guint n_fft;

  g_mutex_lock (&self->lock);
  n_fft = self->n_fft;
  g_mutex_unlock (&self->lock);
  return n_fft;
}

void
gst_bfft_handover_init (GstBfftHandover * self, GstElement * element,
    const GstBfftHandoverFuncs * funcs)
{
  self->element = element;
  self->funcs = funcs;
  self->said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&self->lock);
  gst_bfft_follower_init (&self->follower, element, follow, self);
}

void
gst_bfft_handover_clear (GstBfftHandover * self)
{
  gst_bfft_follower_clear (&self->follower);
  free_unused (self);
  gst_bfft_model_clear (&self->model);
  g_hash_table_unref (self->said);
  g_mutex_clear (&self->lock);
}
