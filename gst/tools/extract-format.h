/* bfft: the formats that bfft-extract writes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

#include "extract-file.h"

G_BEGIN_DECLS

#define EXTRACT_MAX_DIMS 4

typedef struct _ExtractFormat ExtractFormat;

/**
 * ExtractWriter:
 * @file: where to
 * @input: what the sound is called
 * @live: whether each result is to be seen at once
 * @dims: shape of a result, the slowest first; n_dims is 0 as long as it is
 *     not known, and stays so for messages
 * @axes: what they are called: "channel", "frame", "band"
 * @results: how many there have been
 * @start: of the first result, ns
 * @end: of the latest, ns
 * @element: the analyser, for what it measures
 * @rate: of the sound that it hears, Hz
 * @state: the format's own
 */
typedef struct
{
  const ExtractFormat *format;
  ExtractFile *file;
  const gchar *input;
  gboolean live;
  guint n_dims;
  guint dims[EXTRACT_MAX_DIMS];
  const gchar *axes[EXTRACT_MAX_DIMS];
  guint64 results;
  GstClockTime start, end;
  GstElement *element;
  guint rate;
  gpointer state;
} ExtractWriter;

/**
 * ExtractResult:
 * @values: as many as the shape has; NULL if there is a message
 * @fields: the message
 */
typedef struct
{
  const gfloat *values;
  gsize n;
  GstClockTime timestamp, duration;
  const GstStructure *fields;
} ExtractResult;

/**
 * ExtractFormat:
 * @tensors: whether results are arrays; otherwise they are messages
 * @seeks: whether the file is gone back in
 * @mixes: whether results of several inputs may follow one another
 * @begin: when the shape is known; NULL if this was not built
 *
 * @end: after the last result; nullable, as is
 * @clear: frees what begin() made, also after a fault
 *
 * Writers report faults in file->fault.
 */
struct _ExtractFormat
{
  const gchar *name;
  gboolean tensors;
  gboolean seeks;
  gboolean mixes;
  void (*begin) (ExtractWriter * writer);
  void (*result) (ExtractWriter * writer, const ExtractResult * result);
  void (*end) (ExtractWriter * writer);
  void (*clear) (ExtractWriter * writer);
};

extern const ExtractFormat extract_format_npy;
extern const ExtractFormat extract_format_jsonl;
extern const ExtractFormat extract_format_csv;
extern const ExtractFormat extract_format_png;

const ExtractFormat *extract_format_find (const gchar * name);

/* Numbers in a result. */
gsize extract_writer_size (const ExtractWriter * writer);

/* The shortest text that reads back as the same number; "nan", "inf". */
#define EXTRACT_NUMBER_SIZE 32
gint extract_print_float (gchar * text, gfloat value);
gint extract_print_double (gchar * text, gdouble value);

G_END_DECLS
