/* bfft: how far bfft-extract is, in one line of a terminal.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "extract-progress.h"

#include <stdio.h>
#include <unistd.h>

#include "extract-inputs.h"

struct _ExtractProgress
{
  GMutex lock;
  gboolean shown;               /* there is a terminal */
  gint64 start;                 /* us */
  guint64 files[EXTRACT_FAILED + 1];
  gdouble seconds;              /* of sound */
  gdouble *parts;               /* of the file that each job is at */
  guint jobs;

  gchar **inputs;
  GThread *counter;             /* knows how many files there will be */
  gint stop;                    /* it need not go on */
  gint counted;                 /* it has */
  guint64 total;
};

static gpointer
count (gpointer data)
{
  ExtractProgress *self = data;
  ExtractInputs *inputs = extract_inputs_new (self->inputs);
  ExtractInput *input;
  guint64 total = 0;

  while (!g_atomic_int_get (&self->stop)
      && (input = extract_inputs_next (inputs))) {
    extract_input_free (input);
    total++;
  }
  self->total = total;
  g_atomic_int_set (&self->counted, !self->stop);
  extract_inputs_free (inputs);
  return NULL;
}

ExtractProgress *
extract_progress_new (gchar ** inputs, guint jobs, gboolean quiet)
{
  ExtractProgress *self = g_new0 (ExtractProgress, 1);

  g_mutex_init (&self->lock);
  self->shown = !quiet && isatty (STDERR_FILENO);
  self->start = g_get_monotonic_time ();
  self->parts = g_new0 (gdouble, jobs);
  self->jobs = jobs;
  self->inputs = inputs;
  if (inputs && self->shown)
    self->counter = g_thread_new ("count", count, self);
  return self;
}

void
extract_progress_free (ExtractProgress * self)
{
  g_atomic_int_set (&self->stop, TRUE);
  if (self->counter)
    g_thread_join (self->counter);
  g_mutex_clear (&self->lock);
  g_free (self->parts);
  g_free (self);
}

/* Names of files may hold anything; a fault is one line. */
static void
tell (ExtractProgress * self, const gchar * label, const gchar * fault)
{
  g_autofree gchar *name = label ? g_filename_display_name (label) : NULL;
  g_autofree gchar *line = g_strdup_printf ("%s%s%s", name ? name : "",
      name ? ": " : "", fault);
  gchar *p;

  for (p = line; *p; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  fprintf (stderr, "%sbfft-extract: %s\n", self->shown ? "\r\033[K" : "", line);
}

void
extract_progress_add (ExtractProgress * self, ExtractOutcome outcome,
    gdouble seconds, const gchar * label, const gchar * fault)
{
  g_mutex_lock (&self->lock);
  self->files[outcome]++;
  self->seconds += seconds;
  if (fault)
    tell (self, label, fault);
  g_mutex_unlock (&self->lock);
}

void
extract_progress_set_part (ExtractProgress * self, guint job, gdouble part)
{
  g_mutex_lock (&self->lock);
  self->parts[job] = part;
  g_mutex_unlock (&self->lock);
}

/* What was skipped took no time. */
static void
show_left (ExtractProgress * self, gdouble elapsed)
{
  gdouble done = self->files[EXTRACT_DONE] + self->files[EXTRACT_FAILED];
  guint i, left;

  if (!g_atomic_int_get (&self->counted))
    return;
  for (i = 0; i < self->jobs; i++)
    done += self->parts[i];
  if (done <= 0)
    return;
  left = elapsed * MAX (self->total - self->files[EXTRACT_SKIPPED] - done, 0)
      / done;
  fprintf (stderr, ", %u:%02u:%02u left", left / 3600, left / 60 % 60,
      left % 60);
}

static void
show_counts (ExtractProgress * self, gdouble elapsed)
{
  guint64 skipped = self->files[EXTRACT_SKIPPED];
  guint64 failed = self->files[EXTRACT_FAILED];

  fprintf (stderr, "%" G_GUINT64_FORMAT " files, %.2f h of sound, %.0f times "
      "real time", self->files[EXTRACT_DONE], self->seconds / 3600,
      self->seconds / MAX (elapsed, 1e-3));
  if (skipped)
    fprintf (stderr, ", %" G_GUINT64_FORMAT " skipped", skipped);
  if (failed)
    fprintf (stderr, ", %" G_GUINT64_FORMAT " failed", failed);
}

static gdouble
elapsed_seconds (const ExtractProgress * self)
{
  return 1e-6 * (g_get_monotonic_time () - self->start);
}

void
extract_progress_show (ExtractProgress * self)
{
  if (!self->shown)
    return;
  g_mutex_lock (&self->lock);
  fputs ("\r\033[K", stderr);
  show_counts (self, elapsed_seconds (self));
  show_left (self, elapsed_seconds (self));
  fflush (stderr);
  g_mutex_unlock (&self->lock);
}

gboolean
extract_progress_finish (ExtractProgress * self)
{
  guint64 failed = self->files[EXTRACT_FAILED];
  gboolean many = failed + self->files[EXTRACT_DONE]
      + self->files[EXTRACT_SKIPPED] > 1;

  if (self->shown)
    fputs ("\r\033[K", stderr);
  if (self->shown || (failed && many)) {
    fputs ("bfft-extract: ", stderr);
    show_counts (self, elapsed_seconds (self));
    fputc ('\n', stderr);
  }
  return failed == 0;
}

gboolean
extract_progress_is_empty (ExtractProgress * self)
{
  return self->files[EXTRACT_DONE] + self->files[EXTRACT_SKIPPED]
      + self->files[EXTRACT_FAILED] == 0;
}
