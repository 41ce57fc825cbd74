/* In the place of redis's fast_float: the C library's own conversion, which is as exact. */
#include <stdlib.h>

double fast_float_strtod(const char *text, char **end) { return strtod(text, end); }
