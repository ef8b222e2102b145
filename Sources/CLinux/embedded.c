// What Swift's standard library asks of its runtime and Embedded Swift does not bring along.

#ifdef APUS_EMBEDDED
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>

// Double(_: String) wants where the number ended. Nobody here calls setlocale(3): the locale is "C".
const char *_swift_stdlib_strtod_clocale(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end == text ? NULL : end;
}

// Swift allocates everything by this call, with the alignment that malloc(3) gives anyway; glibc's own way to it takes
// twice the instructions.
int posix_memalign(void **memory, size_t alignment, size_t size)
{
	void *got = alignment <= _Alignof(max_align_t) ? malloc(size) : memalign(alignment, size);

	if (got == NULL) return ENOMEM;
	*memory = got;
	return 0;
}
#endif
