// System calls that glibc or Swift cannot express well. One call per function; every function returns a value >= 0 or
// -errno. No logic, no loops, no allocation: policy and fall-backs live in the Swift module Kernel.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Descriptors and files
int cl_openat(int directory, const char *path, int flags, unsigned mode);
int cl_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
ssize_t cl_read(int fd, void *buffer, size_t count);
ssize_t cl_write(int fd, const void *buffer, size_t count);
int cl_close(int fd);
int cl_close_range(unsigned first, unsigned last, unsigned flags);
int cl_fcntl(int fd, int command, unsigned long argument);
int cl_dup3(int from, int to, int flags);
int cl_pipe2(int fds[2], int flags);
off_t cl_lseek(int fd, off_t offset, int whence);
ssize_t cl_sendfile(int out, int in, size_t count);
int cl_mkdirat(int directory, const char *path, unsigned mode);
int cl_mknodat(int directory, const char *path, unsigned mode, uint32_t major, uint32_t minor);
int cl_unlinkat(int directory, const char *path, int flags);
int cl_symlinkat(const char *target, int directory, const char *path);
int cl_renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags);
ssize_t cl_readlinkat(int directory, const char *path, char *buffer, size_t size);
int cl_fchmod(int fd, unsigned mode);
int cl_fchmodat(int directory, const char *path, unsigned mode);
/* Of the file itself, also through an O_PATH descriptor. */
int cl_fchmodat2(int fd, unsigned mode);
int cl_fchownat(int directory, const char *path, unsigned uid, unsigned gid, int flags);
int cl_faccessat(int directory, const char *path, int mode);
int cl_faccessat2(int directory, const char *path, int mode, int flags);
int cl_flock(int fd, int operation);
ssize_t cl_getdents64(int fd, void *buffer, size_t size);
int cl_memfd_create(const char *name, unsigned flags);

struct cl_stat {
  uint32_t mode, nlink, uid, gid;
  uint64_t inode, size;
  uint32_t device_major, device_minor, rdev_major, rdev_minor;
  uint64_t mount_id;
  uint32_t mask;
  int64_t mtime_sec, ctime_sec;
};
#define CL_STATX_MNT_ID 0x1000u
#define CL_STATX_MNT_ID_UNIQUE 0x4000u
int cl_statx(int directory, const char *path, int flags, unsigned mask, struct cl_stat *out);
int cl_fstatfs_type(int fd, uint64_t *type, uint64_t *flags);
int cl_statfs_type(const char *path, uint64_t *type);
int cl_eventfd(unsigned initial, int flags);
int cl_statmount_exists(uint64_t unique_mount_id);

// Namespaces and processes
struct cl_clone_args {
  uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
long cl_clone3(struct cl_clone_args *arguments);
int cl_setns(int fd, int kind);
int cl_unshare(int flags);
int cl_namespace_type(int fd);
int cl_execve(const char *path, char *const arguments[], char *const environment[]);
int cl_execveat(int fd, const char *path, char *const arguments[], char *const environment[], int flags);
_Noreturn void cl_exit(int status);
int cl_getpid(void);
int cl_getppid(void);
unsigned cl_geteuid(void);
unsigned cl_getegid(void);
int cl_kill(int pid, int signal);
int cl_pidfd_open(int pid, unsigned flags);
int cl_pidfd_getfd(int pidfd, int number);
int cl_pidfd_send_signal(int pidfd, int signal);
struct cl_wait {
  int pid, code, status;
};
int cl_waitid(int kind, int id, struct cl_wait *out, int options);
int cl_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int cl_setsid(void);
int cl_prlimit(int pid, int resource, const uint64_t *soft_hard, uint64_t *old_soft_hard);
int cl_sethostname(const char *name, size_t length);
int cl_setdomainname(const char *name, size_t length);
int cl_personality(unsigned long persona);
long cl_keyctl(int operation, const char *argument);
long cl_keyctl_setperm(int key, uint32_t permissions);
int cl_sched_setattr(uint32_t policy, uint64_t flags, int32_t nice, uint32_t priority, uint64_t runtime, uint64_t deadline,
                     uint64_t period);
int cl_ioprio_set(int which, int who, int value);
int cl_sched_setaffinity(int pid, size_t size, const uint64_t *mask);
int cl_set_mempolicy(int mode, const uint64_t *nodes, unsigned long bits);

// Credentials
int cl_setresuid(unsigned uid);
int cl_setresgid(unsigned gid);
int cl_setgroups(size_t count, const unsigned *groups);
unsigned cl_umask(unsigned mask);
int cl_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable);
int cl_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable);

// Mounts
int cl_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
int cl_umount2(const char *target, int flags);
int cl_pivot_root(const char *root, const char *old);
int cl_chdir(const char *path);
int cl_fchdir(int fd);
int cl_chroot(const char *path);
ssize_t cl_getcwd(char *buffer, size_t size);
int cl_open_tree(int directory, const char *path, unsigned flags);
int cl_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags);
int cl_fsopen(const char *type, unsigned flags);
int cl_fsconfig(int fd, unsigned command, const char *key, const char *value, int auxiliary);
int cl_fsmount(int fd, unsigned flags, unsigned attributes);
int cl_mount_setattr(int fd, const char *path, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation,
                     uint64_t userns_fd);

// Signals and waiting
int cl_sigprocmask(int how, const uint64_t *set, uint64_t *old);
int cl_signal_default(int signal);
int cl_signal_ignore(int signal);
int cl_signalfd(uint64_t mask, int flags);
struct cl_poll {
  int fd;
  short events, revents;
};
int cl_poll(struct cl_poll *fds, size_t count, int timeout_ms);

// Waiting for many descriptors (one event a call), and moving bytes between pipes
int cl_epoll_create(void);
int cl_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t token);
int cl_epoll_wait(int epoll, uint32_t *events, uint64_t *token, int timeout_ms);
ssize_t cl_splice(int from, int to, size_t count, unsigned flags);
int cl_setpgid(int pid, int group);
int cl_madvise(uint64_t address, uint64_t size, int advice);

// Sockets
int cl_bind_unix(int fd, const char *path, size_t length);
int cl_listen(int fd, int backlog);
int cl_accept(int fd, int flags);
int cl_peer_user(int fd, unsigned *uid);
int cl_socketpair(int type, int fds[2]);
int cl_socket_unix(int type);
int cl_socket_route(void);
/* From then on the socket of rtnetlink takes messages of the kernel alone. */
int cl_connect_kernel(int fd);
int cl_connect_unix(int fd, const char *path, size_t length);
int cl_connect_abstract(int fd, const char *name, size_t length);
ssize_t cl_sendmsg(int fd, const void *bytes, size_t count, const int *fds, size_t fd_count);
ssize_t cl_recvmsg(int fd, void *bytes, size_t count, int *fds, size_t fd_capacity, size_t *fd_count, int flags);
int cl_set_timeouts(int fd, int milliseconds);

// Security
struct cl_bpf_instruction {
  uint16_t code;
  uint8_t jt, jf;
  uint32_t k;
};
int cl_seccomp_filter(unsigned flags, const struct cl_bpf_instruction *program, size_t count);
int cl_bpf_prog_load_device(const void *instructions, uint32_t count, char *log, uint32_t log_size);
int cl_bpf_prog_attach_device(int cgroup, int program, uint32_t flags, int replace);
int cl_bpf_prog_detach_device(int cgroup, int program);
int cl_bpf_prog_query_device(int cgroup, uint32_t *ids, uint32_t *count);
int cl_bpf_prog_by_id(uint32_t id);

// Terminals
int cl_pty_peer(int master, int flags);
int cl_pty_unlock(int master);
int cl_pty_number(int master);
int cl_set_controlling_terminal(int fd);
int cl_window_size_get(int fd, uint16_t *rows, uint16_t *columns);
int cl_window_size_set(int fd, uint16_t rows, uint16_t columns);
int cl_foreground_group(int fd);
int cl_own_group(void);
int cl_isatty(int fd);
#define CL_TERMIOS_SIZE 64
int cl_termios_get(int fd, void *storage);
int cl_termios_set(int fd, const void *storage);
int cl_termios_raw(int fd);
int cl_termios_clear_onlcr(int fd);

// Hooks: one spawn, prepared in Swift
int cl_spawn(int *pid, const char *path, char *const arguments[], char *const environment[], int in, int out, int err,
             const char *working_directory);

// Memory that a parent and its children share
void *cl_map_shared(size_t size);

// Time
int64_t cl_clock_nanoseconds(int clock);

// The arguments and the environment of this process
int cl_argument_count(void);
const char *cl_argument(int index);
char *const *cl_environment(void);
// The commit that the program was built from, which scripts/place-binary.sh writes into the finished file; "" without.
const char *cl_commit(void);

#endif
