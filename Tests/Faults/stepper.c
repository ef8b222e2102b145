// Kills one process of a command at one of its system calls.
//
//   stepper count -- COMMAND...                  prints, for each process in the order of their birth, its system calls
//   stepper ROLE NUMBER entry|exit -- COMMAND... kills process ROLE (0 is the command itself) there
//
// A process is followed from its birth to its end; one that is not the command itself, to its execve: what follows is
// the container's program or a hook. The answer is the command's own status, 124 when it did not end within ten seconds,
// 125 when the point was not reached. Those that are left when the command has ended are let go.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 64 };
static struct { pid_t pid; int calls, inside, followed; } roles[MOST];
static int count;

static int role_of(pid_t pid) {
  for (int n = 0; n < count; n++)
    if (roles[n].pid == pid) return n;
  if (count == MOST) exit(126);
  roles[count].pid = pid;
  roles[count].followed = 1;
  return count++;
}

static void too_late(int signal) {
  (void)signal;
  kill(roles[0].pid, SIGKILL);
  _exit(124);
}

int main(int argc, char **argv) {
  int counting = argc > 3 && !strcmp(argv[1], "count");
  int first = counting ? 3 : 5;
  if (argc <= first || strcmp(argv[first - 1], "--")) return 126;
  int role = counting ? -1 : atoi(argv[1]), number = counting ? 0 : atoi(argv[2]);
  int at_exit = !counting && !strcmp(argv[3], "exit"), hit = 0, answer = 126;

  pid_t command = fork();
  if (command == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    execv(argv[first], argv + first);
    _exit(127);
  }
  int status;
  if (waitpid(command, &status, 0) != command) return 126;
  role_of(command);
  ptrace(PTRACE_SETOPTIONS, command, 0,
         PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC);
  ptrace(PTRACE_SYSCALL, command, 0, 0);
  signal(SIGALRM, too_late);
  alarm(10);

  for (;;) {
    pid_t pid = waitpid(-1, &status, __WALL);
    if (pid < 0) break;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (pid != command) continue;
      answer = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      break;
    }
    int n = role_of(pid), signal = WSTOPSIG(status), event = status >> 16;
    if (signal == (SIGTRAP | 0x80)) {
      int entering = roles[n].inside = !roles[n].inside;
      if (entering) roles[n].calls++;
      if (n == role && roles[n].calls == number && entering != at_exit) {
        hit = 1;
        kill(pid, SIGKILL);
      }
      signal = 0;
    } else if (event == PTRACE_EVENT_EXEC) {
      // The command's own second start is a part of it.
      if (n != 0) {
        roles[n].followed = 0;
        ptrace(PTRACE_DETACH, pid, 0, 0);
        continue;
      }
      signal = 0;
    } else if (event) {
      unsigned long born;
      // Its number in the order of birth, and a name by which it can be let go.
      if (ptrace(PTRACE_GETEVENTMSG, pid, 0, &born) == 0) role_of((pid_t)born);
      signal = 0;
    } else if (signal == SIGSTOP && roles[n].calls == 0) {
      signal = 0; // the stop in which a new process begins
    }
    ptrace(PTRACE_SYSCALL, pid, 0, signal);
  }
  // One that has not begun yet would stop for ever: its first stop is pending.
  for (int n = 1; n < count; n++) kill(roles[n].pid, SIGCONT);
  if (counting) {
    for (int n = 0; n < count; n++) printf("%d ", roles[n].calls);
    printf("\n");
    return answer;
  }
  return hit ? answer : 125;
}
