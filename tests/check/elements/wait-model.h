/* bfft: waits for models that another thread takes from the stream.
 *
 * Elements log each model that they have taken, or kept, in their INFO log;
 * include this in one file of a program, and call watch_models() before the
 * first model is sent.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/check/gstcheck.h>
#include <string.h>

static GMutex models_lock;
static GCond models_cond;
static guint models_done;
static GThread *models_thread;  /* that took the latest */

static void
note_model (GstDebugCategory * category, GstDebugLevel level,
    const gchar * file, const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer data)
{
  if (strstr (gst_debug_message_get (message), "the stream's model") == NULL)
    return;
  g_mutex_lock (&models_lock);
  models_done++;
  models_thread = g_thread_self ();
  g_cond_broadcast (&models_cond);
  g_mutex_unlock (&models_lock);
}

static inline void
watch_models (void)
{
  if (g_getenv ("GST_DEBUG") == NULL) {
    gst_debug_remove_log_function (gst_debug_log_default);
    gst_debug_set_threshold_for_name ("bfft*", GST_LEVEL_INFO);
  }
  /* Without forks a test before may have added it. */
  gst_debug_remove_log_function (note_model);
  gst_debug_add_log_function (note_model, NULL, NULL);
  g_mutex_lock (&models_lock);
  models_done = 0;
  g_mutex_unlock (&models_lock);
}

/* Waits until @n models were taken. Returns: the thread that took the last. */
static inline GThread *
wait_models (guint n)
{
  gint64 end = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  GThread *thread;

  g_mutex_lock (&models_lock);
  while (models_done < n)
    fail_unless (g_cond_wait_until (&models_cond, &models_lock, end));
  thread = models_thread;
  g_mutex_unlock (&models_lock);
  return thread;
}
