/* bfft: how a run goes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftstats.h"

#include "gstbffterror.h"

#undef GST_CAT_DEFAULT
#define GST_CAT_DEFAULT (gst_bfft_category (element))

void
gst_bfft_warn_of_execution (GstElement * element, BfftExecution execution)
{
  if (execution == BFFT_EXECUTION_ORC && !bfft_execution_has_orc ())
    GST_ELEMENT_WARNING (element, LIBRARY, SETTINGS,
        ("execution=orc runs as auto (%s): bfft was built without orcc.",
            bfft_execution_get_name (execution)),
        ("Build it where orcc is found, or leave execution alone."));
}

/* There is one writer but of drops, so that a plain load and store make an
 * addition. */
static guint64
read_relaxed (_Atomic guint64 * number)
{
  return atomic_load_explicit (number, memory_order_relaxed);
}

static void
write_relaxed (_Atomic guint64 * number, guint64 value)
{
  atomic_store_explicit (number, value, memory_order_relaxed);
}

void
gst_bfft_stats_reset (GstBfftStats * self)
{
  write_relaxed (&self->frames, 0);
  write_relaxed (&self->ns, 0);
  write_relaxed (&self->ns_max, 0);
  write_relaxed (&self->dropped, 0);
}

void
gst_bfft_stats_add (GstBfftStats * self, guint frames, guint64 ns)
{
  write_relaxed (&self->frames, read_relaxed (&self->frames) + frames);
  write_relaxed (&self->ns, read_relaxed (&self->ns) + ns);
  if (frames > 0 && ns / frames > read_relaxed (&self->ns_max))
    write_relaxed (&self->ns_max, ns / frames);
}

void
gst_bfft_stats_drop (GstBfftStats * self, guint frames)
{
  atomic_fetch_add_explicit (&self->dropped, frames, memory_order_relaxed);
}

void
gst_bfft_stats_get (GstBfftStats * self, BfftRunStats * run)
{
  run->frames = read_relaxed (&self->frames);
  run->dropped_frames = read_relaxed (&self->dropped);
  run->ns_per_frame_max = read_relaxed (&self->ns_max);
  run->ns_per_frame_mean = 0;
  if (run->frames > 0)
    run->ns_per_frame_mean = (gdouble) read_relaxed (&self->ns) / run->frames;
}

/* The URI that the source of the stream has, or NULL. */
static gchar *
find_source (GstElement * element)
{
  GstPad *pad = gst_element_get_static_pad (element, "sink");
  GstQuery *query = gst_query_new_uri ();
  gchar *uri = NULL;

  if (gst_pad_peer_query (pad, query))
    gst_query_parse_uri (query, &uri);
  gst_query_unref (query);
  gst_object_unref (pad);
  return uri;
}

GstStructure *
gst_bfft_stats_to_structure (GstBfftStats * self, BfftExecution execution)
{
  BfftRunStats run;

  gst_bfft_stats_get (self, &run);
  return gst_structure_new ("stats",
      "frames", G_TYPE_UINT64, run.frames,
      "ns-per-frame-mean", G_TYPE_DOUBLE, run.ns_per_frame_mean,
      "ns-per-frame-max", G_TYPE_DOUBLE, run.ns_per_frame_max,
      "dropped", G_TYPE_UINT64, run.dropped_frames,
      "execution", G_TYPE_STRING, bfft_execution_get_name (execution), NULL);
}

void
gst_bfft_stats_note_run (const BfftRunStats * run, GstElement * element,
    const gchar * name, BfftExecution execution, guint rate,
    BfftSidecarModel * model)
{
  g_autofree gchar *source = find_source (element);
  g_autofree gchar *version = NULL;
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  version = g_strdup_printf ("%u.%u.%u", major, minor, micro);
  bfft_sidecar_model_set_run (model, name, version,
      bfft_execution_get_name (execution), source, rate, run);
}
