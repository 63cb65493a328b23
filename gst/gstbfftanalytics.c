/* bfft: results as GStreamer's own tensors, GstTensorMeta on the audio.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstbfftanalytics.h"

#ifdef HAVE_ANALYTICS
#define GST_USE_UNSTABLE_API
#include <gst/analytics/gsttensormeta.h>

/* A buffer has one such meta, whoever made it, and setting its tensors frees
 * those that are there: so they are copied and ours comes after them. */
void
gst_bfft_analytics_add (GstBuffer * buffer, GQuark id, GstBuffer * data,
    const gsize * dims, gsize n)
{
  GstTensorMeta *meta = gst_buffer_get_tensor_meta (buffer);
  gsize i, before = meta ? meta->num_tensors : 0;
  GstTensor **tensors = g_new (GstTensor *, before + 1);

  for (i = 0; i < before; i++)
    tensors[i] = gst_tensor_copy (meta->tensors[i]);
  tensors[before] = gst_tensor_alloc (n);
  tensors[before]->id = id;
  tensors[before]->layout = GST_TENSOR_LAYOUT_CONTIGUOUS;
  tensors[before]->data_type = GST_TENSOR_DATA_TYPE_FLOAT32;
  tensors[before]->data = data;
  tensors[before]->dims_order = GST_TENSOR_DIM_ORDER_ROW_MAJOR;
  for (i = 0; i < n; i++)
    tensors[before]->dims[i] = dims[i];
  if (meta == NULL)
    meta = gst_buffer_add_tensor_meta (buffer);
  gst_tensor_meta_set (meta, before + 1, tensors);
}
#endif
