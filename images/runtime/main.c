#include "runtime.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_READ 16384u

bool complain(const char *format, ...)
{
    char line[1024] = "drydock-runtime: ";
    size_t length = strlen(line);
    va_list args;
    va_start(args, format);
    vsnprintf(line + length, sizeof line - length - 1, format, args);
    va_end(args);
    length = strlen(line);
    line[length++] = '\n';
    /* There is nowhere else to say it. */
    if (write(STDERR_FILENO, line, length) < 0)
        return false;
    return false;
}

bool read_all(int fd, size_t most, const char *what, struct text *into)
{
    size_t room = FIRST_READ;
    *into = (struct text){.bytes = malloc(room)};
    while (into->bytes != NULL) {
        ssize_t count = read(fd, into->bytes + into->length, room - into->length);
        if (count == 0)
            return true;
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            complain("%s: %s", what, strerror(errno));
            break;
        }
        into->length += (size_t)count;
        if (into->length > most) {
            complain("%s: more than %zu bytes", what, most);
            break;
        }
        if (into->length < room)
            continue;
        char *larger = realloc(into->bytes, room *= 2);
        if (larger == NULL)
            break;
        into->bytes = larger;
    }
    free(into->bytes);
    into->bytes = NULL;
    return false;
}

int main(int argc, char **argv)
{
    const char *name = argc > 0 ? strrchr(argv[0], '/') : NULL;
    name = name != NULL ? name + 1 : argc > 0 ? argv[0] : "";
    if (strcmp(name, HOOK) == 0)
        return set_key(argv);
    if (strcmp(name, "crun") == 0)
        return run_runtime(CRUN, argv);
    if (strcmp(name, "runc") == 0)
        return run_runtime(RUNC, argv);
    complain("it is started as crun, runc or %s, not as '%s'", HOOK, name);
    return 1;
}
