/* bfft: the style sheets of reports and of their charts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-style.h"

#include <gio/gio.h>

void
bfft_style_append (GString * text, const gchar * name)
{
  g_autofree gchar *path = g_strconcat ("/bfft/report/", name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path,
      G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_return_if_fail (bytes != NULL);
  g_string_append_len (text, g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes));
}
