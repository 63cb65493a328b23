/* bfft: the tables of a report: as HTML and as text.
 *
 * A table of one model has a line for each column instead.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-table.h"

#include <math.h>

static const BfftColumn *
column_at (const BfftTable * table, guint index)
{
  return g_ptr_array_index (table->columns, index);
}

static const gchar *
text_at (const BfftTable * table, guint column, guint row)
{
  return g_array_index (column_at (table, column)->cells, BfftCell, row).text;
}

static guint
n_rows (const BfftTable * table)
{
  return column_at (table, 0)->cells->len;
}

/* Whether row @row is best of several in @column. */
static gboolean
is_best (const BfftColumn * column, guint row)
{
  gdouble best = NAN, worst = NAN;
  guint i;

  for (i = 0; i < column->cells->len; i++) {
    best = fmin (best, g_array_index (column->cells, BfftCell, i).value);
    worst = fmax (worst, g_array_index (column->cells, BfftCell, i).value);
  }
  return column->low_is_good && best < worst
      && g_array_index (column->cells, BfftCell, row).value == best;
}

/* Element @tag with the class of numbers if @numeric, @text in bold if @best. */
static void
append_html_cell (GString * html, const gchar * tag, const gchar * text,
    gboolean numeric, gboolean best)
{
  g_autofree gchar *escaped = g_markup_escape_text (text, -1);

  g_string_append_printf (html, "<%s%s>%s%s%s</%.2s>", tag,
      numeric ? " class=\"number\"" : "", best ? "<strong>" : "", escaped,
      best ? "</strong>" : "", tag);
}

static void
append_html_rows (GString * html, const BfftTable * table)
{
  guint row, i;

  g_string_append (html, "<thead><tr>");
  for (i = 0; i < table->columns->len; i++)
    append_html_cell (html, "th scope=\"col\"", column_at (table, i)->title,
        column_at (table, i)->numeric, FALSE);
  g_string_append (html, "</tr></thead>\n<tbody>\n");
  for (row = 0; row < n_rows (table); row++) {
    g_string_append (html, "<tr>");
    for (i = 0; i < table->columns->len; i++)
      append_html_cell (html, i == 0 ? "th scope=\"row\"" : "td",
          text_at (table, i, row), column_at (table, i)->numeric,
          is_best (column_at (table, i), row));
    g_string_append (html, "</tr>\n");
  }
  g_string_append (html, "</tbody>\n");
}

static void
append_html_pairs (GString * html, const BfftTable * table)
{
  guint i;

  g_string_append (html, "<tbody>\n");
  for (i = 1; i < table->columns->len; i++) {
    g_string_append (html, "<tr>");
    append_html_cell (html, "th scope=\"row\"", column_at (table, i)->title,
        FALSE, FALSE);
    append_html_cell (html, "td", text_at (table, i, 0),
        column_at (table, i)->numeric, FALSE);
    g_string_append (html, "</tr>\n");
  }
  g_string_append (html, "</tbody>\n");
}

void
bfft_table_to_html (const BfftTable * table, GString * html)
{
  if (n_rows (table) > 1 && table->columns->len > 3)
    g_string_append (html, "<p class=\"swipe\">The table scrolls sideways "
        "\342\206\222</p>\n");
  g_string_append_printf (html, "<div class=\"scroll\" tabindex=\"0\" "
      "role=\"region\" aria-label=\"%s\"><table>\n", table->title);
  if (n_rows (table) == 1)
    append_html_pairs (html, table);
  else
    append_html_rows (html, table);
  g_string_append (html, "</table></div>\n");
}

/* @text filled up to @width columns. */
static void
append_padded (GString * line, const gchar * text, guint width, gboolean right)
{
  guint length = g_utf8_strlen (text, -1);
  guint fill = width > length ? width - length : 0;

  g_string_append_printf (line, "%*s%s%*s", right ? fill : 0, "", text,
      right ? 0 : fill, "");
}

static guint
text_width (const BfftTable * table, guint index)
{
  guint width = g_utf8_strlen (column_at (table, index)->title, -1);
  guint row;

  for (row = 0; row < n_rows (table); row++)
    width =
        MAX (width, (guint) g_utf8_strlen (text_at (table, index, row), -1));
  return width;
}

static void
append_text_rows (GString * text, const BfftTable * table)
{
  g_autofree guint *widths = g_new (guint, table->columns->len);
  gint row;
  guint i;

  for (i = 0; i < table->columns->len; i++)
    widths[i] = text_width (table, i);
  for (row = -1; row < (gint) n_rows (table); row++) {
    for (i = 0; i < table->columns->len; i++) {
      g_string_append (text, "  ");
      append_padded (text, row < 0 ? column_at (table, i)->title
          : text_at (table, i, row), widths[i], column_at (table, i)->numeric);
    }
    while (text->str[text->len - 1] == ' ')
      g_string_truncate (text, text->len - 1);
    g_string_append_c (text, '\n');
  }
}

static void
append_text_pairs (GString * text, const BfftTable * table)
{
  guint width = 0, i;

  for (i = 1; i < table->columns->len; i++)
    width =
        MAX (width, (guint) g_utf8_strlen (column_at (table, i)->title, -1));
  for (i = 1; i < table->columns->len; i++) {
    g_string_append (text, "  ");
    append_padded (text, column_at (table, i)->title, width + 2, FALSE);
    g_string_append_printf (text, "%s\n", text_at (table, i, 0));
  }
}

void
bfft_table_to_text (const BfftTable * table, GString * text)
{
  g_string_append_printf (text, "%s\n", table->title);
  if (n_rows (table) == 1)
    append_text_pairs (text, table);
  else
    append_text_rows (text, table);
  g_string_append_c (text, '\n');
}
