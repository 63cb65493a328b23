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
gst_bfft_timeline_reset (GstBfftTimeline * timeline)
{
  *timeline = (GstBfftTimeline) {
  .rate = 1,.strayed = G_MAXUINT64,};
}

gboolean
gst_bfft_timeline_end (GstBfftTimeline * timeline)
{
  gboolean open = timeline->open;

  timeline->open = FALSE;
  return open;
}

void
gst_bfft_timeline_advance (GstBfftTimeline * timeline, guint64 n)
{
  timeline->position += n;
}

/* Events */

GstBfftVerdict
gst_bfft_timeline_event (GstBfftTimeline * timeline, GstEvent * event)
{
  GstBfftVerdict ended = GST_BFFT_VERDICT_DRAIN;
  const GstSegment *segment;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
      gst_event_parse_segment (event, &segment);
      timeline->backwards = segment->rate < 0;
      break;
    case GST_EVENT_EOS:
    case GST_EVENT_SEGMENT_DONE:
      break;
    case GST_EVENT_FLUSH_STOP:
      ended = GST_BFFT_VERDICT_DISCARD;
      timeline->backwards = FALSE;
      break;
    case GST_EVENT_GAP:
      /* Only a buffer tells whether the stream goes on behind it. */
      timeline->broken = TRUE;
      return GST_BFFT_VERDICT_CONTINUE;
    default:
      return GST_BFFT_VERDICT_CONTINUE;
  }
  return gst_bfft_timeline_end (timeline) ? ended : GST_BFFT_VERDICT_CONTINUE;
}

/* The line */

static GstClockTime
samples_to_time (const GstBfftTimeline * timeline, guint64 n)
{
  return gst_util_uint64_scale (n, GST_SECOND, timeline->rate);
}

static GstClockTime
time_after (const GstBfftTimeline * timeline, const GstBfftKnot * knot,
    guint64 position)
{
  guint64 n = position - knot->position;

  if (n < knot->n)
    return knot->time + gst_util_uint64_scale (n, knot->duration, knot->n);
  return knot->time + knot->duration + samples_to_time (timeline, n - knot->n);
}

static GstClockTime
time_before (const GstBfftTimeline * timeline, const GstBfftKnot * knot,
    guint64 position)
{
  GstClockTime t = samples_to_time (timeline, knot->position - position);

  return knot->time > t ? knot->time - t : 0;
}

/* Where a knot is at @position itself, @ends tells the time that was before. */
static GstClockTime
look_up (const GstBfftTimeline * timeline, guint64 position, gboolean ends)
{
  guint i = timeline->n_knots;

  if (i == 0)
    return GST_CLOCK_TIME_NONE;
  while (i > 0 && timeline->knots[i - 1].position + (ends ? 1 : 0) > position)
    i--;
  if (i == 0)
    return time_before (timeline, &timeline->knots[0], position);
  return time_after (timeline, &timeline->knots[i - 1], position);
}

GstClockTime
gst_bfft_timeline_get_time (const GstBfftTimeline * timeline, guint64 position)
{
  return look_up (timeline, position, FALSE);
}

void
gst_bfft_timeline_get_span (GstBfftTimeline * timeline, guint64 start,
    guint64 end, GstClockTime * time, GstClockTime * duration)
{
  GstClockTime t = look_up (timeline, start, FALSE);

  *time = t;
  *duration = samples_to_time (timeline, end - start);
  if (!GST_CLOCK_TIME_IS_VALID (t))
    return;
  /* Older knots may have been thinned out meanwhile. */
  if (start == timeline->end && GST_CLOCK_TIME_IS_VALID (timeline->end_time)
      && ABS (GST_CLOCK_DIFF (t, timeline->end_time)) <
      (gint64) GST_BFFT_TIMELINE_EXACT)
    t = timeline->end_time;
  timeline->end = end;
  timeline->end_time = MAX (look_up (timeline, end, TRUE), t);
  *time = t;
  *duration = timeline->end_time - t;
}

/* Every second one of the older half goes; the line between its neighbours is
 * straight then. */
static void
thin_out (GstBfftTimeline * timeline)
{
  const guint half = GST_BFFT_TIMELINE_KNOTS / 2;
  GstBfftKnot *knots = timeline->knots;
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
  timeline->n_knots -= half / 2;
}

/* How long @buffer takes: what it says itself if that is about as long as its
 * samples. */
static GstClockTime
own_duration (const GstBfftTimeline * timeline, GstBuffer * buffer, guint64 n)
{
  GstClockTime nominal = samples_to_time (timeline, n);
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
add_knot (GstBfftTimeline * timeline, GstBuffer * buffer, guint64 n)
{
  GstBfftKnot knot = {
    .position = timeline->position,
    .time = GST_BUFFER_PTS (buffer),
  };
  GstClockTime duration = own_duration (timeline, buffer, n);

  if (duration != samples_to_time (timeline, n)) {
    knot.n = n;
    knot.duration = duration;
  }
  if (timeline->n_knots == GST_BFFT_TIMELINE_KNOTS)
    thin_out (timeline);
  timeline->knots[timeline->n_knots++] = knot;
}

/* Buffers */

gboolean
gst_bfft_timeline_refuses (GstBfftTimeline * timeline, GstElement * element,
    const gchar * what)
{
  if (timeline->backwards && !timeline->told) {
    GST_ELEMENT_WARNING (element, STREAM, NOT_IMPLEMENTED, ("%s", what),
        (NULL));
    timeline->told = TRUE;
  }
  return timeline->backwards;
}

static GstBfftVerdict
follow (GstBfftTimeline * timeline, GstBuffer * buffer, guint64 n,
    GstClockTime off)
{
  timeline->strayed = G_MAXUINT64;
  if (off < GST_BFFT_TIMELINE_EXACT && own_duration (timeline, buffer,
          n) == samples_to_time (timeline, n))
    return GST_BFFT_VERDICT_CONTINUE;
  add_knot (timeline, buffer, n);
  return GST_BFFT_VERDICT_FOLLOW;
}

GstBfftVerdict
gst_bfft_timeline_judge (GstBfftTimeline * timeline, GstBuffer * buffer,
    guint64 n)
{
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  GstClockTime expected, off;

  n = MAX (n, 1);
  if (!timeline->open)
    return GST_BFFT_VERDICT_BEGIN;
  if (timeline->broken || GST_BUFFER_IS_DISCONT (buffer))
    return GST_BFFT_VERDICT_DRAIN;
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return GST_BFFT_VERDICT_CONTINUE;
  if (timeline->n_knots == 0)
    return follow (timeline, buffer, n, GST_CLOCK_TIME_NONE);

  expected = look_up (timeline, timeline->position, TRUE);
  off = MAX (pts, expected) - MIN (pts, expected);
  if (off <= GST_BFFT_TIMELINE_TOLERANCE)
    return follow (timeline, buffer, n, off);
  timeline->strayed = MIN (timeline->strayed, timeline->position);
  if (off > GST_BFFT_TIMELINE_PATIENCE || samples_to_time (timeline,
          timeline->position - timeline->strayed) >= GST_BFFT_TIMELINE_PATIENCE)
    return GST_BFFT_VERDICT_DRAIN;
  return GST_BFFT_VERDICT_CONTINUE;
}

void
gst_bfft_timeline_begin (GstBfftTimeline * timeline, guint rate,
    GstBuffer * buffer, guint64 n)
{
  timeline->rate = rate;
  timeline->position = 0;
  timeline->open = TRUE;
  timeline->broken = FALSE;
  timeline->strayed = G_MAXUINT64;
  timeline->end_time = GST_CLOCK_TIME_NONE;
  timeline->n_knots = 0;
  n = MAX (n, 1);
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    add_knot (timeline, buffer, n);
}

void
gst_bfft_timeline_learn (GstBfftTimeline * timeline, guint64 position,
    GstClockTime time)
{
  if (GST_CLOCK_TIME_IS_VALID (time) && timeline->n_knots == 0)
    timeline->knots[timeline->n_knots++] = (GstBfftKnot) {
    .position = position,.time = time,};
}
