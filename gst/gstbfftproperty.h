/* bfft: properties of elements as rows of tables.
 *
 * A property is a member of its object and a row:
 *
 *   static const GstBfftProperty properties[] = {
 *     GST_BFFT_UINT (GstBfftFoo, bar, "bar", 0, 100, 10, GST_BFFT_PLAYING,
 *         "Samples of bar, 0 to 100"),
 *     {.name = NULL}
 *   };
 *
 * class_init gives the table to gst_bfft_properties_install(), init to
 * gst_bfft_properties_init(), finalize to gst_bfft_properties_clear().
 *
 * Members are read and written under GST_OBJECT_LOCK(). A value that is there
 * already is not set and notifies nobody; one out of range leaves what was
 * there, also where an object is made (there is no G_PARAM_CONSTRUCT: GLib
 * drops what it refuses there, and the default with it).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* When a property can be set. */
#define GST_BFFT_PLAYING (G_PARAM_READWRITE | GST_PARAM_MUTABLE_PLAYING)
#define GST_BFFT_READY (G_PARAM_READWRITE | GST_PARAM_MUTABLE_READY)

/* Setting it to what it is notifies: what it names may have changed. */
#define GST_BFFT_AGAIN GST_PARAM_USER_SHIFT
/* For a set_property() of one's own: 0 stands for what others say. */
#define GST_BFFT_UNSET_BY_0 (GST_PARAM_USER_SHIFT << 1)

/**
 * GstBfftProperty:
 * @name: as users write it
 * @type: of the member: G_TYPE_BOOLEAN, INT, UINT, UINT64, DOUBLE, ENUM,
 *     STRING (owned), or BOXED, which has no member but @get
 * @get_type: the type of an enumeration or a boxed, otherwise NULL
 * @offset: of the member
 * @minimum, @maximum: range of numbers
 * @initial: default; %NULL for strings
 * @flags: one of those above and GST_PARAM_CONTROLLABLE
 * @blurb: what it is, with unit and range
 * @get: a value that is not simply the member's, or NULL; called without lock
 */
typedef struct
{
  const gchar *name;
  GType type;
    GType (*get_type) (void);
  gsize offset;
  gdouble minimum, maximum, initial;
  guint flags;
  const gchar *blurb;
  void (*get) (GObject * object, GValue * value);
} GstBfftProperty;

/* The member's offset; does not compile, or warns, if it is not a @ctype. */
#define GST_BFFT_OFFSET(Struct, member, ctype) (G_STRUCT_OFFSET (Struct, \
    member) + 0 * sizeof (&((Struct *) NULL)->member == (ctype *) NULL))

#define GST_BFFT_NUMBER(Struct, member, TYPE, ctype, name, min, max, initial, \
    flags, blurb) \
  { name, TYPE, NULL, GST_BFFT_OFFSET (Struct, member, ctype), (gdouble) (min), \
    (gdouble) (max), (gdouble) (initial), flags, blurb, NULL }

#define GST_BFFT_INT(Struct, member, ...) \
  GST_BFFT_NUMBER (Struct, member, G_TYPE_INT, gint, __VA_ARGS__)
#define GST_BFFT_UINT(Struct, member, ...) \
  GST_BFFT_NUMBER (Struct, member, G_TYPE_UINT, guint, __VA_ARGS__)
#define GST_BFFT_UINT64(Struct, member, ...) \
  GST_BFFT_NUMBER (Struct, member, G_TYPE_UINT64, guint64, __VA_ARGS__)
#define GST_BFFT_DOUBLE(Struct, member, ...) \
  GST_BFFT_NUMBER (Struct, member, G_TYPE_DOUBLE, gdouble, __VA_ARGS__)
#define GST_BFFT_BOOLEAN(Struct, member, name, initial, flags, blurb) \
  GST_BFFT_NUMBER (Struct, member, G_TYPE_BOOLEAN, gboolean, name, 0, 1, \
    initial, flags, blurb)
#define GST_BFFT_STRING(Struct, member, name, flags, blurb) \
  GST_BFFT_NUMBER (Struct, member, G_TYPE_STRING, gchar *, name, 0, 0, 0, \
    flags, blurb)
#define GST_BFFT_ENUM(Struct, member, name, get_type, initial, flags, blurb) \
  { name, G_TYPE_ENUM, get_type, G_STRUCT_OFFSET (Struct, member) + \
    0 * sizeof (gchar[sizeof (((Struct *) NULL)->member) == sizeof (gint) ? \
    1 : -1]), 0, 0, initial, flags, blurb, NULL }
#define GST_BFFT_STATS(get, blurb) \
  { "stats", G_TYPE_BOXED, gst_structure_get_type, 0, 0, 0, 0, \
    G_PARAM_READABLE, blurb, get }

/* Ids of a class's second table. */
#define GST_BFFT_FRAMING_IDS 1000

/* Installs @rows, which end in one without a name, as the properties @first,
 * @first + 1... of @klass; offsets are from @base bytes into the instance. @initials, if not
 * NULL, is an instance less those bytes that has the defaults. */
void gst_bfft_properties_install (GObjectClass * klass,
    const GstBfftProperty * rows, guint first, gssize base,
    gconstpointer initials);

/* Sets the members of @rows to their defaults; of a table with initials, its
 * owner does that. */
void gst_bfft_properties_init (gpointer object, const GstBfftProperty * rows,
    gssize base);

/* Frees the strings. */
void gst_bfft_properties_clear (gpointer object, const GstBfftProperty * rows,
    gssize base);

/* For a set_property() of one's own. Returns: whether the value is another. */
gboolean gst_bfft_properties_set (GObject * object, const GValue * value,
    GParamSpec * pspec);

/* Copies the member of @row, which is no string, of @from to that of @to. */
void gst_bfft_property_copy (const GstBfftProperty * row, gpointer to,
    gconstpointer from);

/* Whether it is another in @a than in @b. */
gboolean gst_bfft_property_differs (const GstBfftProperty * row,
    gconstpointer a, gconstpointer b);

G_END_DECLS
