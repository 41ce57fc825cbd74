/*
 * dockerd's hook `libnetwork-setkey [-exec-root=DIR] CONTAINER CONTROLLER`, which tells the daemon where a new
 * container's network namespace is. The runtime's state comes on standard input. The daemon listens on
 * DIR/libnetwork/CONTROLLER.sock, takes one object `{"ContainerID":...,"Key":...}` and answers `success` or why not.
 */
#include "runtime.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_EXEC_ROOT "/var/run/docker"
#define SUCCESS "success"
#define MOST_STATE (4u << 20)
/* dockerd reads no more than 1280 bytes. */
#define MOST_REQUEST 1024u
#define MOST_ANSWER 1024u

struct order {
    const char *exec_root;
    const char *container;
    const char *controller;
};

/* Go's flags: one dash or two, the value behind `=` or as the next argument; `--` ends them. */
static bool parse(char **argv, struct order *order)
{
    char **arg = argv + 1;
    for (; *arg != NULL && (*arg)[0] == '-' && (*arg)[1] != '\0'; arg++) {
        const char *name = *arg + 1 + ((*arg)[1] == '-');
        if (*name == '\0') {
            arg++;
            break;
        }
        if (strncmp(name, "exec-root=", 10) == 0)
            order->exec_root = name + 10;
        else if (strcmp(name, "exec-root") == 0 && arg[1] != NULL)
            order->exec_root = *++arg;
        else
            return complain("%s: unknown option %s", HOOK, *arg);
    }
    if (arg[0] == NULL || arg[1] == NULL)
        return complain("%s: a container and a controller are needed", HOOK);
    order->container = arg[0];
    order->controller = arg[1];
    return true;
}

/* Letters, digits and -_. need no escape, neither in JSON nor in a path. */
static bool is_id(const char *text)
{
    static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";
    size_t length = strlen(text);
    return length > 0 && length < 256 && strspn(text, allowed) == length;
}

static bool read_pid(int *pid)
{
    struct text state;
    if (!read_all(STDIN_FILENO, MOST_STATE, "the container's state", &state))
        return false;
    bool found = find_pid(&state, pid);
    free(state.bytes);
    return found || complain("%s: the container's state names no process", HOOK);
}

static int dial(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        complain("%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

static bool send_request(int fd, const char *request)
{
    size_t length = strlen(request);
    ssize_t count;
    do
        count = send(fd, request, length, MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    return count == (ssize_t)length || complain("%s: the daemon does not take the key", HOOK);
}

static bool take_answer(int fd)
{
    char answer[MOST_ANSWER + 1];
    ssize_t count;
    do
        count = recv(fd, answer, MOST_ANSWER, 0);
    while (count < 0 && errno == EINTR);
    if (count <= 0)
        return complain("%s: the daemon does not answer: %s", HOOK, count == 0 ? "end of file" : strerror(errno));
    answer[count] = '\0';
    return strcmp(answer, SUCCESS) == 0 || complain("%s", answer);
}

int set_key(char **argv)
{
    struct order order = {.exec_root = DEFAULT_EXEC_ROOT};
    int pid;
    if (!parse(argv, &order))
        return 1;
    if (!is_id(order.container) || !is_id(order.controller)) {
        complain("%s: not the name of a container and a controller: %s %s", HOOK, order.container,
                 order.controller);
        return 1;
    }
    if (!read_pid(&pid))
        return 1;
    char path[sizeof((struct sockaddr_un *)NULL)->sun_path];
    int length = snprintf(path, sizeof path, "%s/libnetwork/%s.sock", order.exec_root, order.controller);
    if (length < 0 || (size_t)length >= sizeof path) {
        complain("%s: the socket's path is too long", HOOK);
        return 1;
    }
    char request[MOST_REQUEST];
    snprintf(request, sizeof request, "{\"ContainerID\":\"%s\",\"Key\":\"/proc/%d/ns/net\"}", order.container, pid);
    int fd = dial(path);
    bool done = fd >= 0 && send_request(fd, request) && take_answer(fd);
    if (fd >= 0)
        close(fd);
    return done ? 0 : 1;
}
