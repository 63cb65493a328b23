/* bfft: where results go: to the bus, onto the audio, downstream as tensors.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftoutput.h"

#include "gstbffttensors.h"

#define META_FIELD "results"

/* Tensors */

gboolean
gst_bfft_output_announce (GstBaseTransform * trans, GstCaps * caps)
{
  GstPad *pad = GST_BASE_TRANSFORM_SRC_PAD (trans);
  GstCaps *old = gst_pad_get_current_caps (pad);
  GstCaps *choice = gst_bfft_tensors_choose (pad, caps);
  gboolean ok = choice != NULL;

  if (ok && (old == NULL || !gst_caps_is_equal (old, choice)))
    ok = gst_base_transform_update_src_caps (trans, choice);
  gst_clear_caps (&choice);
  gst_clear_caps (&old);
  return ok;
}

static GstFlowReturn
push_tensor (GstBfftOutput * self, GstPad * pad, const gfloat * values,
    gsize n, GstClockTime timestamp, GstClockTime duration)
{
  GstBuffer *buffer = gst_bfft_tensors_buffer (values, n, timestamp, duration);

  if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;
  return gst_pad_push (pad, buffer);
}

/* Metas */

void
gst_bfft_meta_register (void)
{
  static const gchar *tags[] = { NULL };

  if (gst_meta_get_info (GST_BFFT_META) == NULL)
    gst_meta_register_custom (GST_BFFT_META, tags, NULL, NULL, NULL);
}

/* A buffer has one meta, whatever number of elements it passes: its field is
 * an array of structures, which more are appended to. */
static void
add_to_meta (GstBuffer * buffer, const GstStructure * result,
    const gchar * element)
{
  GstCustomMeta *meta = gst_buffer_get_custom_meta (buffer, GST_BFFT_META);
  GValue all = G_VALUE_INIT, value = G_VALUE_INIT;
  GstStructure *fields, *copy = gst_structure_copy (result);
  const GValue *old;

  if (meta == NULL)
    meta = gst_buffer_add_custom_meta (buffer, GST_BFFT_META);
  fields = gst_custom_meta_get_structure (meta);
  gst_structure_set (copy, "element", G_TYPE_STRING, element, NULL);
  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, copy);
  old = gst_structure_get_value (fields, META_FIELD);
  if (old) {
    /* In place: a copy for each result would be quadratic. */
    gst_value_array_append_and_take_value ((GValue *) old, &value);
    return;
  }
  g_value_init (&all, GST_TYPE_ARRAY);
  gst_value_array_append_and_take_value (&all, &value);
  gst_structure_take_value (fields, META_FIELD, &all);
}

/* Results */

gboolean
gst_bfft_output_needs_structure (const GstBfftOutput * self)
{
  return self->messages || (self->audio && self->metas);
}

void
gst_bfft_output_push (GstBfftOutput * self, GstBaseTransform * trans,
    GstStructure * structure, const gfloat * values, gsize n,
    GstClockTime timestamp, GstClockTime duration)
{
  if (structure && self->audio && self->metas)
    add_to_meta (self->audio, structure, GST_OBJECT_NAME (trans));
  if (structure && self->messages)
    gst_element_post_message (GST_ELEMENT (trans),
        gst_message_new_element (GST_OBJECT (trans), structure));
  else if (structure)
    gst_structure_free (structure);
  if (self->tensors)
    self->flow = push_tensor (self, GST_BASE_TRANSFORM_SRC_PAD (trans),
        values, n, timestamp, duration);
}
