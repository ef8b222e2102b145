// What Swift's standard library asks of its runtime and Embedded Swift does not bring along.

#ifdef APUS_EMBEDDED
#include <stdlib.h>

// Double(_: String) wants where the number ended. Nobody here calls setlocale(3): the locale is "C".
const char *_swift_stdlib_strtod_clocale(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end == text ? NULL : end;
}
#endif
