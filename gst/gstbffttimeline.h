/* bfft: which moment of the stream a sample belongs to.
 *
 * A timeline counts the samples of a piece, a stretch of the stream without a
 * break, and gives each the time that the stream's own timestamps say. Sources
 * whose clock is not their sample count are followed from buffer to buffer;
 * where the timestamps leave the samples behind, the piece ends.
 *
 * For each buffer that is not refused: gst_bfft_timeline_judge(); on DRAIN deliver what the piece
 * owes; on DRAIN and BEGIN start anew with gst_bfft_timeline_begin(); then
 * gst_bfft_timeline_advance() as samples are taken. For each event:
 * gst_bfft_timeline_event(). One thread at a time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A deviation below this is rounding; above TOLERANCE it is a break once it
 * has lasted PATIENCE, or at once when it is larger than that itself. */
#define GST_BFFT_TIMELINE_EXACT GST_USECOND
#define GST_BFFT_TIMELINE_TOLERANCE (40 * GST_MSECOND)
#define GST_BFFT_TIMELINE_PATIENCE GST_SECOND

/**
 * GstBfftVerdict:
 * @GST_BFFT_VERDICT_CONTINUE: what comes next follows what was before
 * @GST_BFFT_VERDICT_FOLLOW: the same, and times were corrected
 * @GST_BFFT_VERDICT_DRAIN: the piece ends here
 * @GST_BFFT_VERDICT_BEGIN: (buffers) there is no piece: begin one
 * @GST_BFFT_VERDICT_DISCARD: (events) the piece ends, nobody wants what it owes
 */
typedef enum
{
  GST_BFFT_VERDICT_CONTINUE,
  GST_BFFT_VERDICT_FOLLOW,
  GST_BFFT_VERDICT_DRAIN,
  GST_BFFT_VERDICT_BEGIN,
  GST_BFFT_VERDICT_DISCARD,
} GstBfftVerdict;

/* From @position on, @n samples take @duration ns, and others what the rate
 * says. */
typedef struct
{
  guint64 position;
  GstClockTime time;
  guint64 n;
  GstClockTime duration;
} GstBfftKnot;

#define GST_BFFT_TIMELINE_KNOTS 256

/**
 * GstBfftTimeline:
 * @position: samples per channel since the piece began
 * @open: there is a piece
 * @broken: the next buffer begins another one
 */
typedef struct
{
  guint64 position;
  gboolean open;
  gboolean broken;

  /*< private > */
  guint rate;
  gboolean backwards;
  gboolean told;                /* of that */
  guint64 strayed;              /* where timestamps began to stray, or NONE */
  guint64 end;                  /* of the latest span */
  GstClockTime end_time;
  guint n_knots;                /* none while no timestamp has come */
  GstBfftKnot knots[GST_BFFT_TIMELINE_KNOTS];
} GstBfftTimeline;

/* Another stream: no piece. */
void gst_bfft_timeline_reset (GstBfftTimeline * self);

/* What @event means: CONTINUE, DRAIN or DISCARD; the last two only while a
 * piece is open, which ends with this. A caps event is the caller's business,
 * who calls gst_bfft_timeline_end() where caps change. */
GstBfftVerdict gst_bfft_timeline_event (GstBfftTimeline * self,
    GstEvent * event);

/* Whether the stream plays backwards, so that there is no order to follow.
 * @what does not work then is a warning of @element, once. */
gboolean gst_bfft_timeline_refuses (GstBfftTimeline * self,
    GstElement * element, const gchar * what);

/* What @buffer of @n samples per channel means; all but DISCARD. */
GstBfftVerdict gst_bfft_timeline_judge (GstBfftTimeline * self,
    GstBuffer * buffer, guint64 n);

/* A piece of @rate samples per second begins with the first of the @n of
 * @buffer, which may have no timestamp: the next that has one tells for all. */
void gst_bfft_timeline_begin (GstBfftTimeline * self, guint rate,
    GstBuffer * buffer, guint64 n);

/* The sample at @position is at @time; for a piece that has no times yet.
 * Without a @time that stays so. */
void gst_bfft_timeline_learn (GstBfftTimeline * self, guint64 position,
    GstClockTime time);

/* @n samples were taken. */
void gst_bfft_timeline_advance (GstBfftTimeline * self, guint64 n);

/* The piece is over. Returns: whether there was one. */
gboolean gst_bfft_timeline_end (GstBfftTimeline * self);

/* The time of the sample at @position of the piece, which may lie ahead;
 * GST_CLOCK_TIME_NONE while the stream had no timestamps. */
GstClockTime gst_bfft_timeline_get_time (const GstBfftTimeline * self,
    guint64 position);

/* The time of the samples from @start up to before @end, and how long they
 * take. Spans that follow one another fit together where the stream does.
 * Without timestamps the rate tells how long. */
void gst_bfft_timeline_get_span (GstBfftTimeline * self, guint64 start,
    guint64 end, GstClockTime * time, GstClockTime * duration);

G_END_DECLS
