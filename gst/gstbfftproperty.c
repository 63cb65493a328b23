/* bfft: properties of elements as rows of tables.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftproperty.h"

#include <string.h>

/* A row in its class; the pspec has it. */
typedef struct
{
  const GstBfftProperty *row;
  gssize base;
} Installed;

static GQuark
installed_quark (void)
{
  return g_quark_from_static_string ("bfft-property");
}

static gpointer
member_of (gpointer object, const GstBfftProperty * row, gssize base)
{
  return G_STRUCT_MEMBER_P (object, base + (gssize) row->offset);
}

static guint64
to_uint64 (gdouble value)
{
  return value < (gdouble) G_MAXUINT64 ? (guint64) value : G_MAXUINT64;
}

static void
read_member (const GstBfftProperty * row, gconstpointer member, GValue * value)
{
  if (row->type == G_TYPE_BOOLEAN)
    g_value_set_boolean (value, *(const gboolean *) member);
  else if (row->type == G_TYPE_INT)
    g_value_set_int (value, *(const gint *) member);
  else if (row->type == G_TYPE_UINT)
    g_value_set_uint (value, *(const guint *) member);
  else if (row->type == G_TYPE_UINT64)
    g_value_set_uint64 (value, *(const guint64 *) member);
  else if (row->type == G_TYPE_DOUBLE)
    g_value_set_double (value, *(const gdouble *) member);
  else if (row->type == G_TYPE_ENUM)
    g_value_set_enum (value, *(const gint *) member);
  else
    g_value_set_string (value, *(gchar * const *) member);
}

static void
write_member (const GstBfftProperty * row, gpointer member,
    const GValue * value)
{
  if (row->type == G_TYPE_BOOLEAN)
    *(gboolean *) member = g_value_get_boolean (value);
  else if (row->type == G_TYPE_INT)
    *(gint *) member = g_value_get_int (value);
  else if (row->type == G_TYPE_UINT)
    *(guint *) member = g_value_get_uint (value);
  else if (row->type == G_TYPE_UINT64)
    *(guint64 *) member = g_value_get_uint64 (value);
  else if (row->type == G_TYPE_DOUBLE)
    *(gdouble *) member = g_value_get_double (value);
  else if (row->type == G_TYPE_ENUM)
    *(gint *) member = g_value_get_enum (value);
  else {
    g_free (*(gchar **) member);
    *(gchar **) member = g_value_dup_string (value);
  }
}

/* The row's default, or that in @initials. */
static void
get_initial (const GstBfftProperty * row, gconstpointer initials,
    GValue * value)
{
  gdouble x = row->initial;

  if (initials)
    read_member (row, (const gchar *) initials + row->offset, value);
  else if (row->type == G_TYPE_BOOLEAN)
    g_value_set_boolean (value, x != 0);
  else if (row->type == G_TYPE_INT)
    g_value_set_int (value, x);
  else if (row->type == G_TYPE_UINT)
    g_value_set_uint (value, x);
  else if (row->type == G_TYPE_UINT64)
    g_value_set_uint64 (value, to_uint64 (x));
  else if (row->type == G_TYPE_DOUBLE)
    g_value_set_double (value, x);
  else if (row->type == G_TYPE_ENUM)
    g_value_set_enum (value, x);
}

static void
init_value (const GstBfftProperty * row, GValue * value)
{
  g_value_init (value, row->get_type ? row->get_type () : row->type);
}

static GParamSpec *
make_spec (const GstBfftProperty * row, gconstpointer initials)
{
  GParamFlags flags =
      row->flags | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const gchar *name = row->name, *blurb = row->blurb;
  gdouble min = row->minimum, max = row->maximum;
  GValue value = G_VALUE_INIT;

  init_value (row, &value);
  if (row->type != G_TYPE_BOXED)
    get_initial (row, initials, &value);
  if (row->type == G_TYPE_BOOLEAN)
    return g_param_spec_boolean (name, NULL, blurb,
        g_value_get_boolean (&value), flags);
  if (row->type == G_TYPE_INT)
    return g_param_spec_int (name, NULL, blurb, min, max,
        g_value_get_int (&value), flags);
  if (row->type == G_TYPE_UINT)
    return g_param_spec_uint (name, NULL, blurb, min, max,
        g_value_get_uint (&value), flags);
  if (row->type == G_TYPE_UINT64)
    return g_param_spec_uint64 (name, NULL, blurb, to_uint64 (min),
        to_uint64 (max), g_value_get_uint64 (&value), flags);
  if (row->type == G_TYPE_DOUBLE)
    return g_param_spec_double (name, NULL, blurb, min, max,
        g_value_get_double (&value), flags);
  if (row->type == G_TYPE_ENUM)
    return g_param_spec_enum (name, NULL, blurb, G_VALUE_TYPE (&value),
        g_value_get_enum (&value), flags);
  if (row->type == G_TYPE_STRING)
    return g_param_spec_string (name, NULL, blurb, NULL, flags);
  return g_param_spec_boxed (name, NULL, blurb, G_VALUE_TYPE (&value), flags);
}

gboolean
gst_bfft_properties_set (GObject * object, const GValue * value,
    GParamSpec * pspec)
{
  const Installed *installed =
      g_param_spec_get_qdata (pspec, installed_quark ());
  const GstBfftProperty *row = installed->row;
  gpointer member = member_of (object, row, installed->base);
  GValue old = G_VALUE_INIT;
  gboolean changed;

  init_value (row, &old);
  GST_OBJECT_LOCK (object);
  read_member (row, member, &old);
  changed = g_param_values_cmp (pspec, &old, value) != 0;
  if (changed)
    write_member (row, member, value);
  GST_OBJECT_UNLOCK (object);
  g_value_unset (&old);
  if (changed || row->flags & GST_BFFT_AGAIN)
    g_object_notify_by_pspec (object, pspec);
  return changed;
}

static void
set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  gst_bfft_properties_set (object, value, pspec);
}

static void
get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  const Installed *installed =
      g_param_spec_get_qdata (pspec, installed_quark ());

  if (installed->row->get) {
    installed->row->get (object, value);
    return;
  }
  GST_OBJECT_LOCK (object);
  read_member (installed->row, member_of (object, installed->row,
          installed->base), value);
  GST_OBJECT_UNLOCK (object);
}

void
gst_bfft_properties_install (GObjectClass * klass,
    const GstBfftProperty * rows, guint first, gssize base,
    gconstpointer initials)
{
  guint i;

  klass->set_property = set_property;
  klass->get_property = get_property;
  for (i = 0; rows[i].name; i++) {
    Installed *installed = g_new (Installed, 1);
    GParamSpec *pspec = make_spec (&rows[i], initials);

    *installed = (Installed) {
    &rows[i], base};
    g_param_spec_set_qdata_full (pspec, installed_quark (), installed, g_free);
    g_object_class_install_property (klass, first + i, pspec);
  }
}

void
gst_bfft_properties_init (gpointer object, const GstBfftProperty * rows,
    gssize base)
{
  for (; rows->name; rows++) {
    GValue value = G_VALUE_INIT;

    if (rows->type == G_TYPE_BOXED || rows->type == G_TYPE_STRING)
      continue;
    init_value (rows, &value);
    get_initial (rows, NULL, &value);
    write_member (rows, member_of (object, rows, base), &value);
  }
}

void
gst_bfft_properties_clear (gpointer object, const GstBfftProperty * rows,
    gssize base)
{
  for (; rows->name; rows++) {
    if (rows->type == G_TYPE_STRING)
      g_clear_pointer ((gchar **) member_of (object, rows, base), g_free);
  }
}

static gsize
width (const GstBfftProperty * row)
{
  return row->type == G_TYPE_DOUBLE || row->type == G_TYPE_UINT64 ? 8 : 4;
}

void
gst_bfft_property_copy (const GstBfftProperty * row, gpointer to,
    gconstpointer from)
{
  memcpy ((gchar *) to + row->offset, (const gchar *) from + row->offset,
      width (row));
}

gboolean
gst_bfft_property_differs (const GstBfftProperty * row, gconstpointer a,
    gconstpointer b)
{
  return memcmp ((const gchar *) a + row->offset,
      (const gchar *) b + row->offset, width (row)) != 0;
}
