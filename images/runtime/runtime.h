/* What stands between Docker and its OCI runtimes. Why, and how it is found, is in README.md. */
#ifndef DRYDOCK_RUNTIME_H
#define DRYDOCK_RUNTIME_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdbool.h>
#include <stddef.h>

/* Where this program is in the guest. */
#ifndef PROGRAM
#define PROGRAM "/usr/local/sbin/drydock-runtime"
#endif

/* What it stands for. */
#ifndef CRUN
#define CRUN "/usr/bin/crun"
#endif
#ifndef RUNC
#define RUNC "/usr/sbin/runc"
#endif

/* dockerd's name for the hook. */
#define HOOK "libnetwork-setkey"

/* An array that grows; `bytes` is to be freed. */
struct text {
    char *bytes;
    size_t length;
};

/* Reads a descriptor to its end. False, with a message, on an error or after `most` bytes. */
bool read_all(int fd, size_t most, const char *what, struct text *into);

/* Says "drydock-runtime: ..." on standard error. Always false. */
bool complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The number of the member "pid" of a JSON object; false if there is no such object, member or positive number. */
bool find_pid(const struct text *state, int *pid);

/* The hook: argv[0] is its name. Returns the exit status. */
int set_key(char **argv);

/* Runs the runtime of that name. Returns, with the exit status, only when it can not be run. */
int run_runtime(const char *path, char **argv);

#endif
