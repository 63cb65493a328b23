/* bfft: the element bfftscope.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-bfftscope
 * @title: bfftscope
 * @short_description: shows a spectrum live: waterfall, curve or bands
 *
 * Sound goes in, video comes out: frequencies along the bottom, levels as
 * colours or heights, where 0 dB is a full-scale sine. A picture shows the sound
 * around the middle of its time. Players offer it as a visualization:
 * `playbin vis-plugin=bfftscope flags=+vis`.
 *
 * ## Example launch line
 *
 * |[
 * gst-launch-1.0 autoaudiosrc ! audioconvert ! bfftscope ! videoconvert ! autovideosink
 * ]|
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftscope.h"

#include <string.h>

#include "bfft-denormals.h"
#include "bfft-plan.h"
#include "bfft-scope.h"
#include "bfft-window.h"
#include "gstbfftaudio.h"
#include "gstbfftenums.h"
#include "gstbffterror.h"
#include "gstbfftframer.h"
#include "gstbffthandover.h"
#include "gstbfftproperty.h"
#include "gstbffttimeline.h"

/* Pixels are guint32 0x00RRGGBB. */
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define PIXELS "BGRx"
#else
#define PIXELS "xRGB"
#endif
#define VIDEO_CAPS "video/x-raw, format=(string)" PIXELS
#define ANY_RATE "framerate=(fraction)[ 1/1000, 1000/1 ]"
#define HD "width=(int)1280, height=(int)720"

GST_DEBUG_CATEGORY_STATIC (bfftscope_debug);
#define GST_CAT_DEFAULT bfftscope_debug

/* All that depends on caps, settings and models. */
typedef struct
{
  GstAudioInfo audio;
  GstVideoInfo video;
  BfftPlan *plan;
  BfftScope *scope;
  guint n_fft;
  gfloat *power;                /* [n_fft / 2 + 1], of the latest frame */
  GstBfftFramer framer;         /* the latest n_fft samples */
} Setup;

struct _GstBfftScope
{
  GstAudioVisualizer parent;
  GstBfftHandover handover;     /* makes setups */

  GstPad *sinkpad;              /* the base class's */
  GstPadChainFunction chain;    /* its functions */
  GstPadEventFunction event;
  GstPadQueryFunction query;

  /* GST_OBJECT_LOCK */
  BfftScopeOptions options;
  guint n_fft;                  /* 0: the model's, or of the rate */
  guint variant;
  GstVideoInfo video;
  GstClockTime latency;         /* added to that of the base class */

  /* the streaming thread's */
  Setup *setup;                 /* NULL without caps */
  GstBfftTimeline timeline;
  gboolean timed;               /* the segment is in time */
  gboolean backwards;           /* the stream plays */
  guint64 origin;               /* position of frame 0 */
  guint64 frame;                /* the next one */
  gboolean unseen;              /* power is not in the scope yet */
  GstMemory *sample;            /* what the base class gets for a frame */
};

static GstStaticPadTemplate sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_BFFT_AUDIO_CAPS));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (
        /* where downstream takes anything */
        VIDEO_CAPS ", " HD ", framerate=(fraction)30/1; "
        VIDEO_CAPS ", " HD ", " ANY_RATE "; "
        VIDEO_CAPS ", width=(int)[ 1, 32767 ], height=(int)[ 1, 32767 ], "
        ANY_RATE));

#define gst_bfft_scope_parent_class parent_class
G_DEFINE_FINAL_TYPE (GstBfftScope, gst_bfft_scope, GST_TYPE_AUDIO_VISUALIZER);
GST_ELEMENT_REGISTER_DEFINE (bfftscope, "bfftscope", GST_RANK_NONE,
    GST_TYPE_BFFT_SCOPE);

/* ---- setups ---- */

static void
free_setup (gpointer data)
{
  Setup *setup = data;

  bfft_plan_free (setup->plan);
  bfft_scope_free (setup->scope);
  gst_bfft_framer_clear (&setup->framer);
  g_free (setup->power);
  g_free (setup);
}

/* Without a model's: the power of two that is nearest to 1/12 s, 4096 samples at
 * 44.1 and 48 kHz. */
static guint
choose_n_fft (GstElement * element, const GstAudioInfo * info)
{
  GstBfftScope *self = GST_BFFT_SCOPE (element);
  guint n_fft;

  GST_OBJECT_LOCK (self);
  n_fft = self->n_fft;
  GST_OBJECT_UNLOCK (self);
  if (n_fft == 0)
    n_fft = gst_bfft_handover_get_model_n_fft (&self->handover, FALSE);
  if (n_fft > 0)
    return n_fft;
  for (n_fft = 64; n_fft < BFFT_MAX_N && 17 * n_fft < (guint) info->rate;)
    n_fft *= 2;
  return n_fft;
}

static BfftScope *
make_scope (GstBfftScope * self, Setup * setup, const gfloat * window,
    GError ** error)
{
  BfftScopeSpec spec = {.rate = setup->audio.rate,.window = window,
    .n_fft = setup->n_fft
  };

  GST_OBJECT_LOCK (self);
  setup->video = self->video;
  spec.options = self->options;
  GST_OBJECT_UNLOCK (self);
  spec.width = setup->video.width;
  spec.height = setup->video.height;
  spec.fps = (gdouble) setup->video.fps_n / setup->video.fps_d;
  return bfft_scope_new (&spec, error);
}

static gboolean
fill_setup (GstBfftScope * self, Setup * setup, GError ** error)
{
  g_autofree gfloat *window = g_new (gfloat, setup->n_fft);
  g_autoptr (BfftNetwork) network = NULL;
  BfftPlanSpec spec = {.n_fft = setup->n_fft,.rate = setup->audio.rate,
    .window = window
  };

  if (!gst_bfft_handover_pick_network (&self->handover, setup->n_fft,
          &network, error))
    return FALSE;
  GST_OBJECT_LOCK (self);
  spec.variant = self->variant;
  GST_OBJECT_UNLOCK (self);
  spec.variant = gst_bfft_handover_pick_variant (spec.variant, network);
  spec.network = network;
  bfft_window_fill (BFFT_WINDOW_BLACKMAN_HARRIS, TRUE, window, setup->n_fft);
  setup->plan = bfft_plan_new (&spec, error);
  if (setup->plan == NULL)
    return FALSE;
  gst_bfft_handover_warn_of_variant (&self->handover, spec.variant, network,
      setup->n_fft, setup->plan);
  setup->scope = make_scope (self, setup, window, error);
  return setup->scope != NULL;
}

/* The base class counts the bytes of a second with an int. */
static gboolean
check_bytes (const GstAudioInfo * info, GError ** error)
{
  if (info->rate <= G_MAXINT / info->bpf)
    return TRUE;
  g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "%d Hz with %d bytes a sample are more than bfftscope can show: at most "
      "%d Hz; put audioresample in front", info->rate, info->bpf,
      G_MAXINT / info->bpf);
  return FALSE;
}

static gpointer
make_setup (GstElement * element, const GstAudioInfo * info, guint * n_fft,
    GError ** error)
{
  Setup *setup;

  *n_fft = choose_n_fft (element, info);
  if (!gst_bfft_check_channels (info->channels, *n_fft, error)
      || !check_bytes (info, error))
    return NULL;
  setup = g_new0 (Setup, 1);
  setup->audio = *info;
  setup->n_fft = *n_fft;
  setup->power = g_new0 (gfloat, *n_fft / 2 + 1);
  gst_bfft_framer_init (&setup->framer, info, 1, *n_fft, BFFT_EXECUTION_AUTO);
  if (!fill_setup (GST_BFFT_SCOPE (element), setup, error))
    g_clear_pointer (&setup, free_setup);
  return setup;
}

static void
adopt_setup (GstElement * element, gpointer new_setup, gpointer old_setup,
    gboolean fresh)
{
  GstBfftScope *self = GST_BFFT_SCOPE (element);
  Setup *setup = new_setup, *old = old_setup;

  self->setup = setup;
  if (old && !fresh) {
    guint n = MIN (old->n_fft, setup->n_fft);

    memcpy ((gfloat *) gst_bfft_framer_get (&setup->framer, 0, n),
        gst_bfft_framer_get (&old->framer, 0, n), n * sizeof (gfloat));
  }
  if (old)
    bfft_scope_carry_on (setup->scope, old->scope);
  self->unseen &= old && old->n_fft == setup->n_fft;
  if (self->unseen)
    memcpy (setup->power, old->power, (setup->n_fft / 2 + 1) * sizeof (gfloat));
  gst_bfft_set_latency (self, &self->latency,
      gst_util_uint64_scale_ceil (setup->n_fft, GST_SECOND,
          2 * (guint64) setup->audio.rate));
  GST_INFO_OBJECT (self, "n-fft %u: %s", setup->n_fft,
      bfft_plan_describe (setup->plan));
}

static const GstBfftHandoverFuncs handover_funcs = {
  make_setup, adopt_setup, free_setup, choose_n_fft
};

/* ---- frames ---- */

static guint64
frame_position (const GstBfftScope * self, guint64 halves)
{
  const GstVideoInfo *video = &self->setup->video;

  return self->origin + gst_util_uint64_scale (halves,
      (guint64) self->setup->audio.rate * video->fps_d,
      2 * (guint64) video->fps_n);
}

/* Where the frame that is analysed for the next picture ends: its middle is
 * that of the picture's time. */
static guint64
due (const GstBfftScope * self)
{
  return frame_position (self, 2 * self->frame + 1) +
      (self->setup->n_fft + 1) / 2;
}

static void
analyse (GstBfftScope * self)
{
  Setup *setup = self->setup;
  guint64 mode = bfft_denormals_flush ();

  bfft_plan_power (setup->plan, gst_bfft_framer_get (&setup->framer, 0,
          setup->n_fft), setup->power);
  bfft_denormals_restore (mode);
  self->unseen = TRUE;
}

static void
show (GstBfftScope * self)
{
  if (self->unseen)
    bfft_scope_push (self->setup->scope, self->setup->power);
  self->unseen = FALSE;
}

/* The base class makes a picture of each buffer that is one sample and says
 * that it follows nothing; of anything else it makes pictures that overlap. */
static GstFlowReturn
push_frame (GstBfftScope * self)
{
  guint64 start = frame_position (self, 2 * self->frame);
  GstBuffer *buffer = gst_buffer_new ();
  GstFlowReturn flow;

  analyse (self);
  gst_buffer_append_memory (buffer, gst_memory_ref (self->sample));
  if (self->timed)
    GST_BUFFER_PTS (buffer) =
        gst_bfft_timeline_get_time (&self->timeline, start);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->frame++;
  flow = self->chain (self->sinkpad, GST_OBJECT (self), buffer);
  /* also one that came too late to be drawn */
  show (self);
  return flow;
}

static gboolean
gst_bfft_scope_render (GstAudioVisualizer * visualizer, GstBuffer * audio,
    GstVideoFrame * video)
{
  GstBfftScope *self = GST_BFFT_SCOPE (visualizer);

  show (self);
  bfft_scope_draw (self->setup->scope,
      GST_VIDEO_FRAME_PLANE_DATA (video, 0),
      GST_VIDEO_FRAME_PLANE_STRIDE (video, 0) / sizeof (guint32));
  return TRUE;
}

/* ---- samples ---- */

/* @planes may be NULL for silence. */
static GstFlowReturn
take_samples (GstBfftScope * self, gpointer * planes, guint64 n)
{
  GstFlowReturn flow = GST_FLOW_OK;
  guint64 done = 0;

  while (flow == GST_FLOW_OK) {
    guint64 position = self->timeline.position, end = due (self), chunk;

    /* late after a change of n-fft */
    chunk = MIN (n - done, end > position ? end - position : 0);
    gst_bfft_framer_append (&self->setup->framer, planes, done, chunk);
    gst_bfft_timeline_advance (&self->timeline, chunk);
    done += chunk;
    if (self->timeline.position < end)
      break;
    flow = push_frame (self);
  }
  return flow;
}

/* The pictures whose time begins before the piece ends. */
static GstFlowReturn
drain (GstBfftScope * self)
{
  guint64 end = self->timeline.position;
  GstFlowReturn flow = GST_FLOW_OK;

  while (flow == GST_FLOW_OK && frame_position (self, 2 * self->frame) < end) {
    guint64 position = self->timeline.position, next = due (self);

    flow = take_samples (self, NULL, next > position ? next - position : 0);
  }
  return flow;
}

static GstFlowReturn
take_buffer (GstBfftScope * self, GstBuffer * buffer,
    const GstBfftAudio * audio)
{
  GstBfftVerdict verdict = gst_bfft_timeline_judge (&self->timeline, buffer,
      audio->n);
  GstFlowReturn flow = GST_FLOW_OK;

  if (verdict == GST_BFFT_VERDICT_DRAIN)
    flow = drain (self);
  if (verdict == GST_BFFT_VERDICT_DRAIN || verdict == GST_BFFT_VERDICT_BEGIN) {
    gst_bfft_timeline_begin (&self->timeline, self->setup->audio.rate, buffer,
        audio->n);
    gst_bfft_framer_reset (&self->setup->framer);
    self->origin = self->frame = 0;
  }
  if (flow == GST_FLOW_OK)
    flow = take_samples (self, audio->planes, audio->n);
  /* Sound that is played backwards is shown buffer by buffer. */
  if (self->backwards && flow == GST_FLOW_OK)
    flow = drain (self);
  if (self->backwards)
    gst_bfft_timeline_end (&self->timeline);
  return flow;
}

static GstFlowReturn
gst_bfft_scope_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstBfftScope *self = GST_BFFT_SCOPE (parent);
  GstFlowReturn flow = GST_FLOW_NOT_NEGOTIATED;
  GstBfftAudio audio;

  if (self->setup) {
    gst_bfft_handover_adopt (&self->handover);
    flow = GST_FLOW_ERROR;
    if (gst_bfft_audio_open (&audio, &self->setup->audio, buffer,
            GST_ELEMENT (self))) {
      flow = take_buffer (self, buffer, &audio);
      gst_bfft_audio_close (&audio);
    }
  }
  gst_buffer_unref (buffer);
  return flow;
}

/* ---- the stream ---- */

/* The base class has new caps on either side. */
static gboolean
gst_bfft_scope_setup (GstAudioVisualizer * visualizer)
{
  GstBfftScope *self = GST_BFFT_SCOPE (visualizer);
  const GstVideoInfo *video = &visualizer->vinfo;
  gint fps_n = self->setup ? self->setup->video.fps_n : 0;
  gint fps_d = self->setup ? self->setup->video.fps_d : 0;
  guint64 start = self->setup ? frame_position (self, 2 * self->frame) : 0;

  visualizer->req_spf = 1;
  GST_OBJECT_LOCK (self);
  self->video = *video;
  GST_OBJECT_UNLOCK (self);
  if (!gst_bfft_handover_configure (&self->handover, &visualizer->ainfo)) {
    self->setup = NULL;
    return FALSE;
  }
  if (!gst_video_info_is_equal (&self->setup->video, video)) {
    gst_bfft_handover_update (&self->handover, FALSE);
    gst_bfft_handover_adopt (&self->handover);
  }
  /* pictures of another rate go on where those before ended */
  if (video->fps_n != fps_n || video->fps_d != fps_d) {
    self->origin = start;
    self->frame = 0;
  }
  g_clear_pointer (&self->sample, gst_memory_unref);
  self->sample = gst_allocator_alloc (NULL, visualizer->ainfo.bpf, NULL);
  return gst_video_info_is_equal (&self->setup->video, video);
}

/* What a piece owes comes before the event that ends it. */
static void
notice (GstBfftScope * self, GstEvent * event)
{
  gboolean ends = gst_bfft_timeline_event (&self->timeline,
      event) == GST_BFFT_VERDICT_DRAIN;
  const GstSegment *segment;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    GST_DEBUG_OBJECT (self, "caps %" GST_PTR_FORMAT, caps);
  }
  if (self->setup && (GST_EVENT_TYPE (event) == GST_EVENT_GAP
          || gst_bfft_audio_event_changes (&self->setup->audio, event)))
    ends = gst_bfft_timeline_end (&self->timeline);
  if (ends && self->setup)
    drain (self);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
    gst_event_parse_segment (event, &segment);
    self->backwards = segment->rate < 0;
    self->timed = segment->format == GST_FORMAT_TIME;
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    self->backwards = self->timed = FALSE;
  }
}

static gboolean
gst_bfft_scope_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstBfftScope *self = GST_BFFT_SCOPE (parent);
  gboolean taken = gst_bfft_handover_event (&self->handover, event);

  /* FLUSH_START comes while the streaming thread works. */
  if (GST_EVENT_IS_SERIALIZED (event))
    notice (self, event);
  return self->event (pad, parent, event) || taken;
}

static gboolean
gst_bfft_scope_src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstBfftScope *self = GST_BFFT_SCOPE (parent);

  return self->query (pad, parent, query)
      && gst_bfft_add_latency (self, GST_PAD_SRC, query, &self->latency);
}

static gboolean
start (GstBfftScope * self)
{
  GError *error = NULL;

  gst_bfft_timeline_reset (&self->timeline);
  self->backwards = self->timed = self->unseen = FALSE;
  if (gst_bfft_handover_start (&self->handover, &error))
    return TRUE;
  gst_bfft_post (self, GST_MESSAGE_ERROR, error);
  gst_bfft_handover_stop (&self->handover);
  return FALSE;
}

static GstStateChangeReturn
gst_bfft_scope_change_state (GstElement * element, GstStateChange transition)
{
  GstBfftScope *self = GST_BFFT_SCOPE (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  result = GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    gst_bfft_handover_stop (&self->handover);
    self->setup = NULL;
    g_clear_pointer (&self->sample, gst_memory_unref);
    gst_bfft_set_latency (self, &self->latency, 0);
  }
  return result;
}

/* ---- properties ---- */

/* *INDENT-OFF* */
static GST_BFFT_DEFINE_ENUM (GstBfftScopeStyle, gst_bfft_scope_style,
  {BFFT_SCOPE_WATERFALL, "Colours that flow down", "waterfall"},
  {BFFT_SCOPE_SPECTRUM, "A curve", "spectrum"},
  {BFFT_SCOPE_BANDS, "Bars: third octaves, or 32 of equal width", "bands"})

static GST_BFFT_DEFINE_ENUM (GstBfftScopeScale, gst_bfft_scope_scale,
  {BFFT_AXIS_LOG, "Octaves are equally wide", "log"},
  {BFFT_AXIS_LINEAR, "Hz are equally wide", "linear"},
  {BFFT_AXIS_MEL, "Mels are equally wide", "mel"})

static GST_BFFT_DEFINE_ENUM (GstBfftScopePalette, gst_bfft_scope_palette,
  {BFFT_PALETTE_INFERNO, "Black, violet, orange, yellow", "inferno"},
  {BFFT_PALETTE_MAGMA, "Black, violet, pink, white", "magma"},
  {BFFT_PALETTE_VIRIDIS, "Violet, green, yellow", "viridis"},
  {BFFT_PALETTE_ICE, "Black, blue, white", "ice"},
  {BFFT_PALETTE_GRAY, "Black to white", "gray"})

static const GstBfftProperty properties[] = {
  GST_BFFT_ENUM (GstBfftScope, options.style, "style",
      gst_bfft_scope_style_get_type, BFFT_SCOPE_WATERFALL, GST_BFFT_PLAYING,
      "What is drawn"),
  GST_BFFT_ENUM (GstBfftScope, options.scale, "scale",
      gst_bfft_scope_scale_get_type, BFFT_AXIS_LOG, GST_BFFT_PLAYING,
      "Scale of frequencies"),
  GST_BFFT_DOUBLE (GstBfftScope, options.min, "min-frequency", 0, G_MAXINT, 0,
      GST_BFFT_PLAYING,
      "Lowest frequency in Hz; 0 on a logarithmic scale means 20 Hz"),
  GST_BFFT_DOUBLE (GstBfftScope, options.max, "max-frequency", -G_MAXINT,
      G_MAXINT, 0, GST_BFFT_PLAYING,
      "Highest frequency in Hz; up to 0: so far below half the sample rate"),
  GST_BFFT_DOUBLE (GstBfftScope, options.range, "range", 1, 300, 80,
      GST_BFFT_PLAYING, "Levels that are shown, in dB below reference"),
  GST_BFFT_DOUBLE (GstBfftScope, options.reference, "reference", -300, 300, 0,
      GST_BFFT_PLAYING,
      "Highest level that is shown, in dB; a full-scale sine has 0 dB"),
  GST_BFFT_ENUM (GstBfftScope, options.palette, "palette",
      gst_bfft_scope_palette_get_type, BFFT_PALETTE_INFERNO,
      GST_BFFT_PLAYING, "Colours of levels, from low to high"),
  GST_BFFT_BOOLEAN (GstBfftScope, options.hold, "peak-hold", TRUE,
      GST_BFFT_PLAYING,
      "Draw where curves and bars were for the last 1.5 s"),
  GST_BFFT_BOOLEAN (GstBfftScope, options.grid, "grid", TRUE,
      GST_BFFT_PLAYING, "Draw axes with units"),
  GST_BFFT_UINT (GstBfftScope, n_fft, "n-fft", 0, BFFT_MAX_N, 0,
      GST_BFFT_PLAYING,
      "Samples per frame; 0 for the model's, or about 1/12 s without one"),
  GST_BFFT_ENUM (GstBfftScope, variant, "variant", gst_bfft_variant_get_type,
      GST_BFFT_VARIANT_AUTO, GST_BFFT_PLAYING,
      "Which network transforms the frames"),
  GST_BFFT_MODEL_ROWS (GstBfftScope, handover,
      "Weights file (safetensors) of the network",
      "Take the models that bffttrain sends downstream"),
  {.name = NULL}
};
/* *INDENT-ON* */

static void
gst_bfft_scope_set_property (GObject * object, guint id,
    const GValue * value, GParamSpec * pspec)
{
  GstBfftScope *self = GST_BFFT_SCOPE (object);
  gboolean changed = gst_bfft_properties_set (object, value, pspec);

  if (g_str_equal (pspec->name, "model-location"))
    gst_bfft_handover_update (&self->handover, TRUE);
  else if (changed)
    gst_bfft_handover_update (&self->handover, FALSE);
}

static void
gst_bfft_scope_finalize (GObject * object)
{
  GstBfftScope *self = GST_BFFT_SCOPE (object);

  gst_bfft_handover_clear (&self->handover);
  gst_bfft_properties_clear (self, properties, 0);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_bfft_scope_class_init (GstBfftScopeClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstAudioVisualizerClass *visualizer_class =
      GST_AUDIO_VISUALIZER_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (bfftscope_debug, "bfftscope", 0, "live spectra");
  G_OBJECT_CLASS (klass)->finalize = gst_bfft_scope_finalize;
  gst_bfft_properties_install (G_OBJECT_CLASS (klass), properties, 1, 0, NULL);
  G_OBJECT_CLASS (klass)->set_property = gst_bfft_scope_set_property;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "Butterfly FFT scope", "Visualization",
      "Shows a spectrum live: waterfall, curve or bands", "bfft");
  element_class->change_state = GST_DEBUG_FUNCPTR (gst_bfft_scope_change_state);
  visualizer_class->setup = GST_DEBUG_FUNCPTR (gst_bfft_scope_setup);
  visualizer_class->render = GST_DEBUG_FUNCPTR (gst_bfft_scope_render);
}

static void
gst_bfft_scope_init (GstBfftScope * self)
{
  GstPad *src = gst_element_get_static_pad (GST_ELEMENT (self), "src");
  GstPad *sink = gst_element_get_static_pad (GST_ELEMENT (self), "sink");

  self->sinkpad = sink;
  self->chain = GST_PAD_CHAINFUNC (sink);
  self->event = GST_PAD_EVENTFUNC (sink);
  self->query = GST_PAD_QUERYFUNC (src);
  gst_pad_set_chain_function (sink, GST_DEBUG_FUNCPTR (gst_bfft_scope_chain));
  gst_pad_set_event_function (sink,
      GST_DEBUG_FUNCPTR (gst_bfft_scope_sink_event));
  gst_pad_set_query_function (src,
      GST_DEBUG_FUNCPTR (gst_bfft_scope_src_query));
  gst_object_unref (src);
  gst_object_unref (sink);      /* the element has it */
  gst_bfft_handover_init (&self->handover, GST_ELEMENT (self), &handover_funcs);
  gst_bfft_properties_init (self, properties, 0);
  gst_util_set_object_arg (G_OBJECT (self), "shader", "none");
}
