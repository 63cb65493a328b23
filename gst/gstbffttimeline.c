/* bfft: which moment of the stream a sample belongs to.
 *
 * Times are a line through knots: one for each buffer that says something
 * else than the sample count. From a knot on, time goes on as its buffer says,
 * and after that buffer as the rate says. There is room for so many; older ones
 * are thinned out then, so that those of the last few seconds stay.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbffttimeline.h"

#include <string.h>

#include "gstbffterror.h"

#undef GST_CAT_DEFAULT
#define GST_CAT_DEFAULT (gst_bfft_category (element))

void
gst_bfft_timeline_reset (GstBfftTimeline * self)
{
  *self = (GstBfftTimeline) {
  .rate = 1,.strayed = G_MAXUINT64,};
}

gboolean
gst_bfft_timeline_end (GstBfftTimeline * self)
{
  gboolean open = self->open;

  self->open = FALSE;
  return open;
}

void
gst_bfft_timeline_advance (GstBfftTimeline * self, guint64 n)
{
  self->position += n;
}

/* Events */

GstBfftVerdict
gst_bfft_timeline_event (GstBfftTimeline * self, GstEvent * event)
{
  GstBfftVerdict ended = GST_BFFT_VERDICT_DRAIN;
  const GstSegment *segment;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
      gst_event_parse_segment (event, &segment);
      self->backwards = segment->rate < 0;
      break;
    case GST_EVENT_EOS:
    case GST_EVENT_SEGMENT_DONE:
      break;
    case GST_EVENT_FLUSH_STOP:
      ended = GST_BFFT_VERDICT_DISCARD;
      break;
    case GST_EVENT_GAP:
      /* Only a buffer tells whether the stream goes on behind it. */
      self->broken = TRUE;
      return GST_BFFT_VERDICT_CONTINUE;
    default:
      return GST_BFFT_VERDICT_CONTINUE;
  }
  return gst_bfft_timeline_end (self) ? ended : GST_BFFT_VERDICT_CONTINUE;
}

/* The line */

static GstClockTime
samples_to_time (const GstBfftTimeline * self, guint64 n)
{
  return gst_util_uint64_scale (n, GST_SECOND, self->rate);
}

static GstClockTime
time_after (const GstBfftTimeline * self, const GstBfftKnot * knot,
    guint64 position)
{
  guint64 n = position - knot->position;

  if (n < knot->n)
    return knot->time + gst_util_uint64_scale (n, knot->duration, knot->n);
  return knot->time + knot->duration + samples_to_time (self, n - knot->n);
}

static GstClockTime
time_before (const GstBfftTimeline * self, const GstBfftKnot * knot,
    guint64 position)
{
  GstClockTime t = samples_to_time (self, knot->position - position);

  return knot->time > t ? knot->time - t : 0;
}

/* Where a knot is at @position itself, @ends tells the time that was before. */
static GstClockTime
look_up (const GstBfftTimeline * self, guint64 position, gboolean ends)
{
  guint i = self->n_knots;

  if (i == 0)
    return GST_CLOCK_TIME_NONE;
  while (i > 0 && self->knots[i - 1].position + (ends ? 1 : 0) > position)
    i--;
  if (i == 0)
    return time_before (self, &self->knots[0], position);
  return time_after (self, &self->knots[i - 1], position);
}

GstClockTime
gst_bfft_timeline_get_time (const GstBfftTimeline * self, guint64 position)
{
  return look_up (self, position, FALSE);
}

void
gst_bfft_timeline_get_span (GstBfftTimeline * self, guint64 start,
    guint64 end, GstClockTime * time, GstClockTime * duration)
{
  GstClockTime t = look_up (self, start, FALSE);

  *time = t;
  *duration = samples_to_time (self, end - start);
  if (!GST_CLOCK_TIME_IS_VALID (t))
    return;
  /* Spans tile where the stream does, though older knots may have been thinned
   * out meanwhile. */
  if (start == self->end && GST_CLOCK_TIME_IS_VALID (self->end_time)
      && (t == look_up (self, start, TRUE)
          || ABS (GST_CLOCK_DIFF (t, self->end_time)) <
          (gint64) GST_BFFT_TIMELINE_EXACT))
    t = self->end_time;
  self->end = end;
  self->end_time = MAX (look_up (self, end, TRUE), t);
  *time = t;
  *duration = self->end_time - t;
}

/* Every second one of the older half goes; the line between its neighbours is
 * straight then. */
static void
thin_out (GstBfftTimeline * self)
{
  const guint half = GST_BFFT_TIMELINE_KNOTS / 2;
  GstBfftKnot *knots = self->knots;
  guint i;

  for (i = 0; i < half; i += 2) {
    GstBfftKnot *next = &knots[i + 2];

    knots[i / 2] = knots[i];
    if (next->time > knots[i].time) {
      knots[i / 2].n = next->position - knots[i].position;
      knots[i / 2].duration = next->time - knots[i].time;
    }
  }
  memmove (knots + half / 2, knots + half, half * sizeof (*knots));
  self->n_knots -= half / 2;
}

/* How long @buffer takes: what it says itself if that is about as long as its
 * samples. */
static GstClockTime
own_duration (const GstBfftTimeline * self, GstBuffer * buffer, guint64 n)
{
  GstClockTime nominal = samples_to_time (self, n);
  GstClockTime own = GST_BUFFER_DURATION (buffer);
  GstClockTime off;

  if (!GST_CLOCK_TIME_IS_VALID (own))
    return nominal;
  off = MAX (own, nominal) - MIN (own, nominal);
  if (off < GST_BFFT_TIMELINE_EXACT || off > nominal / 16)
    return nominal;
  return own;
}

/* Where the rate says the same as the buffer, it is exact. */
static void
add_knot (GstBfftTimeline * self, GstBuffer * buffer, guint64 n)
{
  GstBfftKnot knot = {
    .position = self->position,
    .time = GST_BUFFER_PTS (buffer),
  };
  GstClockTime duration = own_duration (self, buffer, n);

  if (duration != samples_to_time (self, n)) {
    knot.n = n;
    knot.duration = duration;
  }
  if (self->n_knots == GST_BFFT_TIMELINE_KNOTS)
    thin_out (self);
  self->knots[self->n_knots++] = knot;
}

/* Buffers */

gboolean
gst_bfft_timeline_refuses (GstBfftTimeline * self, GstElement * element,
    const gchar * what)
{
  if (self->backwards && !self->told) {
    GST_ELEMENT_WARNING (element, STREAM, NOT_IMPLEMENTED, ("%s", what),
        (NULL));
    self->told = TRUE;
  }
  return self->backwards;
}

static GstBfftVerdict
follow (GstBfftTimeline * self, GstBuffer * buffer, guint64 n, GstClockTime off)
{
  self->strayed = G_MAXUINT64;
  if (off < GST_BFFT_TIMELINE_EXACT && own_duration (self, buffer,
          n) == samples_to_time (self, n))
    return GST_BFFT_VERDICT_CONTINUE;
  add_knot (self, buffer, n);
  return GST_BFFT_VERDICT_FOLLOW;
}

GstBfftVerdict
gst_bfft_timeline_judge (GstBfftTimeline * self, GstBuffer * buffer, guint64 n)
{
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  GstClockTime expected, off;

  n = MAX (n, 1);
  if (!self->open)
    return GST_BFFT_VERDICT_BEGIN;
  if (self->broken || GST_BUFFER_IS_DISCONT (buffer))
    return GST_BFFT_VERDICT_DRAIN;
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return GST_BFFT_VERDICT_CONTINUE;
  if (self->n_knots == 0)
    return follow (self, buffer, n, GST_CLOCK_TIME_NONE);

  expected = look_up (self, self->position, TRUE);
  off = MAX (pts, expected) - MIN (pts, expected);
  if (off <= GST_BFFT_TIMELINE_TOLERANCE)
    return follow (self, buffer, n, off);
  self->strayed = MIN (self->strayed, self->position);
  if (off > GST_BFFT_TIMELINE_PATIENCE || samples_to_time (self,
          self->position - self->strayed) >= GST_BFFT_TIMELINE_PATIENCE)
    return GST_BFFT_VERDICT_DRAIN;
  return GST_BFFT_VERDICT_CONTINUE;
}

void
gst_bfft_timeline_begin (GstBfftTimeline * self, guint rate,
    GstBuffer * buffer, guint64 n)
{
  self->rate = rate;
  self->position = 0;
  self->open = TRUE;
  self->broken = FALSE;
  self->strayed = G_MAXUINT64;
  self->end_time = GST_CLOCK_TIME_NONE;
  self->n_knots = 0;
  n = MAX (n, 1);
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    add_knot (self, buffer, n);
}

void
gst_bfft_timeline_learn (GstBfftTimeline * self, guint64 position,
    GstClockTime time)
{
  if (GST_CLOCK_TIME_IS_VALID (time) && self->n_knots == 0)
    self->knots[self->n_knots++] = (GstBfftKnot) {
    .position = position,.time = time,};
}
