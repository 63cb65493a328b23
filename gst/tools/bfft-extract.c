/* bfft: the tool bfft-extract: sounds as arrays, JSON lines, tables, pictures.
 *
 * Each job is a thread with a pipeline of its own, which takes the next file
 * when it is done with one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib-unix.h>

#include "extract-inputs.h"
#include "extract-pipeline.h"
#include "extract-progress.h"

#define PROGRESS_INTERVAL 500   /* ms */

typedef struct
{
  const ExtractOptions *options;
  ExtractInputs *inputs;        /* NULL for a source */
  ExtractProgress *progress;
  GMainLoop *loop;
  gint signal;                  /* that stopped it */
  gint running;                 /* jobs */
} Run;

typedef struct
{
  Run *run;
  guint number;
  ExtractPipeline *pipeline;    /* that may be used again */
} Job;

static gboolean
on_tick (gpointer data, gdouble part)
{
  Job *job = data;

  extract_progress_set_part (job->run->progress, job->number, part);
  return g_atomic_int_get (&job->run->signal) == 0;
}

static gchar *
target_of (const ExtractOptions * options, const ExtractInput * input)
{
  if (!options->into_folder)
    return g_strdup (options->output);
  return g_strdup_printf ("%s%s%s.%s", options->output,
      g_str_has_suffix (options->output, "/") ? "" : "/", input->name,
      options->format->name);
}

/* Runs @uri into @target. */
static gboolean
extract (Job * job, const gchar * uri, const gchar * label,
    const gchar * target, gdouble * seconds, GError ** error)
{
  const ExtractOptions *options = job->run->options;
  ExtractWriter writer = {.format = options->format,.input = label,
    .live = options->source != NULL
  };
  gboolean ok;

  if (job->pipeline == NULL)
    job->pipeline = extract_pipeline_new (options, error);
  if (job->pipeline == NULL)
    return FALSE;
  writer.file = extract_file_open (target, error);
  if (writer.file == NULL)
    return FALSE;
  ok = extract_pipeline_run (job->pipeline, uri, &writer, on_tick, job, error);
  if (writer.format->clear)
    writer.format->clear (&writer);
  if (!ok || !extract_pipeline_is_reusable (job->pipeline))
    g_clear_pointer (&job->pipeline, extract_pipeline_free);
  *seconds = writer.results ? 1e-9 * (writer.end - writer.start) : 0;
  return extract_file_close (writer.file, ok, ok ? error : NULL) && ok;
}

static void
extract_input (Job * job, const ExtractInput * input)
{
  const ExtractOptions *options = job->run->options;
  g_autofree gchar *target = target_of (options, input);
  ExtractOutcome outcome = EXTRACT_DONE;
  g_autoptr (GError) error = NULL;
  gdouble seconds = 0;

  if (options->resume && g_file_test (target, G_FILE_TEST_EXISTS))
    outcome = EXTRACT_SKIPPED;
  else if (input->fault)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_FAILED, input->fault);
  else
    extract (job, input->uri, input->label, target, &seconds, &error);
  on_tick (job, 0);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  extract_progress_add (job->run->progress, error ? EXTRACT_FAILED : outcome,
      seconds, input->label, error ? error->message : NULL);
}

static void
extract_source (Job * job)
{
  const ExtractOptions *options = job->run->options;
  g_autoptr (GError) error = NULL;
  gdouble seconds = 0;

  extract (job, NULL, NULL, options->output, &seconds, &error);
  extract_progress_add (job->run->progress,
      error ? EXTRACT_FAILED : EXTRACT_DONE, seconds, NULL,
      error ? error->message : NULL);
}

static gboolean
on_end (gpointer data)
{
  g_main_loop_quit (((Run *) data)->loop);
  return G_SOURCE_REMOVE;
}

static gpointer
work (gpointer data)
{
  Job *job = data;
  Run *run = job->run;
  ExtractInput *input;

  if (run->inputs == NULL)
    extract_source (job);
  while (run->inputs && g_atomic_int_get (&run->signal) == 0
      && (input = extract_inputs_next (run->inputs))) {
    extract_input (job, input);
    extract_input_free (input);
  }
  g_clear_pointer (&job->pipeline, extract_pipeline_free);
  /* in the loop: jobs may be done before it runs, when quitting does nothing */
  if (g_atomic_int_dec_and_test (&run->running))
    g_idle_add (on_end, run);
  return NULL;
}

/* A second signal has its usual effect: a job may be waiting for a pipe or a
 * server where GStreamer cannot be stopped. */
static gboolean
on_interrupt (gpointer data)
{
  g_atomic_int_set (&((Run *) data)->signal, SIGINT);
  return G_SOURCE_REMOVE;
}

static gboolean
on_terminate (gpointer data)
{
  g_atomic_int_set (&((Run *) data)->signal, SIGTERM);
  return G_SOURCE_REMOVE;
}

static gboolean
on_interval (gpointer data)
{
  extract_progress_show (((Run *) data)->progress);
  return G_SOURCE_CONTINUE;
}

static void
run_jobs (Run * run)
{
  guint n = run->options->jobs, i;
  g_autofree Job *jobs = g_new0 (Job, n);
  g_autofree GThread **threads = g_new (GThread *, n);

  run->running = n;
  for (i = 0; i < n; i++) {
    jobs[i] = (Job) {
    .run = run,.number = i};
    threads[i] = g_thread_new ("extract", work, &jobs[i]);
  }
  g_main_loop_run (run->loop);
  for (i = 0; i < n; i++)
    g_thread_join (threads[i]);
}

static gboolean
found_nothing (Run * run)
{
  return run->signal == 0 && extract_progress_is_empty (run->progress);
}

/* Returns: exit status */
static gint
run_options (const ExtractOptions * options)
{
  /* lines of results and the line of progress do not share a terminal */
  gboolean quiet = options->output == NULL && isatty (STDOUT_FILENO);
  Run run = {.options = options };
  gboolean ok;

  run.loop = g_main_loop_new (NULL, FALSE);
  run.inputs = options->inputs ? extract_inputs_new (options->inputs) : NULL;
  run.progress = extract_progress_new (options->inputs, options->jobs, quiet);
  g_unix_signal_add (SIGINT, on_interrupt, &run);
  g_unix_signal_add (SIGTERM, on_terminate, &run);
  g_timeout_add (PROGRESS_INTERVAL, on_interval, &run);
  run_jobs (&run);
  if (found_nothing (&run))
    extract_progress_add (run.progress, EXTRACT_FAILED, 0,
        options->inputs[0], "there are no sounds in it");
  ok = extract_progress_finish (run.progress);
  extract_progress_free (run.progress);
  g_clear_pointer (&run.inputs, extract_inputs_free);
  g_main_loop_unref (run.loop);
  if (run.signal)
    return 128 + run.signal;
  return ok ? EXIT_SUCCESS : EXTRACT_EXIT_FAILED;
}

/* Once, instead of for each of the files. */
static gboolean
check_target (const ExtractOptions * options, GError ** error)
{
  ExtractFile *file;

  if (options->output == NULL)
    return TRUE;
  if (options->into_folder)
    return extract_file_make_folder (options->output, error);
  file = extract_file_open (options->output, error);
  return file && extract_file_close (file, FALSE, NULL);
}

gint
main (gint argc, gchar ** argv)
{
  g_autoptr (GError) error = NULL;
  ExtractOptions options;
  gint status = EXTRACT_EXIT_USAGE;

  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  if (!extract_options_parse (&options, &argc, &argv, &error)) {
  } else if (options.version) {
    printf ("bfft-extract %s\n", VERSION);
    status = EXIT_SUCCESS;
  } else if (!check_target (&options, &error)) {
    status = EXTRACT_EXIT_FAILED;
  } else {
    status = run_options (&options);
  }
  if (error)
    g_printerr ("bfft-extract: %s\n", error->message);
  extract_options_clear (&options);
  return status;
}
