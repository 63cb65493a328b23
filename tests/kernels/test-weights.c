/* bfft: weights files: round trips, what is accepted, what is refused.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-checkpoint.h"
#include "bfft-json.h"
#include "bfft-weights.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>

#define NAME "some.safetensors"

static gchar *directory;

static void
fill (gfloat * values, gsize count, gdouble low, gdouble high)
{
  gsize i;

  for (i = 0; values && i < count; i++)
    values[i] = g_test_rand_double_range (low, high);
}

static BfftNetwork *
random_network (BfftVariant variant, guint n_fft)
{
  BfftNetwork *network = bfft_network_new_exact (variant, n_fft);
  gsize count = (gsize) network->stages * network->half;

  fill (network->twiddles, 2 * count, -1.5, 1.5);
  fill (network->gates, count, 0, 1);
  fill (network->freq_mask, 2 * n_fft, -2, 2);
  fill (network->denoiser_scale, 2 * n_fft, -2, 2);
  fill (network->denoiser_bias, 2 * n_fft, -1e-3, 1e-3);
  fill (network->unitary, 8 * count, -1, 1);
  if (network->q8)
    bfft_network_quantize (network);
  if (network->hard_gates)
    network->gate_threshold = g_test_rand_double_range (0, 1);
  network->sample_rate = g_test_rand_int_range (1, 192000);
  network->n_mels = g_test_rand_int_range (1, 128);
  network->train_steps = G_GUINT64_CONSTANT (1) << 40;
  return network;
}

static void
assert_same_array (gconstpointer a, gconstpointer b, gsize size)
{
  g_assert_cmpint (a == NULL, ==, b == NULL);
  if (a)
    g_assert_cmpmem (a, size, b, size);
}

/* Bit for bit. */
static void
assert_same_network (const BfftNetwork * a, const BfftNetwork * b)
{
  gsize count = (gsize) a->stages * a->half;
  gsize bins = 2 * a->n_fft * sizeof (gfloat);

  g_assert_cmpint (a->variant, ==, b->variant);
  g_assert_cmpuint (a->n_fft, ==, b->n_fft);
  g_assert_cmpuint (a->stages, ==, b->stages);
  assert_same_array (a->twiddles, b->twiddles, count * 2 * sizeof (gfloat));
  assert_same_array (a->gates, b->gates, count * sizeof (gfloat));
  assert_same_array (a->freq_mask, b->freq_mask, bins);
  assert_same_array (a->denoiser_scale, b->denoiser_scale, bins);
  assert_same_array (a->denoiser_bias, b->denoiser_bias, bins);
  assert_same_array (a->unitary, b->unitary, count * 8 * sizeof (gfloat));
  assert_same_array (a->q8, b->q8, 2 * count);
  assert_same_array (&a->q8_scale, &b->q8_scale, sizeof (gfloat));
  g_assert_cmpint (a->hard_gates, ==, b->hard_gates);
  assert_same_array (&a->gate_threshold, &b->gate_threshold, sizeof (gfloat));
  g_assert_cmpuint (a->sample_rate, ==, b->sample_rate);
  g_assert_cmpuint (a->n_mels, ==, b->n_mels);
  g_assert_cmpuint (a->train_steps, ==, b->train_steps);
}

static void
assert_round_trip (const BfftNetwork * network)
{
  g_autoptr (GBytes) bytes = bfft_weights_to_bytes (network);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfftNetwork) loaded = bfft_weights_load_bytes (bytes, NAME,
      &error);
  g_autoptr (GBytes) again = NULL;
  guint64 length;

  g_assert_no_error (error);
  assert_same_network (network, loaded);
  again = bfft_weights_to_bytes (loaded);
  g_assert_true (g_bytes_equal (bytes, again));
  memcpy (&length, g_bytes_get_data (bytes, NULL), 8);
  g_assert_cmpuint (GUINT64_FROM_LE (length) % 8, ==, 0);
}

static void
test_round_trip (void)
{
  guint variant, n_fft;

  for (variant = 0; variant < BFFT_N_VARIANTS; variant++) {
    for (n_fft = 2; n_fft <= 512; n_fft *= 4) {
      g_autoptr (BfftNetwork) exact = bfft_network_new_exact (variant, n_fft);
      g_autoptr (BfftNetwork) random = random_network (variant, n_fft);

      assert_round_trip (exact);
      assert_round_trip (random);
    }
  }
}

/* learned may have int8 twiddles beside, and hard gates. */
static void
test_round_trip_options (void)
{
  g_autoptr (BfftNetwork) network = random_network (BFFT_VARIANT_LEARNED, 64);

  bfft_network_quantize (network);
  assert_round_trip (network);
  network->hard_gates = TRUE;
  network->gate_threshold = 1 / 3.0f;
  assert_round_trip (network);
}

static void
test_largest (void)
{
  g_autoptr (BfftNetwork) network = random_network (BFFT_VARIANT_UNITARY,
      BFFT_MAX_N);

  assert_round_trip (network);
}

/* A file with @header, in which ' stands for ", and @size bytes of data. */
static GBytes *
make_file (const gchar * header, gconstpointer data, gsize size)
{
  g_autofree gchar *json = g_strdelimit (g_strdup (header), "'", '"');
  guint64 length = GUINT64_TO_LE ((guint64) strlen (json));
  GByteArray *bytes = g_byte_array_new ();
  gsize start;

  g_byte_array_append (bytes, (const guint8 *) &length, 8);
  g_byte_array_append (bytes, (const guint8 *) json, strlen (json));
  start = bytes->len;
  g_byte_array_set_size (bytes, start + size);
  if (data)
    memcpy (bytes->data + start, data, size);
  else
    memset (bytes->data + start, 0, size);
  return g_byte_array_free_to_bytes (bytes);
}

static BfftNetwork *
load (const gchar * header, gconstpointer data, gsize size)
{
  g_autoptr (GBytes) bytes = make_file (header, data, size);
  g_autoptr (GError) error = NULL;
  BfftNetwork *network = bfft_weights_load_bytes (bytes, NAME, &error);

  g_assert_no_error (error);
  return network;
}

/* All of these are of n_fft 2: one stage of one butterfly. */
#define META(variant) "'__metadata__':{'format':'bfft','version':'1'," \
    "'n_fft':'2','variant':'" variant "'}"
#define TENSOR(name, dtype, shape, offsets) \
    "'" name "':{'dtype':'" dtype "','shape':" shape ",'data_offsets':" \
    offsets "}"
#define TWIDDLES TENSOR ("twiddle.packed", "F32", "[1,1,2]", "[0,8]")
#define GOOD(variant) "{" META (variant) "," TWIDDLES "}"

/* Floats as a little-endian file has them. */
static void
to_file_order (gfloat * values, guint count)
{
  guint i;

  for (i = 0; i < count; i++) {
    guint32 bits;

    memcpy (&bits, &values[i], 4);
    bits = GUINT32_TO_LE (bits);
    memcpy (&values[i], &bits, 4);
  }
}

static void
test_twiddles_only (void)
{
  guint variant;

  for (variant = 0; variant < BFFT_N_VARIANTS; variant++) {
    g_autofree gchar *meta = g_strdup_printf ("{" META ("%s") "," TWIDDLES "}",
        bfft_variant_to_string (variant));
    gfloat data[2] = { 0.5f, -0.25f };
    g_autoptr (BfftNetwork) network = NULL;
    g_autoptr (BfftNetwork) wanted = bfft_network_new_exact (variant, 2);

    to_file_order (data, 2);
    network = load (meta, data, sizeof (data));
    wanted->twiddles[0] = 0.5f;
    wanted->twiddles[1] = -0.25f;
    if (wanted->q8)
      bfft_network_quantize (wanted);
    if (wanted->unitary) {
      const gfloat m[8] = { 1, 0, 0.5f, -0.25f, 1, 0, -0.5f, 0.25f };

      memcpy (wanted->unitary, m, sizeof (m));
    }
    assert_same_network (network, wanted);
  }
}

static void
test_q8_only (void)
{
  const gchar *header = "{" META ("q8") ","
      TENSOR ("twiddle.q8_scale", "F32", "[1]", "[0,4]") ","
      TENSOR ("twiddle.q8", "I8", "[1,1,2]", "[4,6]") "}";
  struct
  {
    gfloat scale;
    gint8 q8[4];
  } data = { 0.0078125f, {127, -127, 0, 0} };
  g_autoptr (BfftNetwork) network = NULL;

  to_file_order (&data.scale, 1);
  network = load (header, &data, 6);
  g_assert_cmpint (network->q8[0], ==, 127);
  g_assert_cmpint (network->q8[1], ==, -127);
  g_assert_cmpfloat (network->q8_scale, ==, 0.0078125f);
  g_assert_cmpfloat (network->twiddles[0], ==, 127 * 0.0078125f);
  g_assert_cmpfloat (network->twiddles[1], ==, -127 * 0.0078125f);
}

/* Vectors from IEEE 754-2008: 1, -2, the largest, the smallest normal and
 * subnormal number. */
static void
test_half_floats (void)
{
  const guint8 data[20] = { 0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x00, 0x04,
    0x01, 0x00, 0x01, 0x80, 0x55, 0x35, 0x00, 0x80
  };
  const gfloat wanted[8] = { 1, -2, 65504, 6.103515625e-05f, 5.9604645e-08f,
    -5.9604645e-08f, 0.333251953125f, -0.0f
  };
  g_autoptr (BfftNetwork) network = load ("{" META ("unitary") ","
      TENSOR ("unitary.matrices", "F16", "[1,1,8]", "[0,16]") ","
      TENSOR ("twiddle.packed", "F16", "[1,1,2]", "[16,20]") "}",
      data, sizeof (data));

  g_assert_cmpmem (network->unitary, 32, wanted, 32);
}

static void
test_tolerated (void)
{
  static const struct
  {
    const gchar *header;
    gsize size;
  } files[] = {
    /* padding, any order, empty and unknown tensors of unknown types */
    {GOOD ("butterfly") "       ", 8},
    {"{" TWIDDLES "," META ("domain") "}", 8},
    {"{" META ("domain") "," TENSOR ("x", "F4", "[3]", "[8,9]") "," TWIDDLES
          "}", 9},
    {"{" TENSOR ("x", "F32", "[0,7]", "[0,0]") "," TWIDDLES ","
          TENSOR ("y", "BF16", "[]", "[8,10]") "," META ("learned") "}", 10},
    {"{" TENSOR ("x", "F64", "[1]", "[8,16]") "," META ("stockham") ","
          TWIDDLES "}", 16},
    /* unknown keys and metadata, escapes, long numbers */
    {"{'x':{'dtype':'F32','shape':[0],'data_offsets':[0,0],"
          "'\\ud83d\\ude00':[999999999999999999,1234567890123456789.5,"
          "-1234567890123456789e-3]}," META ("q8") "," TWIDDLES "}", 8},
    {"{'__metadata__':{'format':'b\\u0066ft','version':'1','n_fft':'2',"
          "'variant':'pruned','hard_gate_threshold':'0.25','note':'\\n/\\/'},"
          "'twiddle.packed':{'extra':[{}],'dtype':'F32','shape':[1,1,2],"
          "'data_offsets':[0,8]}}", 8},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (files); i++)
    bfft_network_unref (load (files[i].header, NULL, files[i].size));
}

static void
test_hard_gates (void)
{
  g_autoptr (BfftNetwork) pruned = load (GOOD ("pruned"), NULL, 8);
  g_autoptr (BfftNetwork) soft = load (GOOD ("learned"), NULL, 8);
  g_autoptr (BfftNetwork) hard =
      load ("{'__metadata__':{'format':'bfft','version':'1','n_fft':'2',"
      "'variant':'learned','hard_gate_threshold':'0.25'}," TWIDDLES "}",
      NULL, 8);

  g_assert_true (pruned->hard_gates);
  g_assert_cmpfloat (pruned->gate_threshold, ==, 0.5f);
  g_assert_false (soft->hard_gates);
  g_assert_true (hard->hard_gates);
  g_assert_cmpfloat (hard->gate_threshold, ==, 0.25f);
}

static void
assert_refused (GBytes * bytes, gint code, const gchar * fault)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bfft_weights_load_bytes (bytes, NAME, &error));
  g_assert_error (error, BFFT_WEIGHTS_ERROR, code);
  if (!strstr (error->message, fault) || !strstr (error->message, NAME))
    g_error ("\"%s\" does not say \"%s\"", error->message, fault);
  g_test_message ("%s", error->message);
}

#define FORMAT BFFT_WEIGHTS_ERROR_FORMAT
#define PLACE BFFT_WEIGHTS_ERROR_TENSOR
#define DATA BFFT_WEIGHTS_ERROR_METADATA
#define WITH_META(meta) "{'__metadata__':" meta "," TWIDDLES "}"
#define WITH_TENSOR(variant, tensor) "{" META (variant) "," tensor "}"

static const struct
{
  const gchar *header;
  gsize size;
  gint code;
  const gchar *fault;
} bad_headers[] = {
  /* JSON */
  {"[]", 0, FORMAT, "no JSON object"},
  {" {}", 0, FORMAT, "no JSON object"},
  {"{" META ("q8") "," TWIDDLES, 8, FORMAT, "closing bracket"},
  {GOOD ("q8") "x", 8, FORMAT, "more text"},
  {GOOD ("q8") "{}", 8, FORMAT, "more text"},
  {"{/**/" META ("q8") "," TWIDDLES "}", 8, FORMAT, "a string is missing"},
  {"{" META ("q8") "," TWIDDLES ",}", 8, FORMAT, "a string is missing"},
  {"{'x':010}", 0, FORMAT, "starts with 0"},
  {"{'x':0x10}", 0, FORMAT, "comma"},
  {"{'x':-}", 0, FORMAT, "digit"},
  {"{'x':1.}", 0, FORMAT, "digit"},
  {"{'x':nul}", 0, FORMAT, "value is missing"},
  {"{'x' 1}", 0, FORMAT, "colon"},
  {"{'x\\q':1}", 0, FORMAT, "escape"},
  {"{'x\\u00g0':1}", 0, FORMAT, "hexadecimal"},
  {"{'x\\u0000':1}", 0, FORMAT, "zero character"},
  {"{'x\n':1}", 0, FORMAT, "control character"},
  {"{'x", 0, FORMAT, "does not end"},
  {"{'\xff':1}", 0, FORMAT, "UTF-8"},
  {"{'x\\ud800':1}", 0, FORMAT, "surrogate"},
  {"{'x\\udc00\\ud800':1}", 0, FORMAT, "surrogate"},
  {"{'x\\ud800\\n':1}", 0, FORMAT, "surrogate"},
  {"{'x\\ud800\\u0041':1}", 0, FORMAT, "surrogate"},
  {"{'x\\ud800\\udcg0':1}", 0, FORMAT, "hexadecimal"},
  {"{'x':1000000000000000000}", 0, FORMAT, "too many digits"},
  {"{'x':-99999999999999999999}", 0, FORMAT, "too many digits"},
  {"{'\\u001b[1m':1,'\\u001b[1m':2}", 0, FORMAT, "\"?[1m\" is there twice"},
  {"{" META ("q8") "," META ("q8") "," TWIDDLES "}", 8, FORMAT, "twice"},
  {"{" META ("q8") "," TWIDDLES "," TWIDDLES "}", 8, FORMAT, "twice"},
  {WITH_META ("{'a':'1','a':'1'}"), 8, FORMAT, "\"a\" is there twice"},
  {"{'x':{'shape':{},'dtype':'F32','shape':[]}}", 0, FORMAT, "\"shape\""},
  /* metadata */
  {"{" TWIDDLES "}", 8, DATA, "has no format"},
  {"{}", 0, DATA, "has no format"},
  {WITH_META ("[]"), 8, DATA, "no object"},
  {WITH_META ("{'format':1}"), 8, DATA, "\"format\" is no string"},
  {WITH_META ("{'format':'pt'}"), 8, DATA, "not bfft"},
  {WITH_META ("{'format':'bfft','version':'2'}"), 8, DATA, "not 1"},
  {WITH_META ("{'format':'bfft','version':'1'}"), 8, DATA, "no variant"},
  {GOOD ("fft"), 8, DATA, "not a variant that is known"},
  {WITH_META ("{'format':'bfft','version':'1','variant':'q8'}"), 8, DATA,
      "has no n_fft"},
#define N_FFT(n) WITH_META ("{'format':'bfft','version':'1','variant':'q8'," \
      "'n_fft':'" n "'}"), 8, DATA
  {N_FFT ("0"), "power of two"},
  {N_FFT ("1"), "power of two"},
  {N_FFT ("3"), "power of two"},
  {N_FFT ("262144"), "power of two"},
  {N_FFT ("4294967298"), "whole number"},
  {N_FFT ("18446744073709551618"), "whole number"},
  {N_FFT ("-2"), "whole number"},
  {N_FFT (" 2"), "whole number"},
  {N_FFT ("2.0"), "whole number"},
  {N_FFT (""), "whole number"},
#define EXTRA(key, value) WITH_META ("{'format':'bfft','version':'1'," \
      "'variant':'pruned','n_fft':'2','" key "':'" value "'}"), 8, DATA
  {EXTRA ("sample_rate", "fast"), "sample_rate"},
  {EXTRA ("n_mels", "-1"), "n_mels"},
  {EXTRA ("train_steps", "18446744073709551616"), "train_steps"},
  {EXTRA ("hard_gate_threshold", "1.5"), "from 0 to 1"},
  {EXTRA ("hard_gate_threshold", "nan"), "from 0 to 1"},
  {EXTRA ("hard_gate_threshold", "0.5x"), "from 0 to 1"},
  {EXTRA ("hard_gate_threshold", ""), "from 0 to 1"},
  /* entries of tensors */
  {"{'x':1}", 0, PLACE, "tensor x is no object"},
  {"{'x':{}}", 0, PLACE, "no dtype"},
  {"{'x':{'dtype':1}}", 0, PLACE, "no dtype"},
  {"{'x':{'dtype':'F32','shape':2}}", 0, PLACE, "no shape"},
  {"{" TENSOR ("x", "F32", "[-1]", "[0,0]") "}", 0, PLACE, "no shape"},
  {"{" TENSOR ("x", "F32", "[1.0]", "[0,4]") "}", 4, PLACE, "no shape"},
  {"{" TENSOR ("x", "F32", "['1']", "[0,4]") "}", 4, PLACE, "no shape"},
  {"{'x':{'dtype':'F32','shape':[1]}}", 4, PLACE, "no data_offsets"},
  {"{" TENSOR ("x", "F32", "[1]", "[0]") "}", 4, PLACE, "no data_offsets"},
  {"{" TENSOR ("x", "F32", "[1]", "[0,4,8]") "}", 8, PLACE, "data_offsets"},
  {"{" TENSOR ("x", "F32", "[1]", "[-4,0]") "}", 4, PLACE, "data_offsets"},
  {"{" TENSOR ("x", "F32", "[1]", "[4,0]") "}", 4, PLACE, "end before"},
  {"{" TENSOR ("x", "F32", "[1]", "[0,4]") "}", 3, PLACE, "past the end"},
  {"{" TENSOR ("x", "U8", "[9]", "[0,18446744073709551615]") "}", 9, FORMAT,
      "too many digits"},
  {"{" TENSOR ("x", "U8", "[9]", "[0,999999999999999999]") "}", 9, PLACE,
      "past the end"},
  {"{" TENSOR ("x", "F32", "[1]", "[0,8]") "}", 8, PLACE, "number of bytes"},
  {"{" TENSOR ("x", "F64", "[4294967296,4294967296]", "[0,0]") "}", 0, PLACE,
      "number of bytes"},
  /* places */
  {"{" META ("q8") "," TWIDDLES "," TENSOR ("x", "U8", "[4]", "[4,8]") "}",
      8, PLACE, "overlaps"},
  {"{" META ("q8") "," TWIDDLES "," TENSOR ("x", "U8", "[8]", "[0,8]") "}",
      8, PLACE, "overlaps"},
  {"{" META ("q8") "," TWIDDLES "," TENSOR ("x", "U8", "[1]", "[9,10]") "}",
      10, PLACE, "gap"},
  {"{" META ("q8") "," TENSOR ("twiddle.packed", "F32", "[1,1,2]", "[4,12]")
      "}", 12, PLACE, "gap"},
  {GOOD ("q8"), 9, FORMAT, "1 bytes at its end"},
  {"{" META ("q8") "}", 8, FORMAT, "8 bytes at its end"},
  {WITH_TENSOR ("q8", TENSOR ("x", "U8", "[1]", "[0,1]") ","
            TENSOR ("twiddle.packed", "F32", "[1,1,2]", "[1,9]")), 9, PLACE,
      "not aligned"},
  /* what the network needs */
  {WITH_TENSOR ("q8", "'x':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}"),
      0, PLACE, "twiddle.packed is missing"},
  {WITH_TENSOR ("q8", TENSOR ("twiddle.packed", "F64", "[1,1,2]", "[0,16]")),
      16, PLACE, "of type F64"},
  {WITH_TENSOR ("q8", TENSOR ("twiddle.packed", "I32", "[1,1,2]", "[0,8]")),
      8, PLACE, "of type I32"},
  {WITH_TENSOR ("q8", TENSOR ("twiddle.packed", "F32", "[1,2]", "[0,8]")),
      8, PLACE, "shape [1, 2]"},
  {WITH_TENSOR ("q8", TENSOR ("twiddle.packed", "F32", "[2,1,1]", "[0,8]")),
      8, PLACE, "shape [2, 1, 1]"},
  {WITH_TENSOR ("q8", TENSOR ("twiddle.packed", "F32", "[2,1,2]", "[0,16]")),
      16, PLACE, "n_fft 2"},
  {WITH_TENSOR ("q8", TENSOR ("twiddle.packed", "F32", "[1,1,1,1,1,1,1,1,1,2]",
              "[0,8]")), 8, PLACE, "[1, 1, 1, 1, 1, 1, 1, 1, ...], which"},
  {WITH_TENSOR ("q8", TWIDDLES "," TENSOR ("twiddle.q8", "I8", "[1,1,2]",
              "[8,10]")), 10, PLACE, "q8_scale is missing"},
  {WITH_TENSOR ("q8", TWIDDLES "," TENSOR ("twiddle.q8_scale", "F32", "[1]",
              "[8,12]")), 12, PLACE, "twiddle.q8 is missing"},
  {WITH_TENSOR ("q8", TENSOR ("twiddle.q8", "F32", "[1,1,2]", "[0,8]")),
      8, PLACE, "of type F32"},
  {WITH_TENSOR ("butterfly", TWIDDLES "," TENSOR ("gates", "F32", "[1,1]",
              "[8,12]")), 12, PLACE, "does not belong to variant butterfly"},
};

static void
test_bad_headers (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bad_headers); i++) {
    g_autoptr (GBytes) bytes = make_file (bad_headers[i].header, NULL,
        bad_headers[i].size);

    assert_refused (bytes, bad_headers[i].code, bad_headers[i].fault);
  }
}

static void
test_bad_values (void)
{
  static const struct
  {
    const gchar *tensor;
    gdouble value;
    const gchar *fault;
  } values[] = {
    {"twiddle.packed", NAN, "twiddle.packed holds NaN or Inf at place 1"},
    {"twiddle.packed", INFINITY, "holds NaN or Inf"},
    {"freq_mask", -INFINITY, "freq_mask holds NaN or Inf at place 1"},
    {"denoiser.scale", NAN, "denoiser.scale"},
    {"denoiser.bias", NAN, "denoiser.bias"},
    {"gates", -0.001, "gates holds -0.001"},
    {"gates", 1.001, "is not from 0 to 1"},
    {"gates", NAN, "gates holds NaN or Inf"},
    {"twiddle.q8_scale", 0, "twiddle.q8_scale holds 0"},
    {"twiddle.q8_scale", -1, "twiddle.q8_scale holds -1"},
    {"twiddle.q8_scale", INFINITY, "twiddle.q8_scale"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (BfftNetwork) network = random_network (BFFT_VARIANT_LEARNED, 4);
    const gchar *name = values[i].tensor;
    g_autoptr (GBytes) bytes = NULL;

    bfft_network_quantize (network);
    if (g_str_equal (name, "twiddle.q8_scale"))
      network->q8_scale = values[i].value;
    else if (g_str_equal (name, "gates"))
      network->gates[1] = values[i].value;
    else if (g_str_equal (name, "freq_mask"))
      network->freq_mask[1] = values[i].value;
    else if (g_str_equal (name, "denoiser.scale"))
      network->denoiser_scale[1] = values[i].value;
    else if (g_str_equal (name, "denoiser.bias"))
      network->denoiser_bias[1] = values[i].value;
    else
      network->twiddles[1] = values[i].value;
    bytes = bfft_weights_to_bytes (network);
    assert_refused (bytes, PLACE, values[i].fault);
  }
}

static void
test_bad_q8 (void)
{
  g_autoptr (BfftNetwork) network = random_network (BFFT_VARIANT_Q8, 4);
  g_autoptr (BfftNetwork) unitary = random_network (BFFT_VARIANT_UNITARY, 4);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) more = NULL;
  g_autoptr (GBytes) huge = NULL;
  gfloat data[2] = { 3e38f, 3e38f };

  network->q8[3] = -128;
  bytes = bfft_weights_to_bytes (network);
  assert_refused (bytes, PLACE, "twiddle.q8 holds -128 at place 3");
  unitary->unitary[7] = NAN;
  more = bfft_weights_to_bytes (unitary);
  assert_refused (more, PLACE, "unitary.matrices holds NaN or Inf at place 7");
  to_file_order (data, 2);
  huge = make_file (GOOD ("q8"), data, sizeof (data));
  assert_refused (huge, PLACE, "too large to be quantized");
}

/* No proper beginning of a file is a file. */
static void
test_truncated (void)
{
  g_autoptr (BfftNetwork) network = random_network (BFFT_VARIANT_LEARNED, 4);
  g_autoptr (GBytes) bytes = bfft_weights_to_bytes (network);
  guint64 header;
  gsize size;

  memcpy (&header, g_bytes_get_data (bytes, NULL), sizeof (header));
  header = GUINT64_FROM_LE (header);
  for (size = 0; size < g_bytes_get_size (bytes); size++) {
    /* exact allocations, so that valgrind sees a read past the end */
    GBytes *part = g_bytes_new (g_bytes_get_data (bytes, NULL), size);
    g_autoptr (GError) error = NULL;

    g_assert_null (bfft_weights_load_bytes (part, NAME, &error));
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, NAME));
    g_assert_nonnull (strstr (error->message, size < 10 ? "are too few" :
            size < 8 + header ? "goes past its end" :
            "past the end of the file"));
    g_bytes_unref (part);
  }
}

static void
test_bad_lengths (void)
{
  static const guint64 lengths[] = { 0, 1, 25, 32, 1000, G_MAXINT64,
    G_MAXUINT64 - 7, G_MAXUINT64
  };
  g_autoptr (GBytes) large = NULL;
  g_autofree gchar *blanks = g_strnfill (BFFT_SAFETENSORS_MAX_HEADER, ' ');
  g_autofree gchar *header = g_strconcat (GOOD ("q8"), blanks, NULL);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (lengths); i++) {
    guint64 file[4] = { GUINT64_TO_LE (lengths[i]) };
    g_autoptr (GBytes) bytes = NULL;

    memset (&file[1], '{', 24);
    bytes = g_bytes_new (file, sizeof (file));
    assert_refused (bytes, FORMAT, i < 2 ? "no JSON object" : "past its end");
  }
  large = make_file (header, NULL, 8);
  assert_refused (large, FORMAT, "too large");
}

/* json-glib would overflow the stack. */
static void
test_deep_json (void)
{
  g_autofree gchar *open = g_strnfill (500000, '[');
  g_autofree gchar *header = g_strconcat ("{'x':", open, NULL);
  g_autoptr (GBytes) bytes = make_file (header, NULL, 0);
  g_autoptr (JsonNode) deepest = NULL;
  g_autoptr (JsonNode) deeper = NULL;
  const gchar *brackets = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
      "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]";

  assert_refused (bytes, FORMAT, "too deeply nested");
  deepest = bfft_json_parse (brackets + 1, 2 * BFFT_JSON_MAX_DEPTH, NULL);
  g_assert_nonnull (deepest);
  deeper = bfft_json_parse (brackets, 2 * BFFT_JSON_MAX_DEPTH + 2, NULL);
  g_assert_null (deeper);
}

static gchar *
in_directory (const gchar * name)
{
  return g_build_filename (directory, name, NULL);
}

static void
assert_file_refused (const gchar * filename, gint code, const gchar * fault)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bfft_weights_load (filename, &error));
  g_assert_error (error, BFFT_WEIGHTS_ERROR, code);
  g_assert_nonnull (strstr (error->message, filename));
  g_assert_nonnull (strstr (error->message, fault));
}

static void
test_bad_files (void)
{
  g_autofree gchar *missing = in_directory ("missing");
  g_autofree gchar *empty = in_directory ("empty");
  g_autofree gchar *pipe = in_directory ("pipe");
  g_autofree gchar *large = in_directory ("large");

  assert_file_refused (missing, BFFT_WEIGHTS_ERROR_FILE, g_strerror (ENOENT));
  assert_file_refused (directory, BFFT_WEIGHTS_ERROR_FILE, "directory");
  assert_file_refused ("/dev/zero", BFFT_WEIGHTS_ERROR_FILE, "regular");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_file_refused (pipe, BFFT_WEIGHTS_ERROR_FILE, "regular");
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  assert_file_refused (empty, FORMAT, "too few");
  g_assert_true (g_file_set_contents (large, "", 0, NULL));
  if (truncate (large, BFFT_SAFETENSORS_MAX_FILE + 1) == 0)
    assert_file_refused (large, BFFT_WEIGHTS_ERROR_FILE, "too many");
  g_unlink (pipe);
  g_unlink (empty);
  g_unlink (large);
}

static guint
files_in_directory (void)
{
  GDir *dir = g_dir_open (directory, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir))
    count++;
  g_dir_close (dir);
  return count;
}

static void
assert_not_saved (const BfftNetwork * network, const gchar * filename,
    gint code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (bfft_weights_save (network, filename, &error));
  g_assert_error (error, BFFT_WEIGHTS_ERROR, code);
  g_assert_nonnull (strstr (error->message, filename));
  g_test_message ("%s", error->message);
}

/* A pipe, as a device, is neither written nor replaced; of a link, what it
 * points to is replaced. */
static void
test_save_places (void)
{
  g_autofree gchar *pipe = in_directory ("pipe");
  g_autofree gchar *link = in_directory ("link");
  g_autofree gchar *target = in_directory ("target");
  g_autoptr (BfftNetwork) network = random_network (BFFT_VARIANT_Q8, 4);
  g_autoptr (BfftNetwork) loaded = NULL;
  GStatBuf info;

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_not_saved (network, pipe, BFFT_WEIGHTS_ERROR_WRITE);
  g_assert_cmpint (g_stat (pipe, &info), ==, 0);
  g_assert_true (S_ISFIFO (info.st_mode));

  g_assert_true (g_file_set_contents (target, "old", 3, NULL));
  g_assert_cmpint (symlink ("target", link), ==, 0);
  g_assert_true (bfft_weights_save (network, link, NULL));
  g_assert_cmpint (g_lstat (link, &info), ==, 0);
  g_assert_true (S_ISLNK (info.st_mode));
  loaded = bfft_weights_load (target, NULL);
  g_assert_nonnull (loaded);
  assert_same_network (network, loaded);

  g_unlink (pipe);
  g_unlink (link);
  g_unlink (target);
}

static void
assert_no_checkpoint (BfftTrainer * trainer, const gchar * filename, gint code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (bfft_checkpoint_save (trainer, filename, &error));
  g_assert_error (error, BFFT_WEIGHTS_ERROR, code);
  g_assert_nonnull (strstr (error->message, filename));
}

/* A checkpoint is written as any weights are. */
static void
test_checkpoint (void)
{
  g_autofree gchar *filename = in_directory ("checkpoint.safetensors");
  g_autofree gchar *pipe = in_directory ("pipe");
  g_autoptr (BfftNetwork) network = random_network (BFFT_VARIANT_LEARNED, 16);
  g_autoptr (BfftNetwork) loaded = NULL;
  g_autoptr (BfftTrainer) trainer = NULL;
  BfftTrainerOptions options;
  GStatBuf info;

  bfft_trainer_options_init (&options);
  options.n_fft = 16;
  trainer = bfft_trainer_new (&options, NULL);
  g_assert_nonnull (trainer);
  g_assert_true (bfft_trainer_set_network (trainer, network, NULL));
  g_assert_true (bfft_checkpoint_save (trainer, filename, NULL));
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_no_checkpoint (trainer, pipe, BFFT_WEIGHTS_ERROR_WRITE);
  g_assert_cmpint (g_stat (pipe, &info), ==, 0);
  g_assert_true (S_ISFIFO (info.st_mode));

  network->freq_mask[3] = NAN;
  if (bfft_trainer_set_network (trainer, network, NULL))
    assert_no_checkpoint (trainer, filename, BFFT_WEIGHTS_ERROR_TENSOR);
  loaded = bfft_weights_load (filename, NULL);
  g_assert_nonnull (loaded);
  g_unlink (filename);
  g_unlink (pipe);
}

/* A limit on the size of files does what a full disk does. */
static void
assert_not_saved_when_full (const BfftNetwork * network, const gchar * filename)
{
  struct rlimit old, tight;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  tight = old;
  tight.rlim_cur = 100;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
  assert_not_saved (network, filename, BFFT_WEIGHTS_ERROR_WRITE);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
}

static void
test_save (void)
{
  g_autofree gchar *filename = in_directory ("weights.safetensors");
  g_autofree gchar *below_file = g_build_filename (filename, "x", NULL);
  g_autofree gchar *nowhere = in_directory ("no/such/place");
  g_autoptr (BfftNetwork) first = random_network (BFFT_VARIANT_LEARNED, 64);
  g_autoptr (BfftNetwork) second = random_network (BFFT_VARIANT_Q8, 64);
  g_autoptr (BfftNetwork) broken = bfft_network_copy (first);
  g_autoptr (BfftNetwork) loaded = NULL;
  GError *error = NULL;

  g_assert_true (bfft_weights_save (first, filename, &error));
  g_assert_true (bfft_weights_save (second, filename, &error));
  g_assert_no_error (error);

  broken->twiddles[5] = NAN;
  assert_not_saved (broken, filename, BFFT_WEIGHTS_ERROR_TENSOR);
  assert_not_saved (first, nowhere, BFFT_WEIGHTS_ERROR_WRITE);
  assert_not_saved (first, below_file, BFFT_WEIGHTS_ERROR_WRITE);
  assert_not_saved (first, directory, BFFT_WEIGHTS_ERROR_WRITE);
  assert_not_saved_when_full (first, filename);

  /* what was there before all that is still whole, and nothing beside it */
  loaded = bfft_weights_load (filename, &error);
  g_assert_no_error (error);
  assert_same_network (second, loaded);
  g_assert_cmpuint (files_in_directory (), ==, 1);
  g_unlink (filename);
}

/* Counts by hand, from docs/telemetry.md, at n 16: 4 stages of 8. */
static void
test_params (void)
{
  static const guint64 wanted[BFFT_N_VARIANTS][2] = {
    [BFFT_VARIANT_REFERENCE] = {64, 64},
    [BFFT_VARIANT_BUTTERFLY] = {64, 128},
    [BFFT_VARIANT_STOCKHAM] = {64, 128},
    [BFFT_VARIANT_Q8] = {64 + 32, 64 + 32 + 64},
    [BFFT_VARIANT_UNITARY] = {64 + 256, 64 + 256},
    [BFFT_VARIANT_DOMAIN] = {64, 128},
    [BFFT_VARIANT_PRUNED] = {64, 128},
    [BFFT_VARIANT_FUSED_SPECTRAL] = {64, 128},
    [BFFT_VARIANT_LEARNED] = {64 + 32 + 32 + 64 + 45, 64 + 237},
  };
  BfftParams params;
  guint variant;

  for (variant = 0; variant < BFFT_N_VARIANTS; variant++) {
    bfft_params_count (variant, 16, 5, &params);
    g_assert_cmpuint (params.twiddles, ==, 64);
    g_assert_cmpuint (params.total_params, ==, wanted[variant][0]);
    g_assert_cmpuint (params.memory_bytes, ==, 4 * wanted[variant][0]);
    bfft_params_count_original (variant, 16, 5, &params);
    g_assert_cmpuint (params.twiddles, ==, 64);
    g_assert_cmpuint (params.total_params, ==, wanted[variant][1]);
    g_assert_cmpuint (params.memory_bytes, ==, 4 * wanted[variant][1]);
  }
  g_assert_cmpuint (params.gates, ==, 32);
  g_assert_cmpuint (params.freq_mask, ==, 32);
  g_assert_cmpuint (params.denoiser, ==, 64);
  g_assert_cmpuint (params.mel_filters, ==, 45);
  g_assert_cmpuint (params.unitary, ==, 64);
}

static void
test_resident_bytes (void)
{
  static const guint64 wanted[BFFT_N_VARIANTS] = {
    [BFFT_VARIANT_REFERENCE] = 256,
    [BFFT_VARIANT_BUTTERFLY] = 256,
    [BFFT_VARIANT_STOCKHAM] = 256,
    [BFFT_VARIANT_Q8] = 64 + 4,
    [BFFT_VARIANT_UNITARY] = 1024,
    [BFFT_VARIANT_DOMAIN] = 256,
    [BFFT_VARIANT_PRUNED] = 256 + 128,
    [BFFT_VARIANT_FUSED_SPECTRAL] = 256 + 128,
    [BFFT_VARIANT_LEARNED] = 256 + 128 + 3 * 128,
  };
  guint variant;

  for (variant = 0; variant < BFFT_N_VARIANTS; variant++) {
    g_autoptr (BfftNetwork) network = bfft_network_new_exact (variant, 16);

    g_assert_cmpuint (bfft_network_resident_bytes (network), ==,
        wanted[variant]);
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  directory = g_dir_make_tmp ("bfft-weights-XXXXXX", NULL);
  g_test_add_func ("/weights/round-trip", test_round_trip);
  g_test_add_func ("/weights/round-trip-options", test_round_trip_options);
  g_test_add_func ("/weights/largest", test_largest);
  g_test_add_func ("/weights/twiddles-only", test_twiddles_only);
  g_test_add_func ("/weights/q8-only", test_q8_only);
  g_test_add_func ("/weights/half-floats", test_half_floats);
  g_test_add_func ("/weights/tolerated", test_tolerated);
  g_test_add_func ("/weights/hard-gates", test_hard_gates);
  g_test_add_func ("/weights/bad-headers", test_bad_headers);
  g_test_add_func ("/weights/bad-values", test_bad_values);
  g_test_add_func ("/weights/bad-q8", test_bad_q8);
  g_test_add_func ("/weights/truncated", test_truncated);
  g_test_add_func ("/weights/bad-lengths", test_bad_lengths);
  g_test_add_func ("/weights/deep-json", test_deep_json);
  g_test_add_func ("/weights/bad-files", test_bad_files);
  g_test_add_func ("/weights/save", test_save);
  g_test_add_func ("/weights/save-places", test_save_places);
  g_test_add_func ("/weights/checkpoint", test_checkpoint);
  g_test_add_func ("/params/counts", test_params);
  g_test_add_func ("/params/resident-bytes", test_resident_bytes);
  status = g_test_run ();
  g_rmdir (directory);
  g_free (directory);
  return status;
}
