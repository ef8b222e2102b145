#define _GNU_SOURCE
#include "clinux.h"
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define RESULT(call)            \
  do {                          \
    long r_ = (call);           \
    return r_ < 0 ? -errno : r_; \
  } while (0)

_Static_assert(sizeof(struct termios) <= CL_TERMIOS_SIZE, "termios fits its storage");

int cl_pty_peer(int master, int flags) { RESULT(ioctl(master, TIOCGPTPEER, flags)); }
int cl_pty_unlock(int master) {
  int locked = 0;
  RESULT(ioctl(master, TIOCSPTLCK, &locked));
}
int cl_pty_number(int master) {
  unsigned number = 0;
  if (ioctl(master, TIOCGPTN, &number) < 0) return -errno;
  return (int)number;
}
int cl_set_controlling_terminal(int fd) { RESULT(ioctl(fd, TIOCSCTTY, 0)); }
int cl_window_size_get(int fd, uint16_t *rows, uint16_t *columns) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -errno;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return 0;
}
int cl_window_size_set(int fd, uint16_t rows, uint16_t columns) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  RESULT(ioctl(fd, TIOCSWINSZ, &size));
}
int cl_foreground_group(int fd) {
  int group = 0;
  if (ioctl(fd, TIOCGPGRP, &group) < 0) return -errno;
  return group;
}
int cl_own_group(void) { return getpgrp(); }
int cl_isatty(int fd) {
  struct termios attributes;
  RESULT(tcgetattr(fd, &attributes));
}
int cl_termios_get(int fd, void *storage) { RESULT(tcgetattr(fd, storage)); }
int cl_termios_set(int fd, const void *storage) { RESULT(tcsetattr(fd, TCSANOW, storage)); }
int cl_termios_raw(int fd) {
  struct termios attributes;
  if (tcgetattr(fd, &attributes) < 0) return -errno;
  cfmakeraw(&attributes);
  attributes.c_oflag |= OPOST;
  RESULT(tcsetattr(fd, TCSANOW, &attributes));
}
int cl_termios_clear_onlcr(int fd) {
  struct termios attributes;
  if (tcgetattr(fd, &attributes) < 0) return -errno;
  attributes.c_oflag &= ~(tcflag_t)ONLCR;
  RESULT(tcsetattr(fd, TCSANOW, &attributes));
}
