/* SPDX-License-Identifier: Apache-2.0
 * A program behind the port exec: address spaces that can be made, destroyed and asked about, but nothing can be
 * mapped. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPACES 64

static struct { bool lives, large_pages; } space[SPACES]; /* handles are indexes */

static bool lives(unsigned long long handle) { return handle < SPACES && space[handle].lives; }
static void ok(unsigned long long result) { printf("{\"ok\":[%llu]}\n", result); }
static void done(void) { printf("{\"ok\":[]}\n"); }
static void error(int number) { printf("{\"error\":%d}\n", number); }
static void unsupported(const char* why) { printf("{\"unsupported\":\"%s\"}\n", why); }

static void alloc(const unsigned long long* a) {
  if (a[0]) return error(EOPNOTSUPP);
  for (int i = 0; i < SPACES; i++) {
    if (space[i].lives) continue;
    space[i].lives = space[i].large_pages = true;
    return ok(i);
  }
  unsupported("there are 64 address spaces");
}

static void destroy(const unsigned long long* a) {
  if (!lives(a[0])) return error(ENOENT);
#ifndef DEFECT /* a seeded one: what is destroyed stays */
  space[a[0]].lives = false;
#endif
  done();
}

static void set_large_pages(const unsigned long long* a) { /* address space, value, known operation, unknown flag */
  if (a[3]) return error(EOPNOTSUPP);
  if (!lives(a[0])) return error(ENOENT);
  if (!a[2]) return error(EOPNOTSUPP);
  if (a[1] > 1) return error(EINVAL);
  space[a[0]].large_pages = a[1];
  done();
}

static void nothing_pinned(const unsigned long long* a) {
  (void)a;
  ok(0);
}
static void large_pages(const unsigned long long* a) { lives(a[0]) ? ok(space[a[0]].large_pages) : error(ENOENT); }
static void alignment(const unsigned long long* a) {
  lives(a[0]) ? ok(space[a[0]].large_pages ? 1 : 4096) : error(ENOENT);
}

static const struct {
  const char* name;
  int arguments;
  void (*make)(const unsigned long long*);
} calls[] = {
    {"ioas.alloc", 1, alloc},
    {"ioas.destroy", 1, destroy},
    {"option.set_large_pages", 4, set_large_pages},
    {"memory.pins", 1, nothing_pinned},
    {"ioas.reserved_at", 2, nothing_pinned},
    {"option.rlimit_mode", 0, nothing_pinned},
    {"vfio.works_on", 1, nothing_pinned},
    {"option.large_pages", 1, large_pages},
    {"ioas.alignment", 1, alignment},
};

int main(void) {
  char line[4096], name[64];
  for (; fgets(line, sizeof line, stdin); fflush(stdout)) {
    unsigned long long a[8] = {0};
    int count = 0, at = 0;
    if (!strncmp(line, "{\"reset\"", 8)) {
      memset(space, 0, sizeof space);
      done();
      continue;
    }
    if (sscanf(line, "{\"call\":\"%63[^\"]\",\"arguments\":[%n", name, &at) != 1 || !at) return 1;
    for (char *p = line + at, *end; count < 8 && (a[count] = strtoull(p, &end, 10), end != p); p = end + 1) count++;
    size_t i = 0, all = sizeof calls / sizeof *calls;
    while (i < all && (strcmp(calls[i].name, name) || calls[i].arguments != count)) i++;
    if (i < all)
      calls[i].make(a);
    else
      unsupported("this example makes address spaces, no more");
  }
  return 0;
}
