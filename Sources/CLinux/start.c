// Where the program begins (`--entry=apus_start`, see the Makefile): before libc and before Swift, whose beginnings would
// both be there twice if the program had to start again to be sealed.
//
// A command that enters a container must run from a file that nobody can write (CVE-2019-5736; Seal.swift says what that
// means, and checks it afterwards, whatever was done here). This makes the same protected view of the file, a detached
// read-only overlay, and moves the program into it where it stands: every segment is mapped again from the view, and the
// view becomes the process's executable (PR_SET_MM_MAP, for root since Linux 3.18). Where the kernel or the caller's
// privileges do not allow that, the program starts once more from the view. When anything else is in the way the
// program begins as if nothing had been tried, and Seal.swift tries again, falls back, and tells what is wrong.
//
// Only system calls, the stack and the program's own code: no libc, no thread-local storage, no errno, and no call that
// the compiler would make of a loop (memcpy and the like are chosen at start by the code that has not run yet).
// docs/decisions/0008-the-seal-before-libc.md has the reasons and the numbers.

#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define BARE __attribute__((no_builtin, no_stack_protector, noinline))
#define PAGE 4096ul
#define SELF "/proc/self/exe"
#define MARKER "_APUS_SEALED="
#define MOST_VARIABLES 2048

static inline long call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
#endif
}

// What lies on the stack at the start of a program.
struct beginning {
  long count;
  char **arguments, **environment;
  const Elf64_auxv_t *facts;
};

// The sealed view: the file in it, and what was opened on the way there.
struct view {
  long folder, second, context, mount, file;
};

BARE static int begins_with(const char *text, const char *start) {
  while (*start != 0)
    if (*text++ != *start++) return 0;
  return 1;
}
BARE static int is(const char *text, const char *other) {
  while (*text == *other && *text != 0) text++, other++;
  return *text == *other;
}
BARE static const char *after(const char *text) {
  while (*text != 0) text++;
  return text + 1;
}
BARE static void close_one(long fd) {
  if (fd >= 0) call(SYS_close, fd, 0, 0, 0, 0, 0);
}

// A word that is the name of a command that enters a container. Another argument of that name makes a seal that nobody
// needs; a command that is missed here is sealed by Seal.swift.
BARE static int enters_container(const struct beginning *start) {
  for (long n = 1; n < start->count; n++) {
    const char *word = start->arguments[n];
    if (is(word, "create") || is(word, "run") || is(word, "exec") || is(word, "restore")) return 1;
  }
  return 0;
}

BARE static int was_tried(const struct beginning *start) {
  for (char **variable = start->environment; *variable != NULL; variable++)
    if (begins_with(*variable, MARKER)) return 1;
  return 0;
}

BARE static char *append(char *end, const char *text) {
  while (*text != 0) *end++ = *text++;
  *end = 0;
  return end;
}
BARE static char *append_number(char *end, long number) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  while (count > 0) *end++ = digits[--count];
  *end = 0;
  return end;
}

BARE static long make_file_system(long context, unsigned attributes) {
  long result = call(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0, 0);
  return result < 0 ? result : call(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes, 0, 0, 0);
}

BARE static int is_same_file(long fd, const char *path) {
  struct statx one, other;
  if (call(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_BASIC_STATS, (long)&one, 0) < 0) return 0;
  if (call(SYS_statx, AT_FDCWD, (long)path, 0, STATX_BASIC_STATS, (long)&other, 0) < 0) return 0;
  // The number of the device is the overlay's own.
  return one.stx_ino == other.stx_ino && one.stx_size == other.stx_size &&
         one.stx_mtime.tv_sec == other.stx_mtime.tv_sec && one.stx_mtime.tv_nsec == other.stx_mtime.tv_nsec &&
         one.stx_ctime.tv_sec == other.stx_ctime.tv_sec && one.stx_ctime.tv_nsec == other.stx_ctime.tv_nsec;
}

// An overlay wants two layers. The first has the program; of the second nothing is ever looked up. 0 when it is refused.
BARE static int make_overlay(struct view *view) {
  char layers[64];
  view->context = call(SYS_fsopen, (long)"overlay", FSOPEN_CLOEXEC, 0, 0, 0, 0);
  if (view->context < 0) return 0;
  char *end = append_number(append(layers, "/proc/self/fd/"), view->folder);
  append_number(append(end, ":/proc/self/fd/"), view->second);
  if (call(SYS_fsconfig, view->context, FSCONFIG_SET_STRING, (long)"lowerdir", (long)layers, 0, 0) >= 0)
    view->mount = make_file_system(view->context, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  close_one(view->context);
  view->context = -1;
  return view->mount >= 0;
}

// An empty file system that is mounted nowhere.
BARE static long make_empty(void) {
  long context = call(SYS_fsopen, (long)"tmpfs", FSOPEN_CLOEXEC, 0, 0, 0, 0);
  long mount = context < 0 ? -1 : make_file_system(context, MOUNT_ATTR_RDONLY);
  close_one(context);
  return mount;
}

// A detached overlay without an upper layer over the program's folder, as in Seal.swift. 0 when it cannot be made.
BARE static int make_view(struct view *view) {
  char path[4096];
  long length = call(SYS_readlinkat, AT_FDCWD, (long)SELF, (long)path, sizeof path - 1, 0, 0);
  if (length <= 0 || length >= (long)sizeof path - 1 || path[0] != '/') return 0;
  path[length] = 0;
  char *name = path + length;
  while (name[-1] != '/') name--;
  if (*name == 0) return 0;
  // The folder's path ends where the name begins; the root folder keeps its slash.
  char first = *name;
  *name = 0;
  view->folder = call(SYS_openat, AT_FDCWD, (long)path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0, 0, 0);
  *name = first;
  if (view->folder < 0) return 0;
  // A folder that every machine has, on a file system of its own, spares the making of an empty one. It will not do where
  // it is none, or where the program lies above or below it.
  view->second = call(SYS_openat, AT_FDCWD, (long)"/dev", O_PATH | O_DIRECTORY | O_CLOEXEC, 0, 0, 0);
  if (view->second < 0 || !make_overlay(view)) {
    close_one(view->second);
    view->second = make_empty();
    if (view->second < 0 || !make_overlay(view)) return 0;
  }
  view->file = call(SYS_openat, view->mount, (long)name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0, 0, 0);
  return view->file >= 0 && is_same_file(view->file, SELF);
}

BARE static uint64_t fact(const struct beginning *start, uint64_t kind) {
  for (const Elf64_auxv_t *fact = start->facts; fact->a_type != AT_NULL; fact++)
    if (fact->a_type == kind) return fact->a_un.a_val;
  return 0;
}

// Maps every segment again, from the view, and makes the view the process's executable. Nothing of the program has run
// but this, so nothing was written to the segments yet; the code that runs is replaced by the same bytes. 0 when it is
// not allowed: whatever has been mapped by then serves as well as before.
BARE static int move_into(const struct beginning *start, long file) {
  const Elf64_Phdr *segments = (const Elf64_Phdr *)fact(start, AT_PHDR);
  uint64_t count = fact(start, AT_PHNUM);
  unsigned known = 0;
  if (segments == NULL || count == 0 || count > 32 || fact(start, AT_PAGESZ) != PAGE) return 0;
  if (call(SYS_prctl, PR_SET_MM, PR_SET_MM_MAP_SIZE, (long)&known, 0, 0, 0) < 0) return 0;
  if (known != sizeof(struct prctl_mm_map)) return 0;
  struct prctl_mm_map map;
  map.start_code = ~0ull;
  map.end_code = map.start_data = map.end_data = 0;
  for (uint64_t n = 0; n < count; n++) {
    const Elf64_Phdr segment = segments[n];
    // At any address but the one it was linked for, or with an interpreter, it is not this program.
    if (segment.p_type == PT_INTERP || (segment.p_type == PT_PHDR && segment.p_vaddr != (uint64_t)segments)) return 0;
    if (segment.p_type != PT_LOAD) continue;
    uint64_t low = segment.p_vaddr & ~(PAGE - 1), file_end = segment.p_vaddr + segment.p_filesz;
    int protection = (segment.p_flags & PF_R ? PROT_READ : 0) | (segment.p_flags & PF_W ? PROT_WRITE : 0) |
                     (segment.p_flags & PF_X ? PROT_EXEC : 0);
    long mapped = call(SYS_mmap, (long)low, (long)(file_end - low), protection, MAP_PRIVATE | MAP_FIXED, file,
                       (long)(segment.p_offset & ~(PAGE - 1)));
    if (mapped != (long)low) return 0;
    if (segment.p_memsz > segment.p_filesz) {
      // What follows in the page is the beginning of the zeros.
      volatile char *zero = (volatile char *)file_end;
      while (((uint64_t)zero & (PAGE - 1)) != 0) *zero++ = 0;
    }
    if (low < map.start_code) map.start_code = low;
    if ((segment.p_flags & PF_X) && file_end > map.end_code) map.end_code = file_end;
    if (segment.p_vaddr > map.start_data) map.start_data = segment.p_vaddr;
    if (file_end > map.end_data) map.end_data = file_end;
  }
  char **last = start->environment;
  while (*last != NULL) last++;
  map.start_brk = map.brk = (uint64_t)call(SYS_brk, 0, 0, 0, 0, 0, 0);
  map.start_stack = (uint64_t)start->arguments - sizeof(long);
  map.arg_start = (uint64_t)start->arguments[0];
  map.arg_end = map.env_start = (uint64_t)after(start->arguments[start->count - 1]);
  map.env_end = last == start->environment ? map.env_start : (uint64_t)after(last[-1]);
  map.auxv = NULL;
  map.auxv_size = 0;
  map.exe_fd = (unsigned)file;
  return call(SYS_prctl, PR_SET_MM, PR_SET_MM_MAP, (long)&map, sizeof map, 0, 0) == 0;
}

// Starts the program once more, from the view, with a word in its environment that keeps it from doing so for ever.
BARE static void start_again(const struct beginning *start, long file) {
  const char *environment[MOST_VARIABLES + 2];
  long count = 0;
  for (; start->environment[count] != NULL; count++) {
    if (count == MOST_VARIABLES) return;
    environment[count] = start->environment[count];
  }
  environment[count] = MARKER "1";
  environment[count + 1] = NULL;
  call(SYS_execveat, file, (long)"", (long)start->arguments, (long)environment, AT_EMPTY_PATH, 0);
}

// Called with the stack as the kernel left it. Returns when the program shall go on, sealed or not.
BARE __attribute__((used)) void apus_before_start(long *stack) {
  struct beginning start;
  start.count = stack[0];
  start.arguments = (char **)(stack + 1);
  start.environment = start.arguments + start.count + 1;
  if (start.count < 2 || !enters_container(&start) || was_tried(&start)) return;
  char **end = start.environment;
  while (*end != NULL) end++;
  start.facts = (const Elf64_auxv_t *)(end + 1);

  struct view view;
  view.folder = view.second = view.context = view.mount = view.file = -1;
  if (make_view(&view) && !move_into(&start, view.file)) start_again(&start, view.file);
  close_one(view.file);
  close_one(view.mount);
  close_one(view.context);
  close_one(view.second);
  close_one(view.folder);
}

// The kernel's entry into the program: the registers and the stack are handed on to libc's as they were.
#if defined(__x86_64__)
__asm__(
    ".text\n"
    ".globl apus_start\n"
    ".type apus_start, @function\n"
    "apus_start:\n"
    "  xorl %ebp, %ebp\n"
    "  movq %rsp, %rdi\n"
    "  pushq %rdx\n"
    "  subq $8, %rsp\n"
    "  call apus_before_start\n"
    "  addq $8, %rsp\n"
    "  popq %rdx\n"
    "  jmp _start\n"
    ".size apus_start, .-apus_start\n");
#elif defined(__aarch64__)
__asm__(
    ".text\n"
    ".globl apus_start\n"
    ".type apus_start, %function\n"
    "apus_start:\n"
    "  mov x29, #0\n"
    "  mov x30, #0\n"
    "  stp x0, x30, [sp, #-16]!\n"
    "  add x0, sp, #16\n"
    "  bl apus_before_start\n"
    "  ldp x0, x30, [sp], #16\n"
    "  b _start\n"
    ".size apus_start, .-apus_start\n");
#endif
