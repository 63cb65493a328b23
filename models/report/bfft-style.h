/* bfft: the style sheets of reports and of their charts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends the style sheet @name: "bfft-page.css" or "bfft-chart.css". */
void bfft_style_append (GString * text, const gchar * name);

G_END_DECLS
