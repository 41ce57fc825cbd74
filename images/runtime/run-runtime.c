/*
 * Starts the real runtime, after the hook in the bundle's config.json has been sent to this program. dockerd writes the
 * hook as `"path":"/proc/PID/exe","args":["libnetwork-setkey",...`, without spaces, as Go's encoder does. Within a
 * string of JSON every quote has a backslash before it, so that no label or variable of a learner's can look like this.
 * A bundle is named on the command line only where a container is made.
 */
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_CONFIG (16u << 20)
#define ARGS "\"args\":[\"" HOOK "\","
#define PATH_BEFORE "\"path\":\"/proc/"
#define PATH_BEHIND "/exe\","

static const char *find_bundle(char **argv)
{
    for (char **arg = argv + 1; *arg != NULL; arg++) {
        if ((strcmp(*arg, "--bundle") == 0 || strcmp(*arg, "-b") == 0) && arg[1] != NULL)
            return arg[1];
        if (strncmp(*arg, "--bundle=", 9) == 0)
            return *arg + 9;
    }
    return NULL;
}

/* The hook's path in config.json: from the first character behind the opening quote to the closing one. */
static bool find_path(const struct text *config, const char **from, const char **to)
{
    const char *args = memmem(config->bytes, config->length, ARGS, strlen(ARGS));
    const size_t behind = strlen(PATH_BEHIND);
    if (args == NULL || (size_t)(args - config->bytes) < behind)
        return false;
    const char *at = args - behind;
    if (memcmp(at, PATH_BEHIND, behind) != 0)
        return false;
    *to = args - 2;
    while (at > config->bytes && at[-1] >= '0' && at[-1] <= '9')
        at--;
    const size_t before = strlen(PATH_BEFORE);
    if (at == args - behind || (size_t)(at - config->bytes) < before)
        return false;
    if (memcmp(at - before, PATH_BEFORE, before) != 0)
        return false;
    *from = at - strlen("/proc/");
    return true;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

/* Whole or not at all: a new file takes the old one's name. */
static bool replace(const char *path, mode_t mode, const struct text *config, const char *from, const char *to)
{
    char fresh[PATH_MAX];
    if (snprintf(fresh, sizeof fresh, "%s.drydock", path) >= (int)sizeof fresh)
        return false;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode & 0777);
    if (fd < 0)
        return false;
    bool written = write_all(fd, config->bytes, (size_t)(from - config->bytes)) &&
                   write_all(fd, PROGRAM, strlen(PROGRAM)) &&
                   write_all(fd, to, (size_t)(config->bytes + config->length - to));
    written = close(fd) == 0 && written && rename(fresh, path) == 0;
    if (!written)
        unlink(fresh);
    return written;
}

/* Whatever goes wrong here, the hook stays dockerd's own, which is as right and only slower. */
static void send_hook_here(const char *bundle)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/config.json", bundle) >= (int)sizeof path)
        return;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    struct stat stat;
    struct text config = {NULL, 0};
    const char *from, *to;
    if (fstat(fd, &stat) == 0 && read_all(fd, MOST_CONFIG, path, &config) && find_path(&config, &from, &to) &&
        !replace(path, stat.st_mode, &config, from, to))
        complain("%s: %s", path, strerror(errno));
    free(config.bytes);
    close(fd);
}

int run_runtime(const char *path, char **argv)
{
    const char *bundle = find_bundle(argv);
    if (bundle != NULL)
        send_hook_here(bundle);
    argv[0] = (char *)path;
    execv(path, argv);
    complain("%s: %s", path, strerror(errno));
    return 127;
}
