/* bfft: what an element runs, made of a model beside the stream and handed over
 * to it.
 *
 * All that the streaming thread works with under one group of settings, caps
 * and a model is a setup (a plan, a filter). A new one is made in the thread
 * that changes any of these: whoever sets a property, a thread of GStreamer's
 * pool for a model that comes with the stream, the streaming thread for caps
 * alone. The streaming thread takes it at its next buffer, without a lock, and
 * what it used before is freed by whoever makes the next one.
 *
 * An element has one as a member, whose @location and @follow are its properties
 * (GST_BFFT_MODEL_ROWS()), and calls
 *
 * - gst_bfft_handover_init() and _clear(), _start() and _stop();
 * - gst_bfft_handover_update() when a setting has changed;
 * - gst_bfft_handover_event() for every event from upstream;
 * - gst_bfft_handover_configure() on caps;
 * - gst_bfft_handover_adopt() before each buffer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/audio/audio.h>

#include "bfft-plan.h"
#include "gstbfftfollower.h"
#include "gstbfftmodel.h"
#include "gstbfftproperty.h"

G_BEGIN_DECLS

/**
 * GstBfftHandoverFuncs:
 * @make: makes a setup for @info, or returns %NULL and sets @error to a sentence
 *     for the user. @n_fft is that of the setup in use, 0 on caps, and is set to
 *     the new one's. With gst_bfft_handover_pick_network(). Any thread, one at a
 *     time, without GST_OBJECT_LOCK().
 * @adopt: @setup is to be used from now on, and @old, which may be %NULL, no
 *     longer: what goes on is taken over here, but not if it is @fresh, for
 *     caps. The streaming thread.
 * @free: frees a setup, used or not
 * @get_n_fft: what make() would choose now, 0 for nothing; %NULL: what is in
 *     use stays
 */
typedef struct
{
  gpointer (*make) (GstElement * element, const GstAudioInfo * info,
      guint * n_fft, GError ** error);
  void (*adopt) (GstElement * element, gpointer setup, gpointer old,
      gboolean fresh);
  void (*free) (gpointer setup);
  guint (*get_n_fft) (GstElement * element, const GstAudioInfo * info);
} GstBfftHandoverFuncs;

typedef struct _GstBfftHandoverCell GstBfftHandoverCell;

/**
 * GstBfftHandover:
 * @location: the property model-location
 * @follow: the property follow-model
 *
 * These two are under the element's GST_OBJECT_LOCK().
 */
typedef struct
{
  gchar *location;
  gboolean follow;

  /*< private > */
  guint located_n_fft, followed_n_fft;  /* of the models; GST_OBJECT_LOCK */
  GstElement *element;
  const GstBfftHandoverFuncs *funcs;
  GstBfftFollower follower;
  GstBfftHandoverCell *_Atomic pending; /* made last, not used yet */
  GstBfftHandoverCell *_Atomic retired; /* list of those no longer used */
  GstBfftHandoverCell *current; /* the streaming thread's */
  GHashTable *said;             /* the same: warnings */

  /* Held while a setup is made, never while a message is posted; not taken
   * while data flows. */
  GMutex lock;
  gboolean started;
  gboolean configured;          /* info is valid */
  gboolean refused;             /* info was, and an error posted */
  GstAudioInfo info;
  GstBfftModel model;
  guint n_fft;                  /* of the setup that was made last */
  guint told_n_fft, told_model; /* what was said not to fit */
  GPtrArray *warnings;          /* of the setup that is being made, or NULL */
} GstBfftHandover;

/* The rows of model-location and follow-model. */
#define GST_BFFT_MODEL_ROWS(Struct, member, location_blurb, follow_blurb) \
  GST_BFFT_STRING (Struct, member.location, "model-location", \
      GST_BFFT_PLAYING | GST_BFFT_AGAIN, location_blurb), \
  GST_BFFT_BOOLEAN (Struct, member.follow, "follow-model", FALSE, \
      GST_BFFT_PLAYING, follow_blurb)

void gst_bfft_handover_init (GstBfftHandover * self, GstElement * element,
    const GstBfftHandoverFuncs * funcs);
void gst_bfft_handover_clear (GstBfftHandover * self);

/* READY to PAUSED: loads what model-location names, or returns FALSE and sets
 * @error. */
gboolean gst_bfft_handover_start (GstBfftHandover * self, GError ** error);

/* PAUSED to READY, and after a start that failed: frees all setups. */
void gst_bfft_handover_stop (GstBfftHandover * self);

/* Any thread: something that setups are made of has changed; @reload: it was
 * model-location. What is impossible is a warning on the bus, and nothing
 * changes. */
void gst_bfft_handover_update (GstBfftHandover * self, gboolean reload);

/* Streaming thread: @event is about a model, which will be taken if it is
 * wanted. It is then to be passed on, and TRUE returned whatever downstream
 * says: upstream takes a sticky event that was refused for an error of the
 * stream, but downstream may just be flushing. */
gboolean gst_bfft_handover_event (GstBfftHandover * self, GstEvent * event);

/* Streaming thread: makes a setup for @info, unless there is one, and uses it;
 * posts an error and returns FALSE if there can be none. */
gboolean gst_bfft_handover_configure (GstBfftHandover * self,
    const GstAudioInfo * info);

/* Streaming thread: uses what was made meanwhile, if anything. */
void gst_bfft_handover_adopt (GstBfftHandover * self);

/* For make(): what the setup does otherwise than one may expect: @text, which is
 * taken, or NULL. It is a warning on the bus when the setup is used, each text
 * once a run. */
void gst_bfft_handover_warn (GstBfftHandover * self, gchar * text);

/* For make(): the network for @n_fft, to be unreferenced, or %NULL without one;
 * FALSE and @error if the one at model-location is for another n-fft. One that
 * was trained at another rate is warned of. */
gboolean gst_bfft_handover_pick_network (GstBfftHandover * self, guint n_fft,
    BfftNetwork ** network, GError ** error);

/* For make(): what runs where @variant is what the user chose. */
BfftVariant gst_bfft_handover_pick_variant (guint variant,
    const BfftNetwork * network);

/* For make(): warns where @plan is something else than @variant says. Weights
 * that are to come with the stream are waited for. */
void gst_bfft_handover_warn_of_variant (GstBfftHandover * self,
    BfftVariant variant, const BfftNetwork * network, guint n_fft,
    const BfftPlan * plan);

/* The model's n-fft, for elements whose own was left alone; 0 without a model.
 * One that fits any n-fft counts with @curves alone, and in make(). */
guint gst_bfft_handover_get_model_n_fft (GstBfftHandover * self,
    gboolean curves);

/* That of the setup that was made last, 0 without one. */
guint gst_bfft_handover_get_n_fft (GstBfftHandover * self);

G_END_DECLS
