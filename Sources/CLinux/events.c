#define _GNU_SOURCE
#include "clinux.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RESULT(call)            \
  do {                          \
    long r_ = (call);           \
    return r_ < 0 ? -errno : r_; \
  } while (0)

int cl_epoll_create(void) { RESULT(epoll_create1(EPOLL_CLOEXEC)); }
int cl_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data.u64 = token};
  RESULT(epoll_ctl(epoll, operation, fd, &event));
}
int cl_epoll_wait(int epoll, uint32_t *events, uint64_t *token, int timeout_ms) {
  struct epoll_event event;
  int count = epoll_wait(epoll, &event, 1, timeout_ms);
  if (count < 0) return -errno;
  *events = count > 0 ? event.events : 0;
  *token = count > 0 ? event.data.u64 : 0;
  return count;
}
ssize_t cl_splice(int from, int to, size_t count, unsigned flags) {
  RESULT(syscall(SYS_splice, from, NULL, to, NULL, count, flags));
}
int cl_madvise(uint64_t address, uint64_t size, int advice) {
  RESULT(syscall(SYS_madvise, address, size, advice));
}
int cl_setpgid(int pid, int group) { RESULT(syscall(SYS_setpgid, pid, group)); }
