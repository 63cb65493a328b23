/* bfft: a report as a page, as a single chart and as text.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "bfft-chart.h"

G_BEGIN_DECLS

/* What a page has that we made, and no other: it may be replaced unasked. */
#define BFFT_REPORT_MARK "<meta name=\"generator\" content=\"bfft-report\">"

/* All return new strings. */

/* An HTML page that needs nothing but itself. */
GString *bfft_report_to_html (const BfftReport * report);

/* One SVG file; charts of single models are drawn one below the other. */
GString *bfft_report_to_svg (const BfftReport * report,
    const BfftChart * chart);

/* For a terminal with UTF-8: tables, loss curves and gates. */
GString *bfft_report_to_text (const BfftReport * report);

G_END_DECLS
