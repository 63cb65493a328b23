/* bfft: base class of the analysers.
 *
 * An analyser looks at audio frame by frame and now and then has a result: a
 * few floats per channel. This class does all the rest: formats, layouts and
 * mixing (gstbfftframer.h), messages (gstbfftmessage.h), where they go, as
 * metas and tensors too (gstbfftoutput.h), models (gstbfftmodel.h), timestamps,
 * segments and discontinuities (gstbffttimeline.h), statistics, and changes of
 * properties while data flows.
 *
 * How an element is written
 *
 * - class_init: install the element's own properties and its framing, see
 *   gstbfftproperty.h, and set the virtual functions; init sets them to their
 *   defaults. Nothing is to be done on a change: when properties were set (all
 *   of one g_object_set() at once), this class makes a new setup from them.
 * - Everything that the streaming thread works with is in a GstBfftSetup that
 *   prepare() makes, in whatever thread changed a setting, from a
 *   GstBfftContext. The streaming thread takes it at the next buffer, without
 *   a lock, and is then the only one to use it.
 * - restart() and frame() return "until": how many more samples per channel
 *   frame() wants to arrive before it is called again. frame() looks back at
 *   gst_bfft_analyzer_get_samples() and gives what is ready to
 *   gst_bfft_analyzer_push_span().
 *
 * Which thread: get_format() and prepare() any, one at a time, without
 * GST_OBJECT_LOCK(); release() any; all others the streaming thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/audio/audio.h>
#include <gst/base/gstbasetransform.h>

#include "bfft-sidecar.h"
#include "bfft-plan.h"
#include "gstbfftframer.h"
#include "gstbfftmessage.h"
#include "gstbfftsettings.h"

G_BEGIN_DECLS

#define GST_TYPE_BFFT_ANALYZER (gst_bfft_analyzer_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstBfftAnalyzer, gst_bfft_analyzer, GST,
    BFFT_ANALYZER, GstBaseTransform)

/**
 * GstBfftFormat:
 * @n_fft: samples per transform
 * @bands: floats per channel in a frame of a result
 * @frames: frames in a result, 0 for 1
 * @turned: frames run first
 * @rows: rows of a result that compares channels, which are then analysed
 *     apart whatever multi-channel says; 0 for one per channel analysed
 * @tensor: what the result is called as a tensor
 * @fps_n: results per second, numerator
 * @fps_d: denominator, not 0; 0/1 if it has no rate
 *
 * What of an analysis others can see; filled by get_format().
 */
typedef struct
{
  guint n_fft;
  guint bands;
  guint frames;
  gboolean turned;
  guint rows;
  GQuark tensor;
  gint fps_n, fps_d;
} GstBfftFormat;

/**
 * GstBfftContext:
 * @info: format of the audio
 * @settings: the common properties
 * @channels: channels analysed: 1 when they are mixed
 * @model_n_fft: length of the model that is there, which an element takes whose
 *     n-fft was left alone; 0 without one, or if it fits any
 * @format: what get_format() gave, which has none itself
 * @variant: the network that is to run; not for get_format()
 * @network: its parameters, %NULL for the exact ones; not for get_format()
 *
 * What an analysis is made from.
 */
typedef struct
{
  GstAudioInfo info;
  GstBfftSettings settings;
  guint channels;
  guint model_n_fft;
  GstBfftFormat format;
  BfftVariant variant;
  BfftNetwork *network;
} GstBfftContext;

/**
 * GstBfftSetup:
 * @context: what it was made from (filled in after prepare())
 * @plan: the transform (owned)
 * @history: how many of the latest samples frame() can look back at
 * @latency: samples from the first of a result to when it is pushed
 * @n_mels: mel bands, for the sidecar
 *
 * All that the streaming thread works with under one group of settings. An
 * element's own struct has it as first member and comes from g_new0();
 * prepare() fills in what is not said otherwise.
 */
typedef struct _GstBfftSetup GstBfftSetup;
struct _GstBfftSetup
{
  GstBfftContext context;
  BfftPlan *plan;
  guint history;
  guint64 latency;
  guint n_mels;

  /*< private > */
  GstBfftFramer framer;
  GPtrArray *memory;            /* or NULL */
  void (*release) (GstBfftSetup * setup);
  gchar *message_name;
};

/**
 * GstBfftAnalyzerClass:
 * @name: what messages are called: the element's name
 * @debug: the element's debug category, which this class logs to, too
 * @get_format: fills @format from the element's properties and @context, or
 *     refuses what is impossible: returns FALSE and sets @error, to one of
 *     GStreamer's domains and a sentence that names the property and what to
 *     do. Called often (caps queries), so it should be cheap.
 * @prepare: makes a setup, or returns %NULL and sets @error.
 * @release: optional: frees what the element has put into its setup, but not
 *     @plan, GST_BFFT_SETUP_NEW() and the struct; also of setups that were never
 *     used.
 * @carry_on: @setup follows @old without a break if it can: takes over where
 *     @old stands (sums, counters) and returns TRUE. @history and channels are
 *     the same. Optional; without it framing restarts with each setup.
 * @restart: the next sample is the first of a new piece of the stream:
 *     position 0, a history of zeros. Returns "until".
 * @frame: "until" samples have arrived. Returns the next "until", which may
 *     be 0 only once in a row.
 * @take_buffer: optional: sees each buffer before its samples. Gets and
 *     returns "until".
 * @drain: optional: a piece has ended, with the stream or before: pushes what
 *     is promised then.
 * @end_empty: optional: the stream has ended and had no result; its longest
 *     piece was of @samples per channel.
 * @describe: adds the latest result's own fields to a message.
 * @plot: optional: adds the latest result to the sidecar.
 */
struct _GstBfftAnalyzerClass
{
  GstBaseTransformClass parent_class;

  const gchar *name;
  GstDebugCategory *debug;
  gboolean (*get_format) (GstBfftAnalyzer * self,
      const GstBfftContext * context, GstBfftFormat * format, GError ** error);
  GstBfftSetup *(*prepare) (GstBfftAnalyzer * self,
      const GstBfftContext * context, GError ** error);
  void (*release) (GstBfftSetup * setup);
  gboolean (*carry_on) (GstBfftSetup * setup, GstBfftSetup * old);
  guint64 (*restart) (GstBfftAnalyzer * self, GstBfftSetup * setup);
  guint64 (*frame) (GstBfftAnalyzer * self, GstBfftSetup * setup);
  guint64 (*take_buffer) (GstBfftAnalyzer * self, GstBfftSetup * setup,
      GstBuffer * buffer, guint64 until);
  void (*drain) (GstBfftAnalyzer * self, GstBfftSetup * setup);
  void (*end_empty) (GstBfftAnalyzer * self, GstBfftSetup * setup,
      guint64 samples);
  void (*describe) (GstBfftAnalyzer * self, GstBfftSetup * setup,
      GstStructure * structure);
  void (*plot) (GstBfftAnalyzer * self, GstBfftSetup * setup,
      BfftSidecarModel * model);
};

/* For class_init and init: GST_BFFT_FRAMING(). */
void gst_bfft_analyzer_class_install_framing (GstBfftAnalyzerClass * klass,
    const GstBfftProperty * rows);
void gst_bfft_analyzer_init_framing (GstBfftAnalyzer * self,
    const GstBfftProperty * rows);

/* Of the results that come now; 0 if none do. */
guint gst_bfft_analyzer_get_bands (GstBfftAnalyzer * self);

/* FALSE while whoever makes the object sets properties. */
gboolean gst_bfft_analyzer_is_constructed (GstBfftAnalyzer * self);

/* For prepare(): the plan for @context. @window is [n_fft], or NULL for the
 * window property's, periodic. @first_bin and @n_bins as in BfftPlanSpec. */
BfftPlan *gst_bfft_context_make_plan (const GstBfftContext * context,
    const gfloat * window, guint first_bin, guint n_bins, GError ** error);

/* For prepare(): @n zeros of @type that are freed with @setup, whose first member
 * is the parent. Never NULL. */
#define GST_BFFT_SETUP_NEW(setup, type, n) \
    ((type *) gst_bfft_setup_alloc (&(setup)->parent, n, sizeof (type)))
gpointer gst_bfft_setup_alloc (GstBfftSetup * setup, gsize n, gsize size);

/* For prepare(): see gst_bfft_handover_warn(). */
void gst_bfft_analyzer_warn (GstBfftAnalyzer * self, gchar * text);

/* Floats per channel in a result. */
static inline guint
gst_bfft_format_size (const GstBfftFormat * format)
{
  return format->bands * MAX (format->frames, 1);
}

/* Rows of a result of @channels. */
static inline guint
gst_bfft_format_rows (const GstBfftFormat * format, guint channels)
{
  return format->rows ? format->rows : channels;
}

/* The latest @n samples (at most setup->history) of @channel, oldest first.
 * Before the start of the sequence there are zeros. Valid until the function
 * that asked returns. */
const gfloat *gst_bfft_analyzer_get_samples (GstBfftSetup * setup,
    guint channel, guint n);

/* Samples per channel since the piece began. */
guint64 gst_bfft_analyzer_get_position (GstBfftAnalyzer * self);

/* Timestamp of the sample at @position, GST_CLOCK_TIME_NONE if the stream has
 * no timestamps. */
GstClockTime gst_bfft_analyzer_get_time (GstBfftAnalyzer * self,
    guint64 position);

/* Counts @n transforms in the statistics. */
void gst_bfft_analyzer_count_frames (GstBfftAnalyzer * self, guint n);

/* A result of the samples from @start up to before @end: message, meta and
 * tensor, whichever are wanted. @values are [channels][frames][bands], copied.
 * describe() is called for the fields. */
void gst_bfft_analyzer_push_span (GstBfftAnalyzer * self,
    const gfloat * values, guint64 start, guint64 end);

/* The same, for who knows its times better. */
void gst_bfft_analyzer_push_result (GstBfftAnalyzer * self,
    const gfloat * values, GstClockTime timestamp, GstClockTime duration);

G_END_DECLS
