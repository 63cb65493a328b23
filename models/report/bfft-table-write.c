/* bfft: the tables of a report: as HTML and as text.
 *
 * A table of one model has a line for each column instead.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bfft-table.h"

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

static void
append_html_cell (GString * html, const BfftTable * table, guint index,
    guint row)
{
  const BfftColumn *column = column_at (table, index);
  const gchar *tag = index == 0 ? "th scope=\"row\"" : "td";
  g_autofree gchar *text =
      g_markup_escape_text (text_at (table, index, row), -1);

  g_string_append_printf (html, "<%s%s>%s%s%s</%.2s>", tag,
      column->numeric ? " class=\"number\"" : "",
      bfft_column_is_best (column, row) ? "<strong>" : "", text,
      bfft_column_is_best (column, row) ? "</strong>" : "", tag);
}

static void
append_html_head (GString * html, const BfftColumn * column,
    const gchar * scope)
{
  g_autofree gchar *title = g_markup_escape_text (column->title, -1);

  g_string_append_printf (html, "<th scope=\"%s\"%s>%s</th>", scope,
      column->numeric && g_str_equal (scope, "col") ? " class=\"number\"" : "",
      title);
}

static void
append_html_rows (GString * html, const BfftTable * table)
{
  guint row, i;

  g_string_append (html, "<thead><tr>");
  for (i = 0; i < table->columns->len; i++)
    append_html_head (html, column_at (table, i), "col");
  g_string_append (html, "</tr></thead>\n<tbody>\n");
  for (row = 0; row < n_rows (table); row++) {
    g_string_append (html, "<tr>");
    for (i = 0; i < table->columns->len; i++)
      append_html_cell (html, table, i, row);
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
    append_html_head (html, column_at (table, i), "row");
    append_html_cell (html, table, i, 0);
    g_string_append (html, "</tr>\n");
  }
  g_string_append (html, "</tbody>\n");
}

void
bfft_table_to_html (const BfftTable * table, GString * html)
{
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
    width = MAX (width, g_utf8_strlen (text_at (table, index, row), -1));
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
    width = MAX (width, g_utf8_strlen (column_at (table, i)->title, -1));
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
