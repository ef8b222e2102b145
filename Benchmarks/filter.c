// Writes the seccomp filter that a process loaded last to standard output, as an array of struct sock_filter: so the own
// floor can load the very filter that a runtime made of a profile.
//
// Usage: filter PID >FILE. Needs CAP_SYS_ADMIN and a kernel with CONFIG_CHECKPOINT_RESTORE.

#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

int main(int argc, char **argv) {
  static struct sock_filter filter[BPF_MAXINSNS];
  if (argc != 2) return 2;
  pid_t pid = atoi(argv[1]);
  if (ptrace(PTRACE_SEIZE, pid, 0, 0) || ptrace(PTRACE_INTERRUPT, pid, 0, 0) || waitpid(pid, NULL, __WALL) != pid) {
    perror("ptrace");
    return 1;
  }
  long count = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, 0, filter);
  if (count < 0) perror("PTRACE_SECCOMP_GET_FILTER");
  ptrace(PTRACE_DETACH, pid, 0, 0);
  if (count <= 0) return 1;
  return write(1, filter, count * sizeof filter[0]) == (ssize_t)(count * sizeof filter[0]) ? 0 : 1;
}
