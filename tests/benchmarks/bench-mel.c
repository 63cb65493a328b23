/* bfft: what a frame of bfftmel costs.
 *
 *   bench-mel SAMPLES [ROUNDS]
 *
 * SAMPLES is a file of float32, mono, 16 kHz. n-fft 512, window 400, hop 160,
 * 80 bands, log10. CPU time of the thread; the least of ROUNDS.
 *
 *   element: buffers of 1024 samples into bfftmel's sink pad, tensors out of
 *            its source pad, which are dropped
 *            and with the properties that its name has
 *   kernel:  bfft_logmel_run() and bfft_features_push() alone, on the same
 *            frames
 *   bands:   its last steps alone: bands and logarithm
 *
 * Prints one JSON object, microseconds per frame; bench-mel.py compares with
 * torchaudio.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/audio/audio.h>
#include <string.h>
#include <time.h>

#include "bench-plugin.h"
#include "bfft-features.h"
#include "bfft-logmel.h"

#define RATE 16000
#define N_FFT 512
#define WIN_LENGTH 400
#define HOP 160
#define N_MELS 80
#define N_MFCC 13
#define BLOCK 1024

typedef struct
{
  gfloat *samples;
  gsize n;
  guint64 frames;
} Sound;

static gdouble
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static GstFlowReturn
drop_buffer (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  *(guint64 *) GST_PAD_ELEMENT_PRIVATE (pad) += gst_buffer_get_size (buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
drop_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  gst_event_unref (event);
  return TRUE;
}

static gboolean
answer (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstCaps *caps;

  if (GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS) {
    gst_query_set_accept_caps_result (query, TRUE);
    return TRUE;
  }
  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    return FALSE;
  caps = gst_caps_from_string ("other/tensors, format=(string)static");
  gst_query_set_caps_result (query, caps);
  gst_caps_unref (caps);
  return TRUE;
}

static void
start_stream (GstPad * source)
{
  GstAudioInfo info;
  GstSegment segment;
  GstCaps *caps;

  gst_audio_info_init (&info);
  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_F32, RATE, 1, NULL);
  caps = gst_audio_info_to_caps (&info);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (source, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (source, gst_event_new_caps (caps));
  gst_pad_push_event (source, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
}

static GPtrArray *
make_buffers (const Sound * sound)
{
  GPtrArray *buffers = g_ptr_array_new_with_free_func (
      (GDestroyNotify) gst_buffer_unref);
  gsize i;

  for (i = 0; i < sound->n; i += BLOCK) {
    gsize n = MIN (BLOCK, sound->n - i);
    GstBuffer *buffer = gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY,
        sound->samples + i, n * sizeof (gfloat), 0, n * sizeof (gfloat), NULL,
        NULL);

    GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (i, GST_SECOND, RATE);
    GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (n, GST_SECOND, RATE);
    g_ptr_array_add (buffers, buffer);
  }
  return buffers;
}

static gdouble
time_element (const Sound * sound, const gchar * name)
{
  GstElement *element = gst_parse_launch (name, NULL);
  GstPad *source = gst_pad_new ("src", GST_PAD_SRC);
  GstPad *sink = gst_pad_new ("sink", GST_PAD_SINK);
  GstPad *into = gst_element_get_static_pad (element, "sink");
  GstPad *from = gst_element_get_static_pad (element, "src");
  GPtrArray *buffers = make_buffers (sound);
  guint64 bytes = 0, frames;
  gboolean cepstra = strstr (name, "n-mfcc") != NULL;
  gdouble spent;
  guint i;

  g_object_set (element, "n-fft", N_FFT, "win-length", WIN_LENGTH, "hop", HOP,
      "n-mels", N_MELS, "post-messages", FALSE, NULL);
  gst_pad_set_chain_function (sink, drop_buffer);
  gst_pad_set_event_function (sink, drop_event);
  gst_pad_set_query_function (sink, answer);
  GST_PAD_ELEMENT_PRIVATE (sink) = &bytes;
  gst_pad_link (source, into);
  gst_pad_link (from, sink);
  gst_pad_set_active (source, TRUE);
  gst_pad_set_active (sink, TRUE);
  gst_element_set_state (element, GST_STATE_PLAYING);
  start_stream (source);

  spent = now ();
  for (i = 0; i < buffers->len; i++)
    if (gst_pad_push (source, gst_buffer_ref (g_ptr_array_index (buffers, i)))
        != GST_FLOW_OK)
      g_error ("bfftmel took no buffer");
  gst_pad_push_event (source, gst_event_new_eos ());
  spent = now () - spent;
  frames = bytes / sizeof (gfloat) / (cepstra ? N_MFCC : N_MELS);
  if (frames + 10 <= sound->frames || frames > sound->frames)
    g_error ("%" G_GUINT64_FORMAT " frames, not %" G_GUINT64_FORMAT, frames,
        sound->frames);

  gst_element_set_state (element, GST_STATE_NULL);
  gst_pad_set_active (source, FALSE);
  gst_pad_set_active (sink, FALSE);
  gst_object_unref (into);
  gst_object_unref (from);
  gst_object_unref (source);
  gst_object_unref (sink);
  gst_object_unref (element);
  g_ptr_array_unref (buffers);
  return spent;
}

static BfftLogmel *
make_logmel (const gchar * name)
{
  BfftLogmelOptions options = *bfft_logmel_preset (BFFT_LOGMEL_PRESET_NONE);

  options.n_fft = N_FFT;
  options.win_length = WIN_LENGTH;
  options.hop = HOP;
  options.n_mfcc = strstr (name, "n-mfcc") ? N_MFCC : 0;
  options.frames = strstr (name, "frames") ? 10 : 1;
  return bfft_logmel_new (&options, RATE, BFFT_EXECUTION_AUTO, NULL);
}

static gdouble
time_kernel (const Sound * sound, const gchar * name)
{
  BfftLogmel *logmel = make_logmel (name);
  BfftFeatures *features = bfft_features_new (bfft_logmel_get_options (logmel),
      RATE, 1, BFFT_EXECUTION_AUTO, NULL);
  BfftPlanSpec spec = { 0, };
  BfftPlan *plan;
  gdouble spent;
  guint64 t;

  spec.variant = strstr (name, "reference") ? BFFT_VARIANT_REFERENCE :
      BFFT_VARIANT_BUTTERFLY;
  bfft_logmel_fill_plan_spec (logmel, &spec);
  plan = bfft_plan_new (&spec, NULL);
  spent = now ();
  for (t = 0; t < sound->frames; t++) {
    bfft_logmel_run (logmel, plan, sound->samples + t * HOP,
        bfft_features_slot (features, 0));
    bfft_features_push (features);
  }
  spent = now () - spent;
  bfft_plan_free (plan);
  bfft_features_free (features);
  bfft_logmel_free (logmel);
  return spent;
}

static gdouble
time_bands (const Sound * sound, const gchar * name)
{
  BfftLogmel *logmel = make_logmel (name);
  gfloat out[N_MELS];
  gdouble spent = now ();
  guint64 t;

  for (t = 0; t < sound->frames; t++)
    bfft_logmel_from_power (logmel, sound->samples + t * HOP, out);
  spent = now () - spent;
  bfft_logmel_free (logmel);
  return spent;
}

typedef gdouble (*Measure) (const Sound * sound, const gchar * name);

static const struct
{
  const gchar *name;
  Measure time;
} programs[] = {
  {"bfftmel", time_element},
  {"bfftmel frames=10", time_element},
  {"bfftmel n-mfcc=13", time_element},
  {"bfftmel frames=10 n-mfcc=13", time_element},
  {"bfftmel log-mode=pcen", time_element},
  {"bfftmel variant=reference", time_element},
  {"kernel", time_kernel},
  {"kernel n-mfcc=13", time_kernel},
  {"kernel variant=reference", time_kernel},
  {"bands and logarithm", time_bands},
};

int
main (int argc, char **argv)
{
  guint rounds = argc > 2 ? atoi (argv[2]) : 5;
  gdouble best[G_N_ELEMENTS (programs)];
  GError *error = NULL;
  guint round, i;
  gchar *bytes;
  Sound sound;

  gst_init (&argc, &argv);
  load_plugin ();
  if (argc < 2)
    g_error ("bench-mel SAMPLES [ROUNDS]");
  if (!g_file_get_contents (argv[1], &bytes, &sound.n, &error))
    g_error ("%s", error->message);
  sound.samples = (gfloat *) bytes;
  sound.n /= sizeof (gfloat);
  sound.frames = (sound.n - N_FFT) / HOP + 1;

  for (round = 0; round < rounds; round++) {
    for (i = 0; i < G_N_ELEMENTS (programs); i++) {
      gdouble spent = programs[i].time (&sound, programs[i].name);

      best[i] = round ? MIN (best[i], spent) : spent;
    }
  }
  g_print ("{");
  for (i = 0; i < G_N_ELEMENTS (programs); i++)
    g_print ("%s\"%s\": %.4f", i ? ", " : "", programs[i].name,
        1e6 * best[i] / sound.frames);
  g_print ("}\n");
  g_free (bytes);
  return 0;
}
