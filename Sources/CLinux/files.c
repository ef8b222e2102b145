#define _GNU_SOURCE
#include "clinux.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define RESULT(call)            \
  do {                          \
    long r_ = (call);           \
    return r_ < 0 ? -errno : r_; \
  } while (0)

int cl_openat(int directory, const char *path, int flags, unsigned mode) {
  RESULT(syscall(SYS_openat, directory, path, flags, mode));
}
int cl_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
  RESULT(syscall(SYS_openat2, directory, path, &how, sizeof how));
}
ssize_t cl_read(int fd, void *buffer, size_t count) { RESULT(syscall(SYS_read, fd, buffer, count)); }
ssize_t cl_write(int fd, const void *buffer, size_t count) { RESULT(syscall(SYS_write, fd, buffer, count)); }
int cl_close(int fd) { RESULT(syscall(SYS_close, fd)); }
int cl_close_range(unsigned first, unsigned last, unsigned flags) { RESULT(syscall(SYS_close_range, first, last, flags)); }
int cl_fcntl(int fd, int command, unsigned long argument) { RESULT(syscall(SYS_fcntl, fd, command, argument)); }
int cl_dup3(int from, int to, int flags) { RESULT(syscall(SYS_dup3, from, to, flags)); }
int cl_pipe2(int fds[2], int flags) { RESULT(syscall(SYS_pipe2, fds, flags)); }
off_t cl_lseek(int fd, off_t offset, int whence) { RESULT(syscall(SYS_lseek, fd, offset, whence)); }
ssize_t cl_sendfile(int out, int in, size_t count) { RESULT(syscall(SYS_sendfile, out, in, NULL, count)); }
int cl_mkdirat(int directory, const char *path, unsigned mode) { RESULT(syscall(SYS_mkdirat, directory, path, mode)); }
int cl_mknodat(int directory, const char *path, unsigned mode, uint32_t major, uint32_t minor) {
  RESULT(mknodat(directory, path, mode, makedev(major, minor)));
}
int cl_unlinkat(int directory, const char *path, int flags) { RESULT(syscall(SYS_unlinkat, directory, path, flags)); }
int cl_symlinkat(const char *target, int directory, const char *path) {
  RESULT(syscall(SYS_symlinkat, target, directory, path));
}
int cl_renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
  RESULT(syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
}
ssize_t cl_readlinkat(int directory, const char *path, char *buffer, size_t size) {
  RESULT(syscall(SYS_readlinkat, directory, path, buffer, size));
}
int cl_fchmod(int fd, unsigned mode) { RESULT(syscall(SYS_fchmod, fd, mode)); }
int cl_fchmodat(int directory, const char *path, unsigned mode) { RESULT(syscall(SYS_fchmodat, directory, path, mode)); }
int cl_fchmodat2(int fd, unsigned mode) {
  RESULT(syscall(452 /* SYS_fchmodat2 */, fd, "", mode, AT_EMPTY_PATH));
}
int cl_fchownat(int directory, const char *path, unsigned uid, unsigned gid, int flags) {
  RESULT(syscall(SYS_fchownat, directory, path, uid, gid, flags));
}
int cl_faccessat(int directory, const char *path, int mode) { RESULT(syscall(SYS_faccessat, directory, path, mode)); }
int cl_faccessat2(int directory, const char *path, int mode, int flags) {
  RESULT(syscall(439 /* SYS_faccessat2 */, directory, path, mode, flags));
}
int cl_flock(int fd, int operation) { RESULT(syscall(SYS_flock, fd, operation)); }
ssize_t cl_getdents64(int fd, void *buffer, size_t size) { RESULT(syscall(SYS_getdents64, fd, buffer, size)); }
int cl_memfd_create(const char *name, unsigned flags) { RESULT(syscall(SYS_memfd_create, name, flags)); }

int cl_statx(int directory, const char *path, int flags, unsigned mask, struct cl_stat *out) {
  struct statx raw;
  if (syscall(SYS_statx, directory, path, flags, mask, &raw) < 0) return -errno;
  *out = (struct cl_stat){
      .mode = raw.stx_mode,
      .nlink = raw.stx_nlink,
      .uid = raw.stx_uid,
      .gid = raw.stx_gid,
      .inode = raw.stx_ino,
      .size = raw.stx_size,
      .device_major = raw.stx_dev_major,
      .device_minor = raw.stx_dev_minor,
      .rdev_major = raw.stx_rdev_major,
      .rdev_minor = raw.stx_rdev_minor,
      .mount_id = raw.stx_mnt_id,
      .mask = raw.stx_mask,
      .mtime_sec = raw.stx_mtime.tv_sec,
      .ctime_sec = raw.stx_ctime.tv_sec,
  };
  return 0;
}
int cl_fstatfs_type(int fd, uint64_t *type, uint64_t *flags) {
  struct statfs raw;
  if (fstatfs(fd, &raw) < 0) return -errno;
  *type = (uint64_t)raw.f_type;
  *flags = (uint64_t)raw.f_flags;
  return 0;
}
int cl_statfs_type(const char *path, uint64_t *type) {
  struct statfs raw;
  if (statfs(path, &raw) < 0) return -errno;
  *type = (uint64_t)raw.f_type;
  return 0;
}
int cl_eventfd(unsigned initial, int flags) { RESULT(syscall(SYS_eventfd2, initial, flags)); }

#ifndef SYS_statmount
#define SYS_statmount 457
#endif
// 0: the mount is in the caller's mount namespace; -ENOENT: it is not; -ENOSYS: the kernel is older than 6.8.
int cl_statmount_exists(uint64_t unique_mount_id) {
  struct {
    uint32_t size, spare;
    uint64_t mount, parameter;
  } request = {.size = 24, .mount = unique_mount_id, .parameter = 0x2 /* STATMOUNT_MNT_BASIC */};
  char reply[1024];
  RESULT(syscall(SYS_statmount, &request, reply, sizeof reply, 0));
}
