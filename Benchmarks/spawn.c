// Starts commands one after the other and measures each, from a process so small that it weighs on no figure: the
// interpreter of the driver would show up in the time of fork and in the peak memory, which exec inherits.
//
// Requests on stdin, one a line, words separated by tabs:
//   run COMMAND [ARGUMENT…]   start, wait; answers "NANOSECONDS CPU-MICROSECONDS PEAK-KIB STATUS"
//   burst COUNT N COMMAND…    start COUNT commands, N at a time, each with its number for {} in its words; answers the
//                             same, of all together: the time until the last ends, the first status that is not 0
//   reap PID                  wait until PID, a descendant that was left behind, is gone; answers the same
// CPU and peak memory are those of the command, of the descendants it waited for, and of orphans reaped meanwhile.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long cpu;
static long peak;

static void add(const struct rusage *usage) {
  cpu += (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000LL + usage->ru_utime.tv_usec + usage->ru_stime.tv_usec;
  if (usage->ru_maxrss > peak) peak = usage->ru_maxrss;
}

// Waits for `pid`, reaping whatever ends before it; its exit status, 128 + signal, or -1 when it is no child any more.
static int wait_for(pid_t pid) {
  for (;;) {
    int status;
    struct rusage usage;
    pid_t ended = wait4(-1, &status, 0, &usage);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) return -1;
    add(&usage);
    if (ended == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
}

// A word with the number in the place of {}; the same word when it has none.
static char *numbered(char *word, int number, char *room, size_t size) {
  char *place = strstr(word, "{}");
  if (!place) return word;
  snprintf(room, size, "%.*s%d%s", (int)(place - word), word, number, place + 2);
  return room;
}

static int burst(int total, int at_once, char **words, const posix_spawn_file_actions_t *files) {
  static char room[256][256];
  char *command[256];
  pid_t running[16];
  int begun = 0, alive = 0, result = 0;
  while (begun < total || alive > 0) {
    while (begun < total && alive < at_once) {
      int count = 0;
      for (; words[count]; count++) command[count] = numbered(words[count], begun, room[count], sizeof room[count]);
      command[count] = NULL;
      if (posix_spawn(&running[alive], command[0], files, NULL, command, environ)) return 127;
      alive++;
      begun++;
    }
    int status;
    struct rusage usage;
    pid_t ended = wait4(-1, &status, 0, &usage);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) return -1;
    add(&usage);
    for (int n = 0; n < alive; n++) {
      if (running[n] != ended) continue;
      running[n] = running[--alive];
      int said = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      if (!result) result = said;
      break;
    }
  }
  return result;
}

static void reap_orphans(void) {
  struct rusage usage;
  while (wait4(-1, NULL, WNOHANG, &usage) > 0) add(&usage);
}

int main(void) {
  static char line[65536];
  static char *words[256];
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  // No stdio for reading: its buffer would be more memory than the rest.
  size_t length = 0;
  for (;;) {
    char *end;
    while (!(end = memchr(line, '\n', length))) {
      ssize_t count = read(0, line + length, sizeof line - length);
      if (count <= 0) return 0;
      length += count;
    }
    *end = 0;
    int count = 0;
    for (char *word = strtok(line, "\t"); word && count < 255; word = strtok(NULL, "\t")) words[count++] = word;
    words[count] = NULL;

    cpu = 0;
    peak = 0;
    int status = -1;
    long long start = now(), stop = start;
    if (count > 1 && !strcmp(words[0], "run")) {
      pid_t pid;
      int error = posix_spawn(&pid, words[1], &files, NULL, words + 1, environ);
      status = error ? 127 : wait_for(pid);
      stop = now();
      reap_orphans();
    } else if (count > 3 && !strcmp(words[0], "burst") && atoi(words[2]) <= 16) {
      status = burst(atoi(words[1]), atoi(words[2]), words + 3, &files);
      stop = now();
      reap_orphans();
    } else if (count == 2 && !strcmp(words[0], "reap")) {
      pid_t pid = atoi(words[1]);
      status = kill(pid, 0) ? 0 : wait_for(pid);
      stop = now();
    }
    dprintf(1, "%lld %lld %ld %d\n", stop - start, cpu, peak, status);
    length = 0;
  }
}
