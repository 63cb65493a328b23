/* bfft: JSON: strict reading of files that nobody vouches for, short writing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-json.h"

#include <string.h>

#define MAX_SHOWN 80

/* Members and elements nested no deeper than this get lines of their own. */
#define LINE_DEPTH 4

#define SPACE " \t\r\n"
#define DIGITS "0123456789"
#define HEXADECIMAL DIGITS "abcdefABCDEF"

/* ---- reading ---- */

/* @at: in a text that ends in NUL and has no other
 * @fault: what is wrong there, NULL as long as it is JSON */
typedef struct
{
  const gchar *at;
  guint depth;
  const gchar *fault;
} Scanner;

static gboolean scan_value (Scanner * scanner);

static gboolean
fail (Scanner * scanner, const gchar * fault)
{
  scanner->fault = fault;
  return FALSE;
}

static gboolean
accept (Scanner * scanner, gchar wanted)
{
  gboolean there = *scanner->at == wanted;

  scanner->at += there;
  return there;
}

static gboolean
scan_digits (Scanner * scanner)
{
  gsize count = strspn (scanner->at, DIGITS);

  scanner->at += count;
  return count > 0 || fail (scanner, "a digit is missing");
}

static gboolean
scan_number (Scanner * scanner)
{
  const gchar *digits = scanner->at + (*scanner->at == '-');

  scanner->at = digits;
  if (!scan_digits (scanner))
    return FALSE;
  if (*digits == '0' && scanner->at > digits + 1)
    return fail (scanner, "a number starts with 0");
  if (*scanner->at != '.' && *scanner->at != 'e' && *scanner->at != 'E'
      && scanner->at > digits + BFFT_JSON_MAX_DIGITS)
    return fail (scanner, "a whole number of too many digits");
  if (accept (scanner, '.') && !scan_digits (scanner))
    return FALSE;
  if (!accept (scanner, 'e') && !accept (scanner, 'E'))
    return TRUE;
  if (!accept (scanner, '+'))
    accept (scanner, '-');
  return scan_digits (scanner);
}

/* The four digits of an escape. */
static gboolean
scan_hexadecimal (Scanner * scanner, guint * value)
{
  gchar digits[5];

  g_strlcpy (digits, scanner->at, sizeof (digits));
  if (strspn (digits, HEXADECIMAL) != 4)
    return fail (scanner, "an escape without four hexadecimal digits");
  *value = g_ascii_strtoull (digits, NULL, 16);
  scanner->at += 4;
  return TRUE;
}

static gboolean
scan_escape (Scanner * scanner)
{
  guint value, low = 0;

  if (!accept (scanner, 'u')) {
    if (strspn (scanner->at, "\"\\/bfnrt") == 0)
      return fail (scanner, "an unknown escape");
    scanner->at++;
    return TRUE;
  }
  if (!scan_hexadecimal (scanner, &value))
    return FALSE;
  if (value == 0)
    return fail (scanner, "a zero character in a string");
  /* characters beyond U+FFFF are two escapes, neither of which is any alone */
  if (value >= 0xd800 && value <= 0xdbff && accept (scanner, '\\')
      && accept (scanner, 'u') && !scan_hexadecimal (scanner, &low))
    return FALSE;
  if (value >= 0xd800 && value <= 0xdfff && (low < 0xdc00 || low > 0xdfff))
    return fail (scanner, "half of a surrogate pair");
  return TRUE;
}

static gboolean
scan_string (Scanner * scanner)
{
  if (!accept (scanner, '"'))
    return fail (scanner, "a string is missing");
  while (!accept (scanner, '"')) {
    if (*scanner->at == '\0')
      return fail (scanner, "a string does not end");
    if ((guchar) * scanner->at < 0x20)
      return fail (scanner, "a control character in a string");
    if (*scanner->at++ == '\\' && !scan_escape (scanner))
      return FALSE;
  }
  return TRUE;
}

static gboolean
scan_word (Scanner * scanner, const gchar * word)
{
  if (!g_str_has_prefix (scanner->at, word))
    return fail (scanner, "a value is missing");
  scanner->at += strlen (word);
  return TRUE;
}

static void
skip_space (Scanner * scanner)
{
  scanner->at += strspn (scanner->at, SPACE);
}

static gboolean
scan_key (Scanner * scanner)
{
  skip_space (scanner);
  if (!scan_string (scanner))
    return FALSE;
  skip_space (scanner);
  return accept (scanner, ':') || fail (scanner, "a colon is missing");
}

/* An object or array, the opening bracket included. */
static gboolean
scan_container (Scanner * scanner, gboolean object)
{
  gchar close = object ? '}' : ']';

  scanner->at++;
  if (++scanner->depth > BFFT_JSON_MAX_DEPTH)
    return fail (scanner, "too deeply nested");
  skip_space (scanner);
  if (!accept (scanner, close)) {
    do {
      if ((object && !scan_key (scanner)) || !scan_value (scanner))
        return FALSE;
    } while (accept (scanner, ','));
    if (!accept (scanner, close))
      return fail (scanner, "a comma or a closing bracket is missing");
  }
  scanner->depth--;
  return TRUE;
}

/* A value and the space around it. */
static gboolean
scan_value (Scanner * scanner)
{
  gboolean ok;

  skip_space (scanner);
  switch (*scanner->at) {
    case '{':
    case '[':
      ok = scan_container (scanner, *scanner->at == '{');
      break;
    case '"':
      ok = scan_string (scanner);
      break;
    case 't':
      ok = scan_word (scanner, "true");
      break;
    case 'f':
      ok = scan_word (scanner, "false");
      break;
    case 'n':
      ok = scan_word (scanner, "null");
      break;
    default:
      ok = scan_number (scanner);
  }
  skip_space (scanner);
  return ok;
}

static gboolean
check_grammar (const gchar * text, gsize length, GError ** error)
{
  Scanner scanner = { text, 0, NULL };

  if (!g_utf8_validate_len (text, length, &scanner.at)) {
    scanner.fault = "not UTF-8";
  } else {
    scanner.at = text;
    if (scan_value (&scanner) && *scanner.at != '\0')
      scanner.fault = "more text after the value";
  }
  if (scanner.fault)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        "%s at byte %" G_GSIZE_FORMAT, scanner.fault,
        (gsize) (scanner.at - text));
  return scanner.fault == NULL;
}

/* json-glib lets the last of equal keys win without a word. It does tell of
 * every member that it parses, so that an object which has told more than it
 * holds had a key twice. */
typedef struct
{
  guint members[BFFT_JSON_MAX_DEPTH + 1];
  guint depth;
  gchar *duplicate;
} Duplicates;

static void
object_start (JsonParser * parser, Duplicates * duplicates)
{
  duplicates->members[++duplicates->depth] = 0;
}

static void
object_member (JsonParser * parser, JsonObject * object, const gchar * name,
    Duplicates * duplicates)
{
  if (++duplicates->members[duplicates->depth] > json_object_get_size (object)
      && duplicates->duplicate == NULL)
    duplicates->duplicate = bfft_json_printable (name);
}

static void
object_end (JsonParser * parser, JsonObject * object, Duplicates * duplicates)
{
  duplicates->depth--;
}

gchar *
bfft_json_printable (const gchar * text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);
  GString *shown = g_string_new (NULL);
  const gchar *at = valid;
  guint i;

  for (i = 0; *at && i < MAX_SHOWN; i++, at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    g_string_append_unichar (shown, g_unichar_isprint (c) ? c : '?');
  }
  if (*at)
    g_string_append (shown, "...");
  return g_string_free (shown, FALSE);
}

JsonNode *
bfft_json_parse (const gchar * data, gsize length, GError ** error)
{
  g_autofree gchar *text = g_strndup (length ? data : "", length);
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) fault = NULL;
  g_autofree gchar *shown = NULL;
  Duplicates duplicates = { {0}, 0, NULL };

  if (!check_grammar (text, length, error))
    return NULL;

  parser = json_parser_new_immutable ();
  g_signal_connect (parser, "object-start", G_CALLBACK (object_start),
      &duplicates);
  g_signal_connect (parser, "object-member", G_CALLBACK (object_member),
      &duplicates);
  g_signal_connect (parser, "object-end", G_CALLBACK (object_end), &duplicates);
  if (!json_parser_load_from_data (parser, text, length, &fault))
    shown = bfft_json_printable (fault->message);
  else if (duplicates.duplicate)
    shown = g_strdup_printf ("the key \"%s\" is there twice",
        duplicates.duplicate);
  g_free (duplicates.duplicate);
  if (shown == NULL)
    return json_parser_steal_root (parser);
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, shown);
  return NULL;
}

/* ---- writing ---- */

static gdouble
format_digits (gchar * number, gdouble value, guint digits)
{
  gchar format[8];

  g_snprintf (format, sizeof (format), "%%.%ug", digits);
  g_ascii_formatd (number, G_ASCII_DTOSTR_BUF_SIZE, format, value);
  return g_ascii_strtod (number, NULL);
}

gdouble
bfft_json_round (gdouble value, guint digits)
{
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  return format_digits (number, value, digits);
}

/* Each of these copies what json-glib wrote at @from and returns its end. */

/* json-glib leaves U+001F as it is. */
static const gchar *
copy_string (GString * text, const gchar * from)
{
  const gchar *end = from + 1;

  for (; *end != '"'; end += *end == '\\' ? 2 : 1) {
    if (*end == '\x1f') {
      g_string_append_len (text, from, end - from);
      g_string_append (text, "\\u001f");
      from = end + 1;
    }
  }
  g_string_append_len (text, from, ++end - from);
  return end;
}

static const gchar *
copy_number (GString * text, const gchar * from)
{
  const gchar *end = from + strspn (from, DIGITS "+-.eE");
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];
  gdouble value = g_ascii_strtod (from, NULL);
  guint digits = 1;

  if (from + strspn (from, DIGITS "-") == end) {
    g_string_append_len (text, from, end - from);
    return end;
  }
  while (format_digits (number, value, digits) != value && digits < 17)
    digits++;
  g_string_append (text, number);
  return end;
}

/* A bracket, comma or colon with the space behind or before it, else a letter
 * of a word. */
static const gchar *
copy_letter (GString * text, const gchar * from, guint * depth)
{
  gboolean closes = *from == '}' || *from == ']';
  gboolean opens = *from == '{' || *from == '[';
  gboolean empty = opens && (from[1] == '}' || from[1] == ']');

  *depth -= closes;
  if (closes && *depth < LINE_DEPTH)
    g_string_append_printf (text, "\n%*s", 2 * *depth, "");
  g_string_append_c (text, *from);
  if (empty)
    g_string_append_c (text, *++from);
  else
    *depth += opens;
  if ((*from == ',' || (opens && !empty)) && *depth <= LINE_DEPTH)
    g_string_append_printf (text, "\n%*s", 2 * *depth, "");
  else if (*from == ':' || (*from == ',' && from[1] == '"'))
    g_string_append_c (text, ' ');
  return from + 1;
}

GString *
bfft_json_to_text (JsonNode * root)
{
  g_autofree gchar *json = json_to_string (root, FALSE);
  GString *text = g_string_new (NULL);
  const gchar *at = json;
  guint depth = 0;

  while (*at) {
    if (*at == '"')
      at = copy_string (text, at);
    else if (*at == '-' || g_ascii_isdigit (*at))
      at = copy_number (text, at);
    else
      at = copy_letter (text, at, &depth);
  }
  g_string_append_c (text, '\n');
  return text;
}
