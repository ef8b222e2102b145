// Loads filters into the running kernel and makes calls under them.
//
// Standard input, one word-separated command a line (numbers as strtoull(…, 0) reads them):
//   program COUNT FLAGS, then COUNT lines CODE JT JF K     the filter for the commands below
//   load                                                   only load it
//   call WAY NUMBER [ARGUMENT]...                           load it, then make a call; WAY is native or int80
// Standard output, a line for each load or call: `value N` (negative: -errno), `signal N`, `refused ERRNO`, `loaded`.
//
// Each time the filter is loaded by a child of its own, which tells by shared memory how far it got: the filter may
// forbid it every other way.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum progress { STARTED, REFUSED, LOADED, RETURNED };

struct report {
  volatile int progress;
  volatile long value;
};

static struct sock_filter program[BPF_MAXINSNS + 1];
static struct sock_fprog header = {.filter = program};
static unsigned flags;

static uint64_t next_number(int *is_missing) {
  const char *word = strtok(NULL, " \n");
  if (word == NULL) {
    if (is_missing == NULL)
      exit(2);
    *is_missing = 1;
    return 0;
  }
  return strtoull(word, NULL, 0);
}

static int read_program(void) {
  static char line[256];
  size_t count = next_number(NULL);
  flags = (unsigned)next_number(NULL);
  if (count > BPF_MAXINSNS + 1)
    return -1;
  for (size_t i = 0; i < count; i++) {
    unsigned code, jt, jf, k;
    if (fgets(line, sizeof line, stdin) == NULL || sscanf(line, "%u %u %u %u", &code, &jt, &jf, &k) != 4)
      return -1;
    program[i] = (struct sock_filter){.code = (uint16_t)code, .jt = (uint8_t)jt, .jf = (uint8_t)jf, .k = k};
  }
  header.len = (unsigned short)count;
  return 0;
}

static long call_int80(long number, const long *arguments) {
#ifdef __x86_64__
  long value = number;
  __asm__ volatile("int $0x80"
                   : "+a"(value)
                   : "b"(arguments[0]), "c"(arguments[1]), "d"(arguments[2]), "S"(arguments[3]), "D"(arguments[4])
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)value;
#else
  (void)number, (void)arguments;
  return -ENOSYS;
#endif
}

static void child(struct report *report, int is_call, int is_int80, long number, const long *a) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &header) < 0) {
    report->value = errno;
    report->progress = REFUSED;
    _exit(0);
  }
  report->progress = LOADED;
  if (is_call) {
    long value = is_int80 ? call_int80(number, a) : syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    // A clone that was allowed goes on here twice; the new process would answer for a later call.
    while (!is_int80 && number == SYS_clone && value == 0)
      _exit(0);
    report->value = !is_int80 && value == -1 ? -errno : value;
    report->progress = RETURNED;
  }
  for (;;)
    _exit(0);
}

static void run(struct report *report, int is_call) {
  const char *way = is_call ? strtok(NULL, " \n") : "native";
  long number = is_call ? (long)next_number(NULL) : 0, arguments[6] = {0};
  int is_missing = 0;
  for (int i = 0; i < 6 && is_call && !is_missing; i++)
    arguments[i] = (long)next_number(&is_missing);
  report->progress = STARTED;
  pid_t pid = fork();
  if (pid < 0)
    exit(3);
  if (pid == 0)
    child(report, is_call, way != NULL && strcmp(way, "int80") == 0, number, arguments);
  // What the filter makes of _exit() is of no interest: end the child once it has told what is.
  int status = 0, goal = is_call ? RETURNED : LOADED;
  for (int i = 0; waitpid(pid, &status, WNOHANG) == 0; i++) {
    struct timespec pause = {.tv_nsec = 200000};
    if (report->progress >= goal || i > 25000)
      kill(pid, SIGKILL);
    nanosleep(&pause, NULL);
  }
  if (report->progress == REFUSED)
    printf("refused %ld\n", report->value);
  else if (report->progress < goal)
    printf("signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  else if (is_call)
    printf("value %ld\n", report->value);
  else
    puts("loaded");
}

int main(void) {
  static char line[256];
  // Threads of a test run with all signals blocked.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  struct report *report = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (report == MAP_FAILED)
    return 3;
  while (fgets(line, sizeof line, stdin) != NULL) {
    const char *command = strtok(line, " \n");
    fflush(stdout);
    if (command == NULL)
      continue;
    if (strcmp(command, "program") == 0) {
      if (read_program() != 0)
        return 2;
    } else if (strcmp(command, "load") == 0) {
      run(report, 0);
    } else if (strcmp(command, "call") == 0) {
      run(report, 1);
    } else {
      return 2;
    }
  }
  return fflush(stdout) == 0 ? 0 : 4;
}
