// glibc's beginning of a static program without the 43 questions to the processor (`cpuid`) with which glibc chooses
// among its variants of memcpy and the like. A virtual machine traps each of them: 0.19 ms at every start of this
// program, a fifth of what `state` takes. The baseline variants that are left are as good for a program of milliseconds.
//
// It stands in the place of `__libc_start_main` of glibc 2.36 for x86-64, calls the same private functions in the same
// order, and exists in the static builds for that version alone (APUS_OWN_START, see the Makefile): with any other glibc
// this file is empty and the program begins as glibc has it.
// docs/decisions/0010-no-questions-to-the-processor.md has the reasons and the numbers.

#include <features.h>

#if defined(APUS_OWN_START) && defined(__x86_64__) && __GLIBC__ == 2 && __GLIBC_MINOR__ == 36

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HIDDEN __attribute__((visibility("hidden")))
#define OPTIONAL __attribute__((weak, visibility("hidden")))

typedef void initializer(int, char **, char **);

extern char **__environ;
extern void *__libc_stack_end;
extern int __libc_enable_secure;
extern uintptr_t *_dl_random;
extern const Elf64_Rela __rela_iplt_start[] OPTIONAL, __rela_iplt_end[] OPTIONAL;
extern initializer *__preinit_array_start[] HIDDEN, *__preinit_array_end[] HIDDEN;
extern initializer *__init_array_start[] HIDDEN, *__init_array_end[] HIDDEN;
extern void (*__fini_array_start[])(void) HIDDEN, (*__fini_array_end[])(void) HIDDEN;
extern void _init(void);
extern void _fini(void);
extern void _dl_aux_init(const Elf64_auxv_t *);
extern void __tunables_init(char **);
extern void __libc_setup_tls(void);
extern void __libc_early_init(_Bool);
extern void __libc_init_first(int, char **, char **);
extern void __init_misc(int, char **, char **);
extern unsigned _dl_stack_flags;
extern const Elf64_Phdr *_dl_phdr;
extern size_t _dl_phnum;
extern void __libc_check_standard_fds(void);
extern int __cxa_atexit(void (*)(void *), void *, void *);

// What glibc assumes of a processor that tells nothing; its variants of memcpy read them.
long __x86_data_cache_size = 32 * 1024, __x86_data_cache_size_half = 16 * 1024;
long __x86_shared_cache_size = 1024 * 1024, __x86_shared_cache_size_half = 512 * 1024;
long __x86_shared_non_temporal_threshold = 768 * 1024, __x86_rep_movsb_stop_threshold = 768 * 1024;
long __x86_rep_movsb_threshold = 2048, __x86_rep_stosb_threshold = 2048;
int __x86_string_control = 0;

#ifdef APUS_EMBEDDED
// The end of glibc's beginning without what is for shared libraries that a static program may load later: it asks for its
// own path, searches the environment six times and makes a list of folders. This program loads none; ordinary Swift, whose
// runtime asks for what is mapped, has glibc's own. What is left is that the stacks of later threads are no code either,
// and that what the linker wanted read-only is (RELRO).
static void finish_start(int count, char **arguments) {
  __init_misc(count, arguments, __environ);
  for (size_t n = 0; n < _dl_phnum; n++) {
    if (_dl_phdr[n].p_type == PT_GNU_STACK) _dl_stack_flags = _dl_phdr[n].p_flags;
    if (_dl_phdr[n].p_type != PT_GNU_RELRO) continue;
    uintptr_t begin = _dl_phdr[n].p_vaddr & ~(uintptr_t)4095;
    uintptr_t end = (_dl_phdr[n].p_vaddr + _dl_phdr[n].p_memsz) & ~(uintptr_t)4095;
    if (end > begin && mprotect((void *)begin, end - begin, PROT_READ) != 0) abort();
  }
}
#endif

static void call_finishers(void *unused) {
  (void)unused;
  for (ptrdiff_t n = __fini_array_end - __fini_array_start; n > 0; n--) __fini_array_start[n - 1]();
  _fini();
}

static void call_all(initializer **first, initializer **end, int count, char **arguments) {
  for (; first < end; first++) (*first)(count, arguments, __environ);
}

__attribute__((no_stack_protector, noreturn)) int __libc_start_main(
    int (*main)(int, char **, char **), int count, char **arguments, void (*init)(void), void (*fini)(void),
    void (*at_exit)(void *), void *stack_end) {
  (void)init;
  (void)fini;
  __environ = arguments + count + 1;
  __libc_stack_end = stack_end;
  char **end = __environ;
  while (*end != NULL) end++;
  _dl_aux_init((const Elf64_auxv_t *)(end + 1));
#ifndef APUS_EMBEDDED
  // A caller has no business with the allocator of this program.
  __tunables_init(__environ);
#endif
  // Indirect functions choose their variant; what they know of the processor is nothing.
  for (const Elf64_Rela *one = __rela_iplt_start; one < __rela_iplt_end; one++)
    *(uintptr_t *)one->r_offset = ((uintptr_t(*)(void))one->r_addend)();
  __libc_setup_tls();
  // The guards of the stack and of stored pointers, in the thread's control block.
  __asm__ volatile("movq %0, %%fs:0x28" : : "r"(_dl_random[0] & ~(uintptr_t)0xff));
  __asm__ volatile("movq %0, %%fs:0x30" : : "r"(_dl_random[1]));
  if (at_exit != NULL) __cxa_atexit(at_exit, NULL, NULL);
  __libc_early_init(1);
#ifdef APUS_EMBEDDED
  if (!__libc_enable_secure)
    finish_start(count, arguments);
  else
#endif
    __libc_init_first(count, arguments, __environ);
  __cxa_atexit(call_finishers, NULL, NULL);
  if (__libc_enable_secure) __libc_check_standard_fds();
  call_all(__preinit_array_start, __preinit_array_end, count, arguments);
  _init();
  call_all(__init_array_start, __init_array_end, count, arguments);
  exit(main(count, arguments, __environ));
}

#endif
