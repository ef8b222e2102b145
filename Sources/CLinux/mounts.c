#define _GNU_SOURCE
#include "clinux.h"
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RESULT(call)            \
  do {                          \
    long r_ = (call);           \
    return r_ < 0 ? -errno : r_; \
  } while (0)

int cl_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
  RESULT(syscall(SYS_mount, source, target, type, flags, data));
}
int cl_umount2(const char *target, int flags) { RESULT(syscall(SYS_umount2, target, flags)); }
int cl_pivot_root(const char *root, const char *old) { RESULT(syscall(SYS_pivot_root, root, old)); }
int cl_chdir(const char *path) { RESULT(syscall(SYS_chdir, path)); }
int cl_fchdir(int fd) { RESULT(syscall(SYS_fchdir, fd)); }
int cl_chroot(const char *path) { RESULT(syscall(SYS_chroot, path)); }
ssize_t cl_getcwd(char *buffer, size_t size) { RESULT(syscall(SYS_getcwd, buffer, size)); }
int cl_open_tree(int directory, const char *path, unsigned flags) {
  RESULT(syscall(SYS_open_tree, directory, path, flags));
}
int cl_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags) {
  RESULT(syscall(SYS_move_mount, from, from_path, to, to_path, flags));
}
int cl_fsopen(const char *type, unsigned flags) { RESULT(syscall(SYS_fsopen, type, flags)); }
int cl_fsconfig(int fd, unsigned command, const char *key, const char *value, int auxiliary) {
  RESULT(syscall(SYS_fsconfig, fd, command, key, value, auxiliary));
}
int cl_fsmount(int fd, unsigned flags, unsigned attributes) { RESULT(syscall(SYS_fsmount, fd, flags, attributes)); }
int cl_mount_setattr(int fd, const char *path, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation,
                     uint64_t userns_fd) {
  struct {
    uint64_t set, clear, propagation, userns_fd;
  } attributes = {set, clear, propagation, userns_fd};
  RESULT(syscall(SYS_mount_setattr, fd, path, flags, &attributes, sizeof attributes));
}
