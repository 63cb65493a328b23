/* bfft: mutations of weights files that are not refused at the first byte.
 *
 * Most mutations change the length of the JSON header, after which any reader
 * would stop at its first check; three of four times the length is put right.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <glib.h>

#define LENGTH_BYTES 8

size_t LLVMFuzzerMutate (uint8_t * data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator (uint8_t * data, size_t size, size_t max_size,
    unsigned int seed);

size_t
LLVMFuzzerCustomMutator (uint8_t * data, size_t size, size_t max_size,
    unsigned int seed)
{
  size_t end;
  guint64 length;

  size = LLVMFuzzerMutate (data, size, max_size);
  for (end = size; end > LENGTH_BYTES && data[end - 1] != '}';)
    end--;
  if (seed % 4 != 0 && end > LENGTH_BYTES) {
    length = GUINT64_TO_LE ((guint64) (end - LENGTH_BYTES));
    memcpy (data, &length, LENGTH_BYTES);
  }
  return size;
}
