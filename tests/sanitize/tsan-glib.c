/* bfft: tells ThreadSanitizer about GLib's locks.
 *
 * GLib and GStreamer are not built with ThreadSanitizer, and GLib's locks are
 * futexes, not pthread mutexes, so it would see no order between threads that
 * they order. Preloaded, this annotates what hands memory from one thread to
 * another: mutexes, once-initialisation, the last unreference, and GstBus and
 * pad functions' own locks, which are GMutexes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glib-object.h>
#include <gst/gst.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define REAL(name) \
  static __typeof__ (&name) real; \
  if (real == NULL) \
    real = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name)

#define ACQUIRES(name, type) \
  void name (type * object) \
  { \
    REAL (name); \
    real (object); \
    __tsan_acquire (object); \
  }

#define RELEASES(name, type) \
  void name (type * object) \
  { \
    REAL (name); \
    __tsan_release (object); \
    real (object); \
  }

#define TRIES(name, type) \
  gboolean name (type * object) \
  { \
    gboolean locked; \
    REAL (name); \
    locked = real (object); \
    if (locked) \
      __tsan_acquire (object); \
    return locked; \
  }

ACQUIRES (g_mutex_lock, GMutex);
RELEASES (g_mutex_unlock, GMutex);
TRIES (g_mutex_trylock, GMutex);
ACQUIRES (g_rec_mutex_lock, GRecMutex);
RELEASES (g_rec_mutex_unlock, GRecMutex);
TRIES (g_rec_mutex_trylock, GRecMutex);
ACQUIRES (g_rw_lock_reader_lock, GRWLock);
RELEASES (g_rw_lock_reader_unlock, GRWLock);
ACQUIRES (g_rw_lock_writer_lock, GRWLock);
RELEASES (g_rw_lock_writer_unlock, GRWLock);

void
g_cond_wait (GCond * cond, GMutex * mutex)
{
  REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond * cond, GMutex * mutex, gint64 end)
{
  gboolean signalled;
  REAL (g_cond_wait_until);

  __tsan_release (mutex);
  signalled = real (cond, mutex, end);
  __tsan_acquire (mutex);
  return signalled;
}

/* Its other half is an atomic load in the caller, which is seen. */
#undef g_once_init_leave
void
g_once_init_leave (volatile void *location, gsize result)
{
  REAL (g_once_init_leave);

  __tsan_release ((void *) location);
  real (location, result);
}

/* Whoever drops the last reference sees what the others did before theirs. */
void
g_object_unref (gpointer object)
{
  REAL (g_object_unref);

  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

#undef g_atomic_ref_count_dec
gboolean
g_atomic_ref_count_dec (gatomicrefcount * count)
{
  REAL (g_atomic_ref_count_dec);

  __tsan_release (count);
  __tsan_acquire (count);
  return real (count);
}

void
g_bytes_unref (GBytes * bytes)
{
  REAL (g_bytes_unref);

  __tsan_release (bytes);
  __tsan_acquire (bytes);
  real (bytes);
}

void
gst_mini_object_unref (GstMiniObject * object)
{
  REAL (gst_mini_object_unref);

  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

/* Messages pass through a lock-free queue. */
gboolean
gst_bus_post (GstBus * bus, GstMessage * message)
{
  REAL (gst_bus_post);

  __tsan_release (bus);
  return real (bus, message);
}

GstMessage *
gst_bus_timed_pop_filtered (GstBus * bus, GstClockTime timeout,
    GstMessageType types)
{
  GstMessage *message;
  REAL (gst_bus_timed_pop_filtered);

  message = real (bus, timeout, types);
  __tsan_acquire (bus);
  return message;
}
