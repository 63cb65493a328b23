/* bfft: setups change hands: each is used in order and freed once, and never by
 * the thread that uses them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/check/gstcheck.h>
#include <stdatomic.h>

#include "gstbffthandover.h"

#define CHANGES 2000

typedef struct
{
  guint number;
} Setup;

static GstBfftHandover handover;
static _Atomic guint made, freed;
static _Atomic guint latest;    /* used */
static guint used;              /* the streaming thread's */
static GThread *streaming;
static gboolean impossible;

static gpointer
make_setup (GstElement * element, const GstAudioInfo * info, guint * n_fft,
    GError ** error)
{
  Setup *setup = g_new (Setup, 1);

  fail_unless_equals_int (*n_fft, made == 0 ? 0 : 256);
  *n_fft = 256;
  if (impossible) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "No");
    g_free (setup);
    return NULL;
  }
  setup->number = ++made;
  return setup;
}

static void
adopt_setup (GstElement * element, gpointer setup, gpointer old, gboolean fresh)
{
  fail_unless (g_thread_self () == streaming);
  fail_unless (fresh == (used == 0));
  fail_unless (old == NULL ? used == 0 : ((Setup *) old)->number == latest);
  fail_unless (((Setup *) setup)->number > latest);
  latest = ((Setup *) setup)->number;
  used++;
}

static void
free_setup (gpointer setup)
{
  fail_unless (g_thread_self () != streaming);
  freed++;
  ((Setup *) setup)->number = 0;
  g_free (setup);
}

static const GstBfftHandoverFuncs funcs = {
  make_setup, adopt_setup, free_setup, NULL
};

static gpointer
stream (gpointer data)
{
  GstAudioInfo info;

  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_F32, 48000, 1, NULL);
  streaming = g_thread_self ();
  fail_unless (gst_bfft_handover_configure (&handover, &info));
  /* The same caps are no news. */
  fail_unless (gst_bfft_handover_configure (&handover, &info));
  while (made < CHANGES)
    gst_bfft_handover_adopt (&handover);
  gst_bfft_handover_adopt (&handover);
  fail_unless_equals_int (latest, CHANGES);
  return NULL;
}

GST_START_TEST (test_changes)
{
  GstElement *element = gst_element_factory_make ("fakesink", NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GThread *thread;

  gst_element_set_bus (element, bus);
  gst_bfft_handover_init (&handover, element, &funcs);
  fail_unless (gst_bfft_handover_start (&handover, NULL));
  gst_bfft_handover_update (&handover, FALSE);
  fail_unless_equals_int (made, 0);
  thread = g_thread_new ("stream", stream, NULL);
  while (made == 0)
    g_thread_yield ();
  while (made < CHANGES) {
    gst_bfft_handover_update (&handover, FALSE);
    while (made % 50 == 0 && latest < made)
      g_thread_yield ();
  }
  g_thread_join (thread);
  GST_INFO ("%u of %u used", used, made);
  fail_unless (used >= CHANGES / 50);
  fail_unless_equals_int (gst_bfft_handover_get_n_fft (&handover), 256);
  /* What is impossible is said, and nothing changes. */
  impossible = TRUE;
  gst_bfft_handover_update (&handover, FALSE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  fail_unless (message != NULL);
  gst_message_unref (message);
  gst_bfft_handover_adopt (&handover);
  fail_unless_equals_int (latest, CHANGES);
  gst_bfft_handover_stop (&handover);
  fail_unless_equals_int (freed, made);
  gst_bfft_handover_clear (&handover);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

GST_END_TEST;

static Suite *
handover_suite (void)
{
  Suite *s = suite_create ("handover");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_changes);
  return s;
}

GST_CHECK_MAIN (handover);
