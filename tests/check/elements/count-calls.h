/* bfft: counts a thread's allocations and locks.
 *
 * Include it in one file of a program that is linked with export_dynamic: its
 * malloc() and lock functions take the place of libc's and GLib's for all
 * libraries. Only what happens between count_calls() and stop_counting(), in
 * the thread that called them, is counted. GLib's slices must be malloc(), see
 * count_calls_main(). With a sanitizer, which has functions of its own there,
 * nothing is counted and COUNTS_CALLS is 0.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <glib.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(feature) 0        /* it is clang's */
#endif
#if defined (__SANITIZE_ADDRESS__) || defined (__SANITIZE_THREAD__) || \
    __has_feature (address_sanitizer) || __has_feature (thread_sanitizer)
#define COUNTS_CALLS 0
#else
#define COUNTS_CALLS 1
#endif

typedef struct
{
  guint64 allocations;
  gsize largest;                /* of them, in bytes */
  guint64 locks;                /* anybody's, GStreamer's own too */
  guint64 own_locks;            /* called from libgstbfft */
} CallCounts;

static __thread CallCounts *counting;

static inline void
count_calls (CallCounts * counts)
{
  counting = counts;
}

static inline void
stop_counting (void)
{
  counting = NULL;
}

/* Starts the program again with what counting needs in its environment. */
static inline void
count_calls_main (char **argv)
{
  if (g_strcmp0 (g_getenv ("G_SLICE"), "always-malloc") == 0)
    return;
  g_setenv ("G_SLICE", "always-malloc", TRUE);
  execv ("/proc/self/exe", argv);
}

#if COUNTS_CALLS

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *data, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

static inline void
count_allocation (size_t size)
{
  if (counting == NULL)
    return;
  counting->allocations++;
  counting->largest = MAX (counting->largest, size);
}

void *
malloc (size_t size)
{
  count_allocation (size);
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  count_allocation (n * size);
  return __libc_calloc (n, size);
}

void *
realloc (void *data, size_t size)
{
  count_allocation (size);
  return __libc_realloc (data, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  count_allocation (size);
  return __libc_memalign (alignment, size);
}

int
posix_memalign (void **data, size_t alignment, size_t size)
{
  count_allocation (size);
  *data = __libc_memalign (alignment, size);
  return 0;
}

/* @caller: an address in the function that locks. */
static inline void
count_lock (void *caller)
{
  CallCounts *counts = counting;
  Dl_info info;

  if (counts == NULL)
    return;
  counting = NULL;
  counts->locks++;
  if (dladdr (caller, &info) && strstr (info.dli_fname, "gstbfft"))
    counts->own_locks++;
  counting = counts;
}

#define COUNTED_LOCK(type, name, Object) \
  type name (Object * object) \
  { \
    static type (*real) (Object *); \
    count_lock (__builtin_return_address (0)); \
    if (real == NULL) \
      real = (type (*) (Object *)) dlsym (RTLD_NEXT, #name); \
    return real (object); \
  }

COUNTED_LOCK (void, g_mutex_lock, GMutex)
COUNTED_LOCK (gboolean, g_mutex_trylock, GMutex)
COUNTED_LOCK (void, g_rec_mutex_lock, GRecMutex)
COUNTED_LOCK (void, g_rw_lock_reader_lock, GRWLock)
COUNTED_LOCK (void, g_rw_lock_writer_lock, GRWLock)
COUNTED_LOCK (int, pthread_mutex_lock, pthread_mutex_t)

#undef COUNTED_LOCK
#endif
