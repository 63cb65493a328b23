/* bfft: what Welch's method costs, in the library and through the element.
 *
 * bench-welch [--json] [FILE]
 *
 * FILE is mono float32 at 48 kHz (ten minutes of noise without one).
 * bench-welch.py runs this beside scipy on the same samples.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/check/gstharness.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <time.h>

#include "bench-plugin.h"
#include "bfft-peaks.h"
#include "bfft-welch.h"

#define RATE 48000
#define SECONDS 600
#define ROUNDS 5

static gfloat *samples;
static gsize n_samples;

static gdouble
cpu_us (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

typedef struct
{
  gfloat *window;
  BfftPlan *plan;
  BfftWelch *welch;
  BfftWelchSchedule schedule;
  gfloat *psd;
} Welch;

static void
welch_init (Welch * self, BfftWelchSpec spec, BfftVariant variant)
{
  BfftPlanSpec plan_spec = {.n_fft = spec.n_fft,.variant = variant };

  self->window = g_new (gfloat, spec.n_fft);
  bfft_window_fill (BFFT_WINDOW_HANN, TRUE, self->window, spec.n_fft);
  spec.window = plan_spec.window = self->window;
  self->plan = bfft_plan_new (&plan_spec, NULL);
  self->welch = bfft_welch_new (&spec, self->plan, NULL);
  bfft_welch_make_schedule (&spec, &self->schedule, NULL);
  self->psd = g_new (gfloat, spec.n_fft / 2 + 1);
}

static void
welch_clear (Welch * self)
{
  bfft_welch_free (self->welch);
  bfft_plan_free (self->plan);
  g_free (self->window);
  g_free (self->psd);
}

static void
welch_process (Welch * self, guint channel, const gfloat * x)
{
  const BfftWelchSchedule *schedule = &self->schedule;
  guint done, n;

  for (done = 0; done < schedule->segments; done += n) {
    n = MIN (schedule->block, schedule->segments - done);
    bfft_welch_add (self->welch, channel, x + done * schedule->step, n);
  }
  bfft_welch_finish (self->welch, channel, self->psd);
}

/* CPU per segment of the whole recording in the library. */
static gdouble
bench_library (BfftWelchSpec spec, BfftVariant variant)
{
  gdouble best = G_MAXDOUBLE, start;
  guint64 segments;
  gsize at;
  guint round, channel;
  Welch welch;

  welch_init (&welch, spec, variant);
  for (round = 0; round < ROUNDS; round++) {
    segments = 0;
    start = cpu_us ();
    for (at = 0; at + welch.schedule.span <= n_samples / spec.channels;
        at += welch.schedule.hop) {
      for (channel = 0; channel < spec.channels; channel++)
        welch_process (&welch, channel,
            samples + channel * (n_samples / spec.channels) + at);
      segments += welch.schedule.segments * spec.channels;
    }
    best = MIN (best, (cpu_us () - start) / segments);
  }
  welch_clear (&welch);
  return best;
}

/* CPU for 32 results of one segment of 256 samples with their 16 strongest
 * peaks. */
static gdouble
bench_batch (BfftDetrend detrend)
{
  BfftWelchSpec spec = {.n_fft = 256,.rate = RATE,.sample_scale = 1,
    .channels = 1,.segments = 1,.detrend = detrend,
    .strategy = BFFT_WELCH_STRATEGY_ULTRA
  };
  g_autoptr (BfftPeakFinder) finder = bfft_peak_finder_new (129, 0, 128, 16,
      bfft_peak_exponent (BFFT_WINDOW_HANN));
  gdouble best = G_MAXDOUBLE, start;
  BfftPeak peaks[16];
  guint round, i, batch;
  Welch welch;

  welch_init (&welch, spec, BFFT_VARIANT_BUTTERFLY);
  for (round = 0; round < 200; round++) {
    start = cpu_us ();
    for (batch = 0; batch < 10; batch++) {
      for (i = 0; i < 32; i++) {
        welch_process (&welch, 0,
            samples + ((round * 10 + batch) * 32 + i) * 256 % n_samples);
        bfft_peak_finder_run (finder, welch.psd, peaks);
      }
    }
    best = MIN (best, (cpu_us () - start) / 10);
  }
  welch_clear (&welch);
  return best;
}

/* CPU per segment of two channels, the halves of the recording, compared. */
static gdouble
bench_cross (BfftWelchSpec spec)
{
  g_autofree gfloat *psd = g_new (gfloat, 2 * (spec.n_fft / 2 + 1));
  g_autofree gfloat *cross = g_new (gfloat, 2 * (spec.n_fft / 2 + 1));
  gdouble best = G_MAXDOUBLE, start;
  guint round, done, n;
  guint64 segments;
  Welch welch;
  gsize at;

  spec.channels = 2;
  spec.cross = BFFT_WELCH_CROSS_CSD;
  welch_init (&welch, spec, BFFT_VARIANT_BUTTERFLY);
  for (round = 0; round < ROUNDS; round++) {
    segments = 0;
    start = cpu_us ();
    for (at = 0; at + welch.schedule.span <= n_samples / 2;
        at += welch.schedule.hop) {
      for (done = 0; done < welch.schedule.segments; done += n) {
        const gfloat *first = samples + at + done * welch.schedule.step;
        const gfloat *both[2] = { first, first + n_samples / 2 };

        n = MIN (welch.schedule.block, welch.schedule.segments - done);
        bfft_welch_add_together (welch.welch, both, n);
      }
      bfft_welch_finish_together (welch.welch, psd, cross);
      segments += welch.schedule.segments;
    }
    best = MIN (best, (cpu_us () - start) / segments);
  }
  welch_clear (&welch);
  return best;
}

static void
push_all (GstHarness * harness, guint channels, guint rate)
{
  const guint frames = 1024;
  const gsize bytes = frames * channels * sizeof (gfloat);
  gsize at, total = n_samples * sizeof (gfloat);
  GstClockTime duration = GST_SECOND * frames / rate;
  GstClockTime time = 0;

  for (at = 0; at + bytes <= total; at += bytes, time += duration) {
    GstBuffer *buffer = gst_buffer_new_wrapped_full (0,
        (guint8 *) samples + at, bytes, 0, bytes, NULL, NULL);

    GST_BUFFER_PTS (buffer) = time;
    GST_BUFFER_DURATION (buffer) = duration;
    gst_harness_push (harness, buffer);
  }
}

static GstBusSyncReply
drop (GstBus * bus, GstMessage * message, gpointer data)
{
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static guint64
count_transforms (GstHarness * harness)
{
  GstStructure *stats;
  guint64 frames;

  gst_harness_get (harness, "bfftwelch", "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "frames", &frames);
  gst_structure_free (stats);
  return frames;
}

/* CPU per segment of the recording, pushed in buffers of 1024, with all that
 * the element does: framing, results, messages. */
static gdouble
bench_element (const gchar * properties, guint channels, guint rate)
{
  g_autofree gchar *description =
      g_strdup_printf ("bfftwelch n-fft=1024 %s", properties);
  g_autofree gchar *caps = g_strdup_printf ("audio/x-raw, format=F32LE, "
      "layout=interleaved, rate=%u, channels=%u, channel-mask=(bitmask)0",
      rate, channels);
  gdouble best = G_MAXDOUBLE, start;
  guint round;

  for (round = 0; round < 3; round++) {
    GstHarness *harness = gst_harness_new_parse (description);
    GstBus *bus = gst_bus_new ();

    gst_harness_set_drop_buffers (harness, TRUE);
    gst_bus_set_sync_handler (bus, drop, NULL, NULL);
    gst_element_set_bus (harness->element, bus);
    gst_harness_set_src_caps_str (harness, caps);
    start = cpu_us ();
    push_all (harness, channels, rate);
    best = MIN (best, (cpu_us () - start) / count_transforms (harness));
    gst_element_set_bus (harness->element, NULL);
    gst_harness_teardown (harness);
    gst_object_unref (bus);
  }
  return best;
}

static void
report (JsonBuilder * json, const gchar * key, const gchar * label, gdouble us)
{
  if (json) {
    json_builder_set_member_name (json, key);
    json_builder_add_double_value (json, us);
  } else {
    g_print ("%-58s %9.3f us\n", label, us);
  }
}

static void
run (JsonBuilder * json)
{
  BfftWelchSpec spec = {.n_fft = 1024,.rate = RATE,.sample_scale = 1,
    .channels = 1,.segments = 8,.overlap = 0.5,.detrend = BFFT_DETREND_CONSTANT,
    .strategy = BFFT_WELCH_STRATEGY_FULL
  };
  gdouble ultra, fast, full;

  full = bench_library (spec, BFFT_VARIANT_BUTTERFLY);
  report (json, "library", "library, 1024, 50 %, per segment", full);
  report (json, "library-gstfft", "  the same on GstFFT",
      bench_library (spec, BFFT_VARIANT_REFERENCE));
  spec.strategy = BFFT_WELCH_STRATEGY_FAST;
  fast = bench_library (spec, BFFT_VARIANT_BUTTERFLY);
  spec.strategy = BFFT_WELCH_STRATEGY_ULTRA;
  ultra = bench_library (spec, BFFT_VARIANT_BUTTERFLY);
  report (json, "result-ultra", "a result of 1 segment (ultra)", ultra);
  report (json, "result-fast", "a result of 2 segments (fast)", 2 * fast);
  report (json, "result-full", "a result of 8 segments (full)", 8 * full);
  spec.strategy = BFFT_WELCH_STRATEGY_FULL;
  spec.average = BFFT_WELCH_AVERAGE_MEDIAN;
  report (json, "library-median", "library, median, per segment",
      bench_library (spec, BFFT_VARIANT_BUTTERFLY));
  spec.average = BFFT_WELCH_AVERAGE_MEAN;
  report (json, "library-csd", "library, csd of two channels, per segment",
      bench_cross (spec));
  spec.hop = 512;
  report (json, "result-sliding",
      "a result of 8 for each new segment",
      8 * bench_library (spec, BFFT_VARIANT_BUTTERFLY));
  spec.hop = 0;
  spec.channels = 64;
  spec.rate = 1000;
  report (json, "library-64", "library, 64 channels, per segment",
      bench_library (spec, BFFT_VARIANT_BUTTERFLY));
  report (json, "batch", "32 frames of 256, ultra, 16 peaks, per batch",
      bench_batch (BFFT_DETREND_NONE));
  report (json, "batch-detrend", "  the same with constant detrending",
      bench_batch (BFFT_DETREND_CONSTANT));
  report (json, "element", "element, results of 8, PSD and peaks",
      bench_element ("", 1, RATE));
  report (json, "element-peaks", "element, results of 8, only peaks",
      bench_element ("message-psd=false strategy=full", 1, RATE));
  report (json, "element-tensors", "element, results of 8 as tensors",
      bench_element ("post-messages=false "
          "! capsfilter caps=other/tensors", 1, RATE));
  report (json, "element-long", "element, one result",
      bench_element ("segments=56000", 1, RATE));
  report (json, "element-long-2", "element, two channels, one result, both",
      2 * bench_element ("multi-channel=true segments=28000", 2, RATE));
  report (json, "element-csd", "element, csd of two channels, per segment",
      2 * bench_element ("cross=csd segments=28000", 2, RATE));
  report (json, "element-transfer", "  the same, transfer, results of 8",
      2 * bench_element ("cross=transfer post-messages=false "
          "! capsfilter caps=other/tensors", 2, RATE));
  report (json, "element-coherence", "  the same, coherence, results of 8",
      2 * bench_element ("cross=coherence post-messages=false "
          "! capsfilter caps=other/tensors", 2, RATE));
  report (json, "element-weighting", "element, results of 8, level, A",
      bench_element ("weighting=a message-psd=false message-peaks=false", 1,
          RATE));
  report (json, "element-octaves", "element, results of 8, third octaves, A",
      bench_element ("octave-fraction=3 weighting=a post-messages=false "
          "! capsfilter caps=other/tensors", 1, RATE));
  report (json, "element-64", "element, 64 channels, one result",
      bench_element ("multi-channel=true segments=870", 64, 1000));
}

static void
fill_noise (void)
{
  guint32 state = 1;
  gsize i;

  n_samples = RATE * SECONDS;
  samples = g_new (gfloat, n_samples);
  for (i = 0; i < n_samples; i++) {
    state = state * 1664525u + 1013904223u;
    samples[i] = (gint32) state / 2147483648.0f;
  }
}

int
main (int argc, char **argv)
{
  gboolean as_json = argc > 1 && strcmp (argv[1], "--json") == 0;
  const gchar *file = argc > 1 + as_json ? argv[1 + as_json] : NULL;
  g_autoptr (JsonBuilder) json = as_json ? json_builder_new () : NULL;
  gsize size;

  gst_init (&argc, &argv);
  load_plugin ();
  if (file == NULL) {
    fill_noise ();
  } else if (g_file_get_contents (file, (gchar **) & samples, &size, NULL)) {
    n_samples = size / sizeof (gfloat);
  } else {
    g_printerr ("Cannot read %s\n", file);
    return 1;
  }
  if (json)
    json_builder_begin_object (json);
  run (json);
  if (json) {
    g_autoptr (JsonNode) root = NULL;
    g_autofree gchar *text = NULL;

    json_builder_end_object (json);
    root = json_builder_get_root (json);
    text = json_to_string (root, TRUE);
    g_print ("%s\n", text);
  }
  g_free (samples);
  return 0;
}
