/* bfft: C structures as JSON, by one table for the reader and the writer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a member is, in C and in the file. */
typedef enum
{
  BFFT_FIELD_COUNT,             /* guint64: a whole number, at most 2^53 */
  BFFT_FIELD_UINT,              /* guint: a whole number */
  BFFT_FIELD_NUMBER,            /* gdouble: a number in float's range */
  BFFT_FIELD_TEXT,              /* gchar *: a string, see bfft_record_text() */
  BFFT_FIELD_UINTS,             /* GArray of guint: an array */
  BFFT_FIELD_FLOATS,            /* GArray of gfloat: an array */
  BFFT_FIELD_DOUBLES,           /* GArray of gdouble: an array */
  BFFT_FIELD_ROWS,              /* GArray of gdouble: rows, each as long as the
                                 * array @max bytes into the structure */
  BFFT_FIELD_TEXTS,             /* GPtrArray of strings: an array */
  BFFT_FIELD_PAIRS,             /* GPtrArray of strings, and their values at
                                 * offset + sizeof (gpointer): an object */
  BFFT_FIELD_INSIDE,            /* a structure in this one: an object */
  BFFT_FIELD_POINTER,           /* a structure or NULL: an object */
  BFFT_FIELD_ARRAY,             /* GArray of structures: an array of objects */
  BFFT_FIELD_OBJECTS,           /* GPtrArray of structures: the same */
} BfftFieldKind;

enum
{
  BFFT_FIELD_OPTIONAL = 1,      /* no key when empty, 0, NULL or NaN */
  BFFT_FIELD_NULLABLE = 2,      /* null is NaN or NULL */
};

typedef struct _BfftRecord BfftRecord;
typedef struct _BfftField BfftField;
typedef struct _BfftRecordReader BfftRecordReader;

/**
 * BfftField:
 * @key: in the file
 * @kind: what it is
 * @offset: into the structure
 * @flags: see above
 * @max: largest count, characters of texts, or elements; 0: no limit but the
 *     kind's own
 * @digits: significant ones that are written
 * @record: of structures
 * @check: optional: what else must be true of @structure once it is read
 */
struct _BfftField
{
  const gchar *key;
  BfftFieldKind kind;
  gsize offset;
  guint flags;
  guint64 max;
  guint digits;
  const BfftRecord *record;
  gboolean (*check) (BfftRecordReader * reader, const BfftField * field,
      gconstpointer structure);
};

/**
 * BfftRecord:
 * @fields: up to one without a key
 * @size: bytes of the structure
 * @create: a new one, all arrays of it there and empty; NULL where none is
 *     behind a pointer
 */
struct _BfftRecord
{
  const BfftField *fields;
  gsize size;
  gpointer (*create) (void);
};

/* Returns: FALSE, so that a check may end with it; the message says what is wrong
 * with @key. */
gboolean bfft_record_fault (BfftRecordReader * reader, const gchar * key,
    const gchar * format, ...) G_GNUC_PRINTF (3, 4);

/* Fills @structure with what @node has. Of a fault, @where is said to have it.
 * What was read until then is in @structure. Keys of others are ignored. */
gboolean bfft_record_read (const BfftRecord * record, JsonNode * node,
    const gchar * where, gpointer structure, GError ** error);

/* Returns: (transfer full): an object */
JsonNode *bfft_record_write (const BfftRecord * record,
    gconstpointer structure);

/* @text as a record may have it: valid, of @max characters at most (0: 200),
 * without what neither a terminal nor XML takes; a text that is so already stays
 * what it is. */
gchar *bfft_record_text (const gchar * text, guint64 max);

G_END_DECLS
