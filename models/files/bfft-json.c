/* bfft: strict JSON for files that nobody vouches for.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "bfft-json.h"

#include <string.h>

#define MAX_SHOWN 80

typedef struct
{
  const gchar *at;
  const gchar *end;
  guint depth;
  const gchar *fault;           /* NULL as long as it is JSON */
} Scanner;

static gboolean scan_value (Scanner * scanner);

static gboolean
fail (Scanner * scanner, const gchar * fault)
{
  if (scanner->fault == NULL)
    scanner->fault = fault;
  return FALSE;
}

/* The next byte, or NUL at the end; a NUL in the text is an error anywhere. */
static gchar
peek (const Scanner * scanner)
{
  return scanner->at < scanner->end ? *scanner->at : '\0';
}

static gboolean
accept (Scanner * scanner, gchar wanted)
{
  if (scanner->at == scanner->end || *scanner->at != wanted)
    return FALSE;
  scanner->at++;
  return TRUE;
}

static void
skip_space (Scanner * scanner)
{
  while (scanner->at < scanner->end && memchr (" \t\r\n", *scanner->at, 4))
    scanner->at++;
}

static gboolean
scan_digits (Scanner * scanner)
{
  if (!g_ascii_isdigit (peek (scanner)))
    return fail (scanner, "a digit is missing");
  while (g_ascii_isdigit (peek (scanner)))
    scanner->at++;
  return TRUE;
}

static gboolean
scan_number (Scanner * scanner)
{
  const gchar *digits;

  accept (scanner, '-');
  digits = scanner->at;
  if (accept (scanner, '0')) {
    if (g_ascii_isdigit (peek (scanner)))
      return fail (scanner, "a number starts with 0");
  } else if (!scan_digits (scanner)) {
    return FALSE;
  }
  if (scanner->at - digits > BFFT_JSON_MAX_DIGITS && peek (scanner) != '.'
      && peek (scanner) != 'e' && peek (scanner) != 'E')
    return fail (scanner, "a whole number of too many digits");
  if (accept (scanner, '.') && !scan_digits (scanner))
    return FALSE;
  if (accept (scanner, 'e') || accept (scanner, 'E')) {
    if (!accept (scanner, '+'))
      accept (scanner, '-');
    return scan_digits (scanner);
  }
  return TRUE;
}

/* The four digits of an escape. */
static gboolean
scan_hexadecimal (Scanner * scanner, guint * value)
{
  guint i;

  *value = 0;
  for (i = 0; i < 4; i++, scanner->at++) {
    if (!g_ascii_isxdigit (peek (scanner)))
      return fail (scanner, "an escape without four hexadecimal digits");
    *value = 16 * *value + g_ascii_xdigit_value (*scanner->at);
  }
  return TRUE;
}

static gboolean
scan_escape (Scanner * scanner)
{
  guint value, low = 0;

  if (!accept (scanner, 'u')) {
    if (peek (scanner) == '\0' || !strchr ("\"\\/bfnrt", peek (scanner)))
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
    if (scanner->at == scanner->end)
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
  gsize length = strlen (word);

  if ((gsize) (scanner->end - scanner->at) < length
      || memcmp (scanner->at, word, length) != 0)
    return fail (scanner, "a value is missing");
  scanner->at += length;
  return TRUE;
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
      skip_space (scanner);
      if (object) {
        if (!scan_string (scanner))
          return FALSE;
        skip_space (scanner);
        if (!accept (scanner, ':'))
          return fail (scanner, "a colon is missing");
      }
      if (!scan_value (scanner))
        return FALSE;
      skip_space (scanner);
    } while (accept (scanner, ','));
    if (!accept (scanner, close))
      return fail (scanner, "a comma or a closing bracket is missing");
  }
  scanner->depth--;
  return TRUE;
}

static gboolean
scan_value (Scanner * scanner)
{
  skip_space (scanner);
  switch (peek (scanner)) {
    case '{':
      return scan_container (scanner, TRUE);
    case '[':
      return scan_container (scanner, FALSE);
    case '"':
      return scan_string (scanner);
    case 't':
      return scan_word (scanner, "true");
    case 'f':
      return scan_word (scanner, "false");
    case 'n':
      return scan_word (scanner, "null");
    default:
      return scan_number (scanner);
  }
}

static gboolean
check_grammar (const gchar * data, gsize length, GError ** error)
{
  Scanner scanner = { data, data + length, 0, NULL };

  if (!g_utf8_validate_len (data, length, &scanner.at)) {
    scanner.fault = "not UTF-8";
  } else {
    scanner.at = data;
    if (scan_value (&scanner)) {
      skip_space (&scanner);
      if (scanner.at != scanner.end)
        fail (&scanner, "more text after the value");
    }
  }
  if (scanner.fault) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        "%s at byte %" G_GSIZE_FORMAT, scanner.fault,
        (gsize) (scanner.at - data));
  }
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
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) fault = NULL;
  Duplicates duplicates = { {0}, 0, NULL };

  if (!check_grammar (data, length, error))
    return NULL;

  parser = json_parser_new_immutable ();
  g_signal_connect (parser, "object-start", G_CALLBACK (object_start),
      &duplicates);
  g_signal_connect (parser, "object-member", G_CALLBACK (object_member),
      &duplicates);
  g_signal_connect (parser, "object-end", G_CALLBACK (object_end), &duplicates);
  if (!json_parser_load_from_data (parser, data, length, &fault)) {
    g_autofree gchar *shown = bfft_json_printable (fault->message);

    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, shown);
    g_free (duplicates.duplicate);
    return NULL;
  }
  if (duplicates.duplicate) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        "the key \"%s\" is there twice", duplicates.duplicate);
    g_free (duplicates.duplicate);
    return NULL;
  }
  return json_parser_steal_root (parser);
}
