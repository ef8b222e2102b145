#define _GNU_SOURCE
#include "clinux.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define RESULT(call)            \
  do {                          \
    long r_ = (call);           \
    return r_ < 0 ? -errno : r_; \
  } while (0)

#define MOST_DESCRIPTORS 64

int cl_socketpair(int type, int fds[2]) { RESULT(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds)); }
int cl_socket_unix(int type) { RESULT(socket(AF_UNIX, type | SOCK_CLOEXEC, 0)); }
int cl_socket_route(void) { RESULT(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0 /* NETLINK_ROUTE */)); }

int cl_connect_kernel(int fd) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) return -errno;
  // The socket has had its number for a moment before it was connected; nothing was asked yet, so what is in it is forged.
  char byte;
  while (recv(fd, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) >= 0 || errno == ENOBUFS) {
  }
  return 0;
}

int cl_connect_unix(int fd, const char *path, size_t length) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (length >= sizeof address.sun_path) return -ENAMETOOLONG;
  memcpy(address.sun_path, path, length);
  RESULT(connect(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1)));
}

int cl_connect_abstract(int fd, const char *name, size_t length) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (length >= sizeof address.sun_path) return -ENAMETOOLONG;
  memcpy(address.sun_path + 1, name, length);
  RESULT(connect(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length)));
}

int cl_bind_unix(int fd, const char *path, size_t length) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (length >= sizeof address.sun_path) return -ENAMETOOLONG;
  memcpy(address.sun_path, path, length);
  RESULT(bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1)));
}
int cl_listen(int fd, int backlog) { RESULT(listen(fd, backlog)); }
int cl_accept(int fd, int flags) { RESULT(accept4(fd, NULL, NULL, flags)); }
int cl_peer_user(int fd, unsigned *uid) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return -errno;
  *uid = credentials.uid;
  return 0;
}

ssize_t cl_sendmsg(int fd, const void *bytes, size_t count, const int *fds, size_t fd_count) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
  } control = {0};
  if (fd_count > MOST_DESCRIPTORS) return -E2BIG;
  struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
  if (fd_count > 0) {
    message.msg_control = control.space;
    message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(fd_count * sizeof(int));
    memcpy(CMSG_DATA(&control.header), fds, fd_count * sizeof(int));
  }
  RESULT(sendmsg(fd, &message, MSG_NOSIGNAL));
}
ssize_t cl_recvmsg(int fd, void *bytes, size_t count, int *fds, size_t fd_capacity, size_t *fd_count, int flags) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
  } control = {0};
  if (fd_capacity > MOST_DESCRIPTORS) return -E2BIG;
  struct iovec vector = {.iov_base = bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &vector,
                           .msg_iovlen = 1,
                           .msg_control = fd_capacity > 0 ? control.space : NULL,
                           // Not CMSG_SPACE: the kernel fills its padding with one more descriptor.
                           .msg_controllen = fd_capacity > 0 ? CMSG_LEN(fd_capacity * sizeof(int)) : 0};
  ssize_t received = recvmsg(fd, &message, flags | MSG_CMSG_CLOEXEC);
  if (received < 0) return -errno;
  *fd_count = 0;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
    *fd_count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(header), *fd_count * sizeof(int));
  }
  return received;
}
int cl_set_timeouts(int fd, int milliseconds) {
  struct timeval time = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
  if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) < 0) return -errno;
  RESULT(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
}
