// The floor: the least that a program has to ask of the kernel to run one process in a container of the default
// config, as plain C, to tell what the kernel takes from what a runtime takes.
//
// Usage: floor ROOTFS COMMAND [ARGUMENT…]; the exit status is the command's. Compiled with -DOWN_FLOOR it is the *own
// floor*: own-floor STATE FILTER ROOTFS COMMAND [ARGUMENT…].
//
// It does: a directory in every v1 hierarchy (or in the v2 tree), limits of cpuset copied from the parent; clone3 with
// new pid, network, ipc, uts and mount namespaces; joining every hierarchy, by the child, which writes 0 to `tasks`: a
// thread that moves itself needs neither the lock against all forks nor the RCU grace period of a write to cgroup.procs
// by the parent; a new cgroup namespace after that; the seven mounts of the default config with their options (proc, /dev,
// devpts, shm, mqueue, sysfs, cgroup: on v1 a tmpfs with every hierarchy below it, read-only); pivot_root, a read-only
// root, execve, wait; removal of the cgroups.
//
// It does not: parse a config, keep state, seal itself, make devices or links in /dev, mask paths, set capabilities,
// limits, host name, no-new-privileges or credentials, load a seccomp filter, check anything about the root file system.
//
// The own floor does three things more, which apus has to do and crun need not or does otherwise: it starts a second time
// from a read-only view of its own file that no mount namespace holds (the seal against CVE-2019-5736, as apus makes it),
// writes one state file in a folder of its own below STATE and removes both, and loads the filter in the file FILTER, an
// array of struct sock_filter; - for none.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

// <sys/mount.h> and <linux/mount.h> do not go together in every glibc.
int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);
#define MNT_DETACH 2

#define CGROUPS "/sys/fs/cgroup"
#define MAXIMUM_HIERARCHIES 32

struct hierarchy {
  char name[64];     // the folder below /sys/fs/cgroup
  char options[64];  // what mount(2) takes: "cpu,cpuacct" or "none,name=systemd"
  char path[128];    // the cgroup made here
  int tasks;
};

static struct hierarchy hierarchies[MAXIMUM_HIERARCHIES];
static int hierarchy_count;
static int unified;  // one v2 tree and nothing else

static void die(const char *what, const char *subject) {
  dprintf(2, "floor: %s %s: %s\n", what, subject, strerror(errno));
  _exit(125);
}

static int read_file(const char *path, char *buffer, int size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  int length = read(file, buffer, size - 1);
  close(file);
  if (length < 0) return -1;
  buffer[length] = 0;
  return length;
}

static void find_hierarchies(void) {
  struct statfs status;
  if (statfs(CGROUPS, &status)) die("statfs", CGROUPS);
  unified = status.f_type == CGROUP2_SUPER_MAGIC;
  if (unified) return;
  static char text[8192];
  if (read_file("/proc/self/cgroup", text, sizeof text) < 0) die("read", "/proc/self/cgroup");
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    char *list = strchr(line, ':') + 1;
    char *end = strchr(list, ':');
    *end = 0;
    if (!*list || hierarchy_count == MAXIMUM_HIERARCHIES) continue;  // the v2 tree of a hybrid machine
    struct hierarchy *h = &hierarchies[hierarchy_count++];
    int named = !strncmp(list, "name=", 5);
    snprintf(h->name, sizeof h->name, "%s", named ? list + 5 : list);
    snprintf(h->options, sizeof h->options, "%s%s", named ? "none," : "", list);
  }
}

static void copy_cpuset(const char *path, const char *file) {
  char from[160], to[160], value[4096];
  snprintf(from, sizeof from, CGROUPS "/cpuset/%s", file);
  snprintf(to, sizeof to, "%s/%s", path, file);
  int length = read_file(from, value, sizeof value);
  if (length < 0) die("read", from);
  int out = open(to, O_WRONLY | O_CLOEXEC);
  if (out < 0 || write(out, value, length) != length) die("write", to);
  close(out);
}

static void make_cgroups(void) {
  for (int i = 0; i < hierarchy_count; i++) {
    struct hierarchy *h = &hierarchies[i];
    snprintf(h->path, sizeof h->path, CGROUPS "/%s/floor-%d", h->name, getpid());
    if (mkdir(h->path, 0755)) die("mkdir", h->path);
    if (!strcmp(h->name, "cpuset")) {
      copy_cpuset(h->path, "cpuset.cpus");
      copy_cpuset(h->path, "cpuset.mems");
    }
    char tasks[160];
    snprintf(tasks, sizeof tasks, "%s/tasks", h->path);
    h->tasks = open(tasks, O_WRONLY | O_CLOEXEC);
    if (h->tasks < 0) die("open", tasks);
  }
}

static void join_cgroups(void) {
  for (int i = 0; i < hierarchy_count; i++)
    if (write(hierarchies[i].tasks, "0", 1) != 1) die("join", hierarchies[i].path);
}

static void must_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
  if (mount(source, target, type, flags, data)) die("mount", target);
}

static void must_mkdir(const char *path) {
  if (mkdir(path, 0755) && errno != EEXIST) die("mkdir", path);
}

static void mount_cgroups(void) {
  unsigned long flags = MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RELATIME;
  if (unified) {
    must_mount("cgroup", "sys/fs/cgroup", "cgroup2", flags | MS_RDONLY, NULL);
    return;
  }
  must_mount("tmpfs", "sys/fs/cgroup", "tmpfs", flags & ~MS_RELATIME, "mode=755");
  for (int i = 0; i < hierarchy_count; i++) {
    char target[128];
    snprintf(target, sizeof target, "sys/fs/cgroup/%.63s", hierarchies[i].name);
    must_mkdir(target);
    must_mount("cgroup", target, "cgroup", flags | MS_RDONLY, hierarchies[i].options);
  }
  must_mount(NULL, "sys/fs/cgroup", NULL, flags | MS_RDONLY | MS_REMOUNT | MS_BIND, NULL);
}

#ifdef OWN_FLOOR
static struct sock_filter filter[BPF_MAXINSNS];
static struct sock_fprog program = {.filter = filter};

// A mount of nothing but this file system, in no mount namespace.
static int detached(int context, unsigned attributes) {
  if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) die("fsconfig", "create");
  int mounted = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
  if (mounted < 0) die("fsmount", "");
  return mounted;
}

static void seal(char **argv) {
  if (getenv("_OWN_FLOOR_SEALED")) return;
  char path[4096], layers[64];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0) die("readlink", "/proc/self/exe");
  path[length] = 0;
  char *name = strrchr(path, '/');
  *name++ = 0;
  int folder = open(*path ? path : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
  int empty = detached(context, MOUNT_ATTR_RDONLY);
  snprintf(layers, sizeof layers, "/proc/self/fd/%d:/proc/self/fd/%d", folder, empty);
  context = (int)syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
  if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "lowerdir", layers, 0)) die("fsconfig", layers);
  int view = detached(context, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  int own = openat(view, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (own < 0) die("open", name);
  putenv("_OWN_FLOOR_SEALED=1");
  syscall(SYS_execveat, own, "", argv, environ, AT_EMPTY_PATH);
  die("execveat", name);
}

static char state_folder[128], state_file[160];

static void write_state(const char *state, const char *rootfs) {
  snprintf(state_folder, sizeof state_folder, "%s/own-%d", state, getpid());
  snprintf(state_file, sizeof state_file, "%s/state.json", state_folder);
  if (mkdir(state_folder, 0700)) die("mkdir", state_folder);
  char text[1024];
  int length = snprintf(text, sizeof text, "{\"id\": \"own-%d\", \"status\": \"created\", \"root\": \"%s\"}\n", getpid(), rootfs);
  int file = open(state_file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 || write(file, text, length) != length) die("write", state_file);
  close(file);
}

static void remove_state(void) {
  if (unlink(state_file)) die("unlink", state_file);
  if (rmdir(state_folder)) die("rmdir", state_folder);
}

static void read_filter(const char *path) {
  if (!strcmp(path, "-")) return;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? -1 : read(file, filter, sizeof filter);
  if (length < 0) die("read", path);
  close(file);
  program.len = length / sizeof filter[0];
}

static void load_filter(void) {
  if (program.len && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)) die("seccomp", "");
}
#endif

static void child(const char *rootfs, char **command) {
  join_cgroups();
  if (unshare(CLONE_NEWCGROUP)) die("unshare", "cgroup namespace");
  must_mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
  must_mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL);
  if (chdir(rootfs)) die("chdir", rootfs);
  must_mount("proc", "proc", "proc", 0, NULL);
  must_mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
  must_mkdir("dev/pts");
  must_mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
  must_mkdir("dev/shm");
  must_mount("shm", "dev/shm", "tmpfs", MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=1777,size=65536k");
  must_mkdir("dev/mqueue");
  must_mount("mqueue", "dev/mqueue", "mqueue", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL);
  must_mount("sysfs", "sys", "sysfs", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, NULL);
  mount_cgroups();

  if (syscall(SYS_pivot_root, ".", ".")) die("pivot_root", rootfs);
  if (umount2(".", MNT_DETACH)) die("umount", "the old root");
  if (chdir("/")) die("chdir", "/");
  must_mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
#ifdef OWN_FLOOR
  load_filter();
#endif
  execv(command[0], command);
  die("exec", command[0]);
}

int main(int argc, char **argv) {
#ifdef OWN_FLOOR
  if (argc < 5) {
    dprintf(2, "usage: own-floor STATE FILTER|- ROOTFS COMMAND [ARGUMENT...]\n");
    return 125;
  }
  seal(argv);
  write_state(argv[1], argv[3]);
  read_filter(argv[2]);
  argv += 2;
#else
  if (argc < 3) {
    dprintf(2, "usage: floor ROOTFS COMMAND [ARGUMENT...]\n");
    return 125;
  }
#endif
  find_hierarchies();
  make_cgroups();

  struct clone_args arguments = {
      .flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS,
      .exit_signal = SIGCHLD,
  };
  char v2[64];
  if (unified) {
    snprintf(v2, sizeof v2, CGROUPS "/floor-%d", getpid());
    if (mkdir(v2, 0755)) die("mkdir", v2);
    int folder = open(v2, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) die("open", v2);
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = (uint64_t)folder;
  }
  pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid < 0) die("clone3", "");
  if (pid == 0) child(argv[1], argv + 2);

  int status;
  if (waitpid(pid, &status, 0) != pid) die("waitpid", "");
  for (int i = 0; i < hierarchy_count; i++)
    if (rmdir(hierarchies[i].path)) die("rmdir", hierarchies[i].path);
  if (unified && rmdir(v2)) die("rmdir", v2);
#ifdef OWN_FLOOR
  remove_state();
#endif
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
