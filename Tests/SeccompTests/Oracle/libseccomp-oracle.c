// The other opinion of the tests: compiles the same profile through libseccomp, driven as runc drives it.
//
// Built by the tests with `cc libseccomp-oracle.c -lseccomp`; no target of the package depends on it.
//
// Standard input, one word-separated command a line (numbers as strtoull(…, 0) reads them):
//   begin ACTION BINARY_TREE       a new filter whose default is ACTION; BINARY_TREE 1 asks for libseccomp's tree
//   arch NAME                      add an architecture, in libseccomp's words (x86, x32, aarch64, arm, …)
//   without NAME                   remove one (libseccomp starts with that of the machine)
//   rule ACTION NAME COUNT [INDEX OPERATOR A B]...
//   end                            export the program
//   resolve ARCH NAME              the number of a system call
//   name ARCH NUMBER               the name of a system call
// Standard output: `rule RC` or `rule unknown`, `program COUNT` and COUNT lines `CODE JT JF K`, `failed RC`,
// `number N`, `name NAME` (`name -` for none); `died SIGNAL` in place of all of a filter's lines, since libseccomp 2.5.4
// crashes or never ends on some rules: each filter has a process of its own, with a limit of processor time.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t next_number(void) {
  const char *word = strtok(NULL, " \n");
  if (word == NULL) {
    fprintf(stderr, "a number is missing\n");
    exit(2);
  }
  return strtoull(word, NULL, 0);
}

static uint32_t next_arch(void) {
  const char *word = strtok(NULL, " \n");
  uint32_t token = word == NULL ? 0 : seccomp_arch_resolve_name(word);
  if (token == 0) {
    fprintf(stderr, "unknown architecture %s\n", word == NULL ? "" : word);
    exit(2);
  }
  return token;
}

static void add_rule(scmp_filter_ctx filter) {
  uint32_t action = (uint32_t)next_number();
  const char *name = strtok(NULL, " \n");
  int number = name == NULL ? __NR_SCMP_ERROR : seccomp_syscall_resolve_name(name);
  unsigned count = (unsigned)next_number();
  struct scmp_arg_cmp conditions[6];
  if (count > 6) {
    fprintf(stderr, "too many conditions\n");
    exit(2);
  }
  for (unsigned i = 0; i < count; i++) {
    conditions[i].arg = (unsigned)next_number();
    conditions[i].op = (enum scmp_compare)next_number();
    conditions[i].datum_a = next_number();
    conditions[i].datum_b = next_number();
  }
  if (number == __NR_SCMP_ERROR) {
    puts("rule unknown");
    return;
  }
  printf("rule %d\n", seccomp_rule_add_array(filter, action, number, count, conditions));
}

static void export_program(scmp_filter_ctx filter) {
  int memory = memfd_create("program", MFD_CLOEXEC);
  int rc = memory < 0 ? -errno : seccomp_export_bpf(filter, memory);
  struct stat status;
  if (rc != 0 || fstat(memory, &status) != 0 || status.st_size % sizeof(struct sock_filter) != 0) {
    printf("failed %d\n", rc);
    if (memory >= 0)
      close(memory);
    return;
  }
  size_t count = (size_t)status.st_size / sizeof(struct sock_filter);
  struct sock_filter instruction;
  printf("program %zu\n", count);
  for (size_t i = 0; i < count; i++) {
    if (pread(memory, &instruction, sizeof instruction, (off_t)(i * sizeof instruction)) != sizeof instruction)
      exit(3);
    printf("%u %u %u %u\n", instruction.code, instruction.jt, instruction.jf, instruction.k);
  }
  close(memory);
}

static void run(char *line, scmp_filter_ctx *filter) {
  const char *command = strtok(line, " \n");
  if (command == NULL)
    return;
  if (strcmp(command, "begin") == 0) {
    *filter = seccomp_init((uint32_t)next_number());
    if (*filter == NULL)
      exit(4);
    if (next_number() == 1)
      seccomp_attr_set(*filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  } else if (strcmp(command, "arch") == 0) {
    int rc = seccomp_arch_add(*filter, next_arch());
    if (rc != 0 && rc != -EEXIST)
      exit(5);
  } else if (strcmp(command, "without") == 0) {
    if (seccomp_arch_remove(*filter, next_arch()) != 0)
      exit(6);
  } else if (strcmp(command, "rule") == 0) {
    add_rule(*filter);
  } else if (strcmp(command, "end") == 0) {
    export_program(*filter);
  } else if (strcmp(command, "resolve") == 0) {
    uint32_t arch = next_arch();
    const char *name = strtok(NULL, " \n");
    printf("number %d\n", name == NULL ? __NR_SCMP_ERROR : seccomp_syscall_resolve_name_arch(arch, name));
  } else if (strcmp(command, "name") == 0) {
    uint32_t arch = next_arch();
    char *name = seccomp_syscall_resolve_num_arch(arch, (int)next_number());
    printf("name %s\n", name == NULL ? "-" : name);
    free(name);
  } else {
    fprintf(stderr, "unknown command %s\n", command);
    exit(2);
  }
}

// All of standard input, since a child must not move the place where its parent reads.
static char *read_input(void) {
  size_t size = 0, space = 1 << 16;
  char *input = malloc(space);
  while (input != NULL) {
    ssize_t count = read(STDIN_FILENO, input + size, space - size - 1);
    if (count < 0)
      return NULL;
    if (count == 0)
      break;
    size += (size_t)count;
    if (space - size < 2)
      input = realloc(input, space *= 2);
  }
  if (input != NULL)
    input[size] = 0;
  return input;
}

int main(void) {
  scmp_filter_ctx filter = NULL;
  pid_t child = -1;
  char *input = read_input();
  // Threads of a test run with all signals blocked.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (char *line = input, *next; line != NULL && *line != 0; line = next) {
    next = strchr(line, '\n');
    if (next != NULL)
      *next++ = 0;
    int is_end = strcmp(line, "end") == 0;
    // The parent only goes on to the end of the filter that its child works on.
    if (strncmp(line, "begin", 5) == 0) {
      fflush(stdout);
      child = fork();
      if (child < 0)
        return 7;
      struct rlimit seconds = {.rlim_cur = 2, .rlim_max = 2};
      if (child == 0 && setrlimit(RLIMIT_CPU, &seconds) != 0)
        return 7;
    }
    if (child <= 0)
      run(line, &filter);
    if (is_end && child == 0) {
      fflush(stdout);
      _exit(0);
    }
    if (is_end) {
      int status = 0;
      if (waitpid(child, &status, 0) != child)
        return 7;
      if (WIFSIGNALED(status))
        printf("died %d\n", WTERMSIG(status));
      else if (WEXITSTATUS(status) != 0)
        return WEXITSTATUS(status);
      child = -1;
    }
  }
  return input != NULL && fflush(stdout) == 0 ? 0 : 7;
}
