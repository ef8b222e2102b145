#define _GNU_SOURCE
#include "clinux.h"
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RESULT(call)            \
  do {                          \
    long r_ = (call);           \
    return r_ < 0 ? -errno : r_; \
  } while (0)

_Static_assert(sizeof(struct cl_bpf_instruction) == sizeof(struct sock_filter), "one layout");

int cl_seccomp_filter(unsigned flags, const struct cl_bpf_instruction *program, size_t count) {
  struct sock_fprog filter = {.len = (unsigned short)count, .filter = (struct sock_filter *)program};
  RESULT(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter));
}
int cl_bpf_prog_load_device(const void *instructions, uint32_t count, char *log, uint32_t log_size) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = (uint64_t)(uintptr_t)instructions;
  attributes.insn_cnt = count;
  attributes.license = (uint64_t)(uintptr_t) "Apache-2.0";
  attributes.log_buf = (uint64_t)(uintptr_t)log;
  attributes.log_size = log_size;
  attributes.log_level = log_size > 0 ? 1 : 0;
  RESULT(syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes));
}
int cl_bpf_prog_attach_device(int cgroup, int program, uint32_t flags, int replace) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.target_fd = (uint32_t)cgroup;
  attributes.attach_bpf_fd = (uint32_t)program;
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = flags;
  attributes.replace_bpf_fd = replace < 0 ? 0 : (uint32_t)replace;
  RESULT(syscall(SYS_bpf, BPF_PROG_ATTACH, &attributes, sizeof attributes));
}
int cl_bpf_prog_detach_device(int cgroup, int program) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.target_fd = (uint32_t)cgroup;
  attributes.attach_bpf_fd = (uint32_t)program;
  attributes.attach_type = BPF_CGROUP_DEVICE;
  RESULT(syscall(SYS_bpf, BPF_PROG_DETACH, &attributes, sizeof attributes));
}
int cl_bpf_prog_query_device(int cgroup, uint32_t *ids, uint32_t *count) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.query.target_fd = (uint32_t)cgroup;
  attributes.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.query.prog_ids = (uint64_t)(uintptr_t)ids;
  attributes.query.prog_cnt = *count;
  if (syscall(SYS_bpf, BPF_PROG_QUERY, &attributes, sizeof attributes) < 0) return -errno;
  *count = attributes.query.prog_cnt;
  return 0;
}
int cl_bpf_prog_by_id(uint32_t id) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_id = id;
  RESULT(syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attributes, sizeof attributes));
}
