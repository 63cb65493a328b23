/* bfft: how long the audio waits for an element, buffer by buffer.
 *
 * A minute of audio goes through each element in buffers of 64 samples, as
 * fast as it can: alone, while another thread changes the model all the time,
 * and while a training runs in the process. What else the machine does shows
 * in the line of identity, which does nothing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "../check/elements/count-calls.h"

#include <glib/gstdio.h>
#include <stdatomic.h>

#include "bench-plugin.h"
#include "bfft-weights.h"

#define RATE 48000
#define CHUNK 64
#define AUDIO_BUFFERS 4096      /* that are there, pushed again and again */
#define SWAP_BUFFERS 16         /* a model lasts for that long, or less */
#define N_FFT 256
#define AUDIO_CAPS "audio/x-raw,format=F32LE,channels=1,layout=interleaved," \
    "rate=48000"

static const gchar *const elements[] = {
  "identity silent=true",
  "spectrum post-messages=false",
  "bfftspectrum post-messages=false",
  "bfftspectrum post-messages=false n-fft=256 bands=129 hop=64",
  "bfftspectrum",
  "bfftmel post-messages=false n-fft=256 n-mels=20 hop=64",
  "bfftwelch post-messages=false n-fft=256",
  "bffttrain landscape=false",
};

typedef enum
{
  ALONE,
  SWAPPING,
  TRAINING,
  N_SITUATIONS
} Situation;

static const gchar *const situations[] = { "alone", "swapping models",
  "training beside it"
};

typedef struct
{
  gdouble median, p99, p999, max;       /* us */
  guint swaps;
  CallCounts counts;
} Figures;

static gchar *locations[2];
static GstBuffer *audio[AUDIO_BUFFERS];

static void
make_models (void)
{
  guint i;

  for (i = 0; i < 2; i++) {
    BfftNetwork *network = bfft_network_new_exact (BFFT_VARIANT_DOMAIN, N_FFT);
    gint fd = g_file_open_tmp ("bfft-bench-XXXXXX", &locations[i], NULL);

    g_close (fd, NULL);
    bfft_network_perturb (network, 0.2f, i + 1);
    bfft_weights_save (network, locations[i], NULL);
    bfft_network_unref (network);
  }
}

static void
make_audio (void)
{
  guint32 seed = 1;
  guint i, k;

  for (i = 0; i < AUDIO_BUFFERS; i++) {
    GstMapInfo map;

    audio[i] = gst_buffer_new_allocate (NULL, CHUNK * sizeof (gfloat), NULL);
    gst_buffer_map (audio[i], &map, GST_MAP_WRITE);
    for (k = 0; k < CHUNK; k++) {
      seed = seed * 1664525 + 1013904223;
      ((gfloat *) map.data)[k] = (gint32) seed / 4294967296.0f;
    }
    gst_buffer_unmap (audio[i], &map);
  }
}

/* An element between two pads */

typedef struct
{
  GstElement *element;
  GstPad *src, *sink;
} Rig;

static GstFlowReturn
take_buffer (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static Rig
new_rig (const gchar * launch)
{
  Rig rig = { gst_parse_launch (launch, NULL),
    gst_pad_new ("src", GST_PAD_SRC), gst_pad_new ("sink", GST_PAD_SINK)
  };
  GstPad *sink = gst_element_get_static_pad (rig.element, "sink");
  GstPad *src = gst_element_get_static_pad (rig.element, "src");
  GstCaps *caps = gst_caps_from_string (AUDIO_CAPS);
  GstSegment segment;

  gst_pad_set_chain_function (rig.sink, take_buffer);
  gst_pad_set_active (rig.sink, TRUE);
  gst_pad_set_active (rig.src, TRUE);
  gst_pad_link (rig.src, sink);
  gst_pad_link (src, rig.sink);
  gst_element_set_state (rig.element, GST_STATE_PLAYING);
  gst_pad_push_event (rig.src, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (rig.src, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (rig.src, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  gst_object_unref (sink);
  gst_object_unref (src);
  return rig;
}

static void
free_rig (Rig * rig)
{
  gst_element_set_state (rig->element, GST_STATE_NULL);
  gst_object_unref (rig->element);
  gst_object_unref (rig->src);
  gst_object_unref (rig->sink);
}

/* What goes on beside it */

typedef struct
{
  GstElement *element;
  _Atomic gboolean stop;
  _Atomic guint swaps;
} Beside;

static gpointer
swap_models (gpointer data)
{
  Beside *beside = data;

  while (!beside->stop) {
    g_object_set (beside->element, "model-location",
        locations[beside->swaps % 2], NULL);
    beside->swaps++;
    g_usleep (100);
  }
  return NULL;
}

static gpointer
train (gpointer data)
{
  Rig rig = new_rig ("bffttrain landscape=false n-fft=256");
  Beside *beside = data;
  guint i;

  for (i = 0; !beside->stop; i++) {
    gst_pad_push (rig.src, gst_buffer_ref (audio[i % AUDIO_BUFFERS]));
    g_usleep (CHUNK * G_USEC_PER_SEC / RATE);
  }
  free_rig (&rig);
  return NULL;
}

/* Measuring */

static gint
compare (gconstpointer a, gconstpointer b)
{
  const guint32 *x = a, *y = b;

  return *x < *y ? -1 : *x > *y;
}

/* Counting takes time: what is counted is not to be timed. */
static void
push (Rig * rig, guint n, guint32 * times, CallCounts * counts,
    Beside * swapping)
{
  guint swaps = swapping ? swapping->swaps : 0;
  guint i;

  for (i = 0; i < n; i++) {
    GstBuffer *buffer = gst_buffer_ref (audio[i % AUDIO_BUFFERS]);
    GstClockTime start;

    while (swapping && swapping->swaps - swaps < i / SWAP_BUFFERS)
      g_thread_yield ();
    start = gst_util_get_timestamp ();
    count_calls (counts);
    gst_pad_push (rig->src, buffer);
    stop_counting ();
    if (times)
      times[i] = gst_util_get_timestamp () - start;
  }
}

static Figures
measure (const gchar * launch, Situation situation, guint n)
{
  guint32 *times = g_new0 (guint32, n);
  Rig rig = new_rig (launch);
  Beside beside = {.element = rig.element };
  Beside *swapping;
  GThread *thread = NULL;
  Figures f = { 0, };

  if (situation == SWAPPING)
    thread = g_thread_new ("swap", swap_models, &beside);
  else if (situation == TRAINING)
    thread = g_thread_new ("train", train, &beside);
  swapping = situation == SWAPPING ? &beside : NULL;
  push (&rig, MIN (n, 2000), NULL, NULL, NULL);
  f.swaps = -beside.swaps;
  push (&rig, n, times, NULL, swapping);
  f.swaps += beside.swaps;
  push (&rig, n, NULL, &f.counts, swapping);
  beside.stop = TRUE;
  if (thread)
    g_thread_join (thread);
  free_rig (&rig);

  qsort (times, n, sizeof (guint32), compare);
  f.median = times[n / 2] / 1000.0;
  f.p99 = times[(guint64) n * 99 / 100] / 1000.0;
  f.p999 = times[(guint64) n * 999 / 1000] / 1000.0;
  f.max = times[n - 1] / 1000.0;
  g_free (times);
  return f;
}

static void
print_table (const gchar * launch, Situation situation, const Figures * f)
{
  g_print ("%-60s %-18s %8.2f %8.2f %8.2f %8.1f %8u %9" G_GUINT64_FORMAT
      " %9" G_GUINT64_FORMAT "\n", launch, situations[situation], f->median,
      f->p99, f->p999, f->max, f->swaps, f->counts.allocations,
      f->counts.own_locks);
}

static void
print_json (const gchar * launch, Situation situation, const Figures * f,
    gboolean first)
{
  g_print ("%s{\"element\": \"%s\", \"situation\": \"%s\", \"p50_us\": %.3f, "
      "\"p99_us\": %.3f, \"p999_us\": %.3f, \"max_us\": %.3f, \"swaps\": %u, "
      "\"allocations\": %" G_GUINT64_FORMAT ", \"locks\": %" G_GUINT64_FORMAT
      "}", first ? "[" : ",\n ", launch, situations[situation], f->median,
      f->p99, f->p999, f->max, f->swaps, f->counts.allocations,
      f->counts.own_locks);
}

static void
run (guint n, gboolean json)
{
  guint i, s;

  if (!json)
    g_print ("%u buffers of %u samples (%.2f ms each); us per buffer\n"
        "%-60s %-18s %8s %8s %8s %8s %8s %9s %9s\n", n, CHUNK,
        CHUNK * 1e3 / RATE, "", "", "p50", "p99", "p99.9", "max", "swaps",
        "malloc()s", "own locks");
  for (i = 0; i < G_N_ELEMENTS (elements); i++) {
    gboolean swaps = strstr (elements[i], "n-fft=256") != NULL;

    for (s = 0; s < N_SITUATIONS; s++) {
      Figures f;

      if (s == SWAPPING && !swaps)
        continue;
      f = measure (elements[i], s, n);
      if (json)
        print_json (elements[i], s, &f, i + s == 0);
      else
        print_table (elements[i], s, &f);
    }
  }
  if (json)
    g_print ("]\n");
}

int
main (int argc, char **argv)
{
  gboolean json = FALSE;
  gint seconds = 60;
  const GOptionEntry entries[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
    {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Length of audio (60)", "N"},
    {0}
  };
  GOptionContext *context = g_option_context_new ("- times of single buffers");
  guint i;

  count_calls_main (argv);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, NULL) || seconds < 1)
    return EXIT_FAILURE;
  g_option_context_free (context);
  load_plugin ();
  make_models ();
  make_audio ();
  run ((guint) seconds * RATE / CHUNK, json);
  for (i = 0; i < AUDIO_BUFFERS; i++)
    gst_buffer_unref (audio[i]);
  for (i = 0; i < 2; i++) {
    g_unlink (locations[i]);
    g_free (locations[i]);
  }
  return EXIT_SUCCESS;
}
