/* bfft: results as GstTensorMeta: the same numbers as tensor buffers have, with
 * times and dimensions, beside what another element put there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define GST_USE_UNSTABLE_API
#include <gst/analytics/gsttensormeta.h>
#include <gst/audio/audio.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <math.h>
#include <string.h>

#define RATE 16000
#define BLOCK 5000
#define BLOCKS 12
#define CAPS "audio/x-raw, format=(string)" GST_AUDIO_NE (F32) \
    ", rate=(int)16000, channels=(int)2, layout=(string)interleaved, " \
    "channel-mask=(bitmask)3"

static const struct
{
  const gchar *element;
  const gchar *id;
  gsize n_dims;
  gsize dims[3];                /* in GstTensor's order */
} cases[] = {
  {"bfftmel", "bfft-mel-none", 2, {1, 80}},
  {"bfftmel preset=openwakeword frames=5 frames-hop=3",
      "bfft-mel-openwakeword", 2, {5, 32}},
  {"bfftmel preset=kaldi frames=5 tensor-layout=bands-frames",
      "bfft-mel-kaldi", 2, {80, 5}},
  {"bfftmel multi-channel=true frames=3 n-mels=20", "bfft-mel-none", 3,
      {2, 3, 20}},
  {"bfftmel n-mfcc=13 deltas=1", "bfft-mfcc", 2, {1, 26}},
  {"bfftspectrum", "bfft-spectrum", 2, {1, 128}},
  {"bfftspectrum multi-channel=true", "bfft-spectrum", 3, {2, 1, 128}},
  {"bfftwelch n-fft=256 segments=2", "bfft-psd", 2, {1, 129}},
};

static GstBuffer *
make_block (guint number)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL,
      2 * BLOCK * sizeof (gfloat), NULL);
  GstMapInfo map;
  guint i;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (i = 0; i < 2 * BLOCK; i++)
    ((gfloat *) map.data)[i] = sin (1e-4 * (number * BLOCK + i) * i);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (number * BLOCK, GST_SECOND,
      RATE);
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (BLOCK, GST_SECOND,
      RATE);
  return buffer;
}

/* What another element has attached. */
static void
attach_other (GstBuffer * buffer)
{
  GstTensor **tensors = g_new (GstTensor *, 1);
  gsize dims[] = { 4 };

  tensors[0] = gst_tensor_new_simple (g_quark_from_static_string ("other"),
      GST_TENSOR_DATA_TYPE_FLOAT32, gst_buffer_new_memdup ("0123456789abcdef",
          16), GST_TENSOR_DIM_ORDER_ROW_MAJOR, 1, dims);
  gst_tensor_meta_set (gst_buffer_add_tensor_meta (buffer), 1, tensors);
}

static GstHarness *
start (const gchar * element, const gchar * rest)
{
  gchar *launch = g_strdup_printf ("%s post-messages=false %s", element, rest);
  GstHarness *h = gst_harness_new_parse (launch);

  gst_harness_set_src_caps_str (h, CAPS);
  g_free (launch);
  return h;
}

static void
check_tensor (const GstTensor * tensor, GstBuffer * wanted, guint i)
{
  gsize n = gst_buffer_get_size (wanted), k;
  GstMapInfo map;

  fail_unless_equals_string (g_quark_to_string (tensor->id), cases[i].id);
  fail_unless_equals_int (tensor->data_type, GST_TENSOR_DATA_TYPE_FLOAT32);
  fail_unless_equals_int (tensor->dims_order, GST_TENSOR_DIM_ORDER_ROW_MAJOR);
  fail_unless_equals_int (tensor->num_dims, cases[i].n_dims);
  for (k = 0; k < cases[i].n_dims; k++)
    fail_unless_equals_int (tensor->dims[k], cases[i].dims[k]);
  fail_unless_equals_int (gst_buffer_get_size (tensor->data), n);
  gst_buffer_map (wanted, &map, GST_MAP_READ);
  fail_unless (gst_buffer_memcmp (tensor->data, 0, map.data, n) == 0);
  gst_buffer_unmap (wanted, &map);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (tensor->data),
      GST_BUFFER_PTS (wanted));
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (tensor->data),
      GST_BUFFER_DURATION (wanted));
}

GST_START_TEST (test_tensors)
{
  GstHarness *audio = start (cases[__i__].element, "attach-tensors=true");
  GstHarness *plain = start (cases[__i__].element, "! capsfilter "
      "caps=other/tensors");
  guint block, n = 0;

  for (block = 0; block < BLOCKS; block++) {
    GstBuffer *buffer = make_block (block);
    GstTensorMeta *meta;
    gsize i, others = block & 1;

    if (others)
      attach_other (buffer);
    gst_harness_push (plain, make_block (block));
    gst_harness_push (audio, buffer);
    buffer = gst_harness_pull (audio);
    meta = gst_buffer_get_tensor_meta (buffer);
    if (others) {
      fail_unless (meta != NULL);
      fail_unless_equals_string (g_quark_to_string (meta->tensors[0]->id),
          "other");
      fail_unless (gst_buffer_memcmp (meta->tensors[0]->data, 0,
              "0123456789abcdef", 16) == 0);
    }
    for (i = others; meta && i < meta->num_tensors; i++) {
      GstBuffer *wanted = gst_harness_try_pull (plain);

      fail_unless (wanted != NULL);
      check_tensor (meta->tensors[i], wanted, __i__);
      gst_buffer_unref (wanted);
      n++;
    }
    gst_buffer_unref (buffer);
  }
  fail_unless (n > 0);
  fail_unless (gst_harness_try_pull (plain) == NULL);
  gst_harness_teardown (audio);
  gst_harness_teardown (plain);
}

GST_END_TEST;

static Suite *
analytics_suite (void)
{
  Suite *suite = suite_create ("analytics");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_tensors, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (analytics);
