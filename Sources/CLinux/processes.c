#define _GNU_SOURCE
#include "clinux.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RESULT(call)            \
  do {                          \
    long r_ = (call);           \
    return r_ < 0 ? -errno : r_; \
  } while (0)

long cl_clone3(struct cl_clone_args *arguments) { RESULT(syscall(SYS_clone3, arguments, sizeof *arguments)); }
int cl_setns(int fd, int kind) { RESULT(syscall(SYS_setns, fd, kind)); }
int cl_unshare(int flags) { RESULT(syscall(SYS_unshare, flags)); }
int cl_namespace_type(int fd) { RESULT(ioctl(fd, NS_GET_NSTYPE)); }
int cl_execve(const char *path, char *const arguments[], char *const environment[]) {
  RESULT(syscall(SYS_execve, path, arguments, environment));
}
int cl_execveat(int fd, const char *path, char *const arguments[], char *const environment[], int flags) {
  RESULT(syscall(SYS_execveat, fd, path, arguments, environment, flags));
}
_Noreturn void cl_exit(int status) {
  syscall(SYS_exit_group, status);
  __builtin_unreachable();
}
int cl_getpid(void) { return (int)syscall(SYS_getpid); }
int cl_getppid(void) { return (int)syscall(SYS_getppid); }
unsigned cl_geteuid(void) { return (unsigned)syscall(SYS_geteuid); }
unsigned cl_getegid(void) { return (unsigned)syscall(SYS_getegid); }
int cl_kill(int pid, int signal) { RESULT(syscall(SYS_kill, pid, signal)); }
int cl_pidfd_open(int pid, unsigned flags) { RESULT(syscall(SYS_pidfd_open, pid, flags)); }
int cl_pidfd_getfd(int pidfd, int number) { RESULT(syscall(SYS_pidfd_getfd, pidfd, number, 0)); }
int cl_pidfd_send_signal(int pidfd, int signal) { RESULT(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0)); }
int cl_waitid(int kind, int id, struct cl_wait *out, int options) {
  siginfo_t info = {0};
  if (syscall(SYS_waitid, kind, id, &info, options, NULL) < 0) return -errno;
  *out = (struct cl_wait){.pid = info.si_pid, .code = info.si_code, .status = info.si_status};
  return 0;
}
int cl_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  RESULT(syscall(SYS_prctl, option, a, b, c, d));
}
int cl_setsid(void) { RESULT(syscall(SYS_setsid)); }
int cl_prlimit(int pid, int resource, const uint64_t *soft_hard, uint64_t *old_soft_hard) {
  RESULT(syscall(SYS_prlimit64, pid, resource, soft_hard, old_soft_hard));
}
int cl_sethostname(const char *name, size_t length) { RESULT(syscall(SYS_sethostname, name, length)); }
int cl_setdomainname(const char *name, size_t length) { RESULT(syscall(SYS_setdomainname, name, length)); }
int cl_personality(unsigned long persona) { RESULT(syscall(SYS_personality, persona)); }
long cl_keyctl(int operation, const char *argument) { RESULT(syscall(SYS_keyctl, operation, argument, 0, 0, 0)); }
long cl_keyctl_setperm(int key, uint32_t permissions) { RESULT(syscall(SYS_keyctl, 5, key, permissions, 0, 0)); }
int cl_sched_setattr(uint32_t policy, uint64_t flags, int32_t nice, uint32_t priority, uint64_t runtime, uint64_t deadline,
                     uint64_t period) {
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attributes = {48, policy, flags, nice, priority, runtime, deadline, period};
  RESULT(syscall(SYS_sched_setattr, 0, &attributes, 0));
}
int cl_ioprio_set(int which, int who, int value) { RESULT(syscall(SYS_ioprio_set, which, who, value)); }
int cl_sched_setaffinity(int pid, size_t size, const uint64_t *mask) {
  RESULT(syscall(SYS_sched_setaffinity, pid, size, mask));
}
int cl_set_mempolicy(int mode, const uint64_t *nodes, unsigned long bits) {
  RESULT(syscall(SYS_set_mempolicy, mode, nodes, bits));
}

int cl_setresuid(unsigned uid) { RESULT(syscall(SYS_setresuid, uid, uid, uid)); }
int cl_setresgid(unsigned gid) { RESULT(syscall(SYS_setresgid, gid, gid, gid)); }
int cl_setgroups(size_t count, const unsigned *groups) { RESULT(syscall(SYS_setgroups, count, groups)); }
unsigned cl_umask(unsigned mask) { return (unsigned)syscall(SYS_umask, mask); }
int cl_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct data[2] = {
      {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
      {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
  };
  RESULT(syscall(SYS_capset, &header, data));
}
int cl_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct data[2] = {0};
  if (syscall(SYS_capget, &header, data) < 0) return -errno;
  *effective = data[0].effective | (uint64_t)data[1].effective << 32;
  *permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
  *inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
  return 0;
}

int cl_sigprocmask(int how, const uint64_t *set, uint64_t *old) {
  RESULT(syscall(SYS_rt_sigprocmask, how, set, old, sizeof *set));
}
static int set_disposition(int signal, void (*handler)(int)) {
  struct {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
  } action = {.handler = handler};
  RESULT(syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof(uint64_t)));
}
int cl_signal_default(int signal) { return set_disposition(signal, SIG_DFL); }
int cl_signal_ignore(int signal) { return set_disposition(signal, SIG_IGN); }
int cl_signalfd(uint64_t mask, int flags) { RESULT(syscall(SYS_signalfd4, -1, &mask, sizeof mask, flags)); }
int cl_poll(struct cl_poll *fds, size_t count, int timeout_ms) {
  RESULT(poll((struct pollfd *)fds, count, timeout_ms));
}

int cl_spawn(int *pid, const char *path, char *const arguments[], char *const environment[], int in, int out, int err,
             const char *working_directory) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  posix_spawn_file_actions_addchdir_np(&actions, working_directory);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int error = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return -error;
}

void *cl_map_shared(size_t size) {
  void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? NULL : pages;
}

int64_t cl_clock_nanoseconds(int clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) < 0) return -errno;
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int argument_count;
static char **argument_list;
__attribute__((constructor)) static void keep_arguments(int count, char **list) {
  argument_count = count;
  argument_list = list;
}
int cl_argument_count(void) { return argument_count; }
const char *cl_argument(int index) { return argument_list[index]; }
extern char **environ;
char *const *cl_environment(void) { return environ; }

__attribute__((section(".apus.commit"), used)) static volatile const char commit[64] = "";
const char *cl_commit(void) { return (const char *)commit; }
