/* For the tests: runs a command with TTY in its arguments replaced by a new pty, and carries bytes between that pty and
   standard input and output, at most 1 KiB at a time, as the emulator's console does. At the end of its input it ends
   the command with SIGTERM and exits with its status. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct pipe_end {
    int from;
    int to;
    char bytes[1024];
    size_t start;
    size_t end;
    int at_end;
};

static void fail(const char *what) {
    perror(what);
    exit(125);
}

static void move(struct pipe_end *p, short from_events, short to_events) {
    if (p->start == p->end && from_events != 0) {
        ssize_t got = read(p->from, p->bytes, sizeof p->bytes);
        if (got > 0) {
            p->start = 0;
            p->end = (size_t)got;
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            p->at_end = 1;
        }
    }
    if (p->start < p->end && to_events != 0) {
        ssize_t put = write(p->to, p->bytes + p->start, p->end - p->start);
        if (put > 0) {
            p->start += (size_t)put;
        } else if (errno != EAGAIN && errno != EINTR) {
            p->at_end = 1;
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    signal(SIGPIPE, SIG_IGN);
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0 || unlockpt(master) < 0) fail("pty");
    char name[64];
    if (ptsname_r(master, name, sizeof name) != 0) fail("ptsname");
    int keep = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC); /* no hang-up before the command has opened it */
    if (keep < 0) fail(name);
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        for (int i = 1; i < argc; i++) {
            if (strcmp(argv[i], "TTY") == 0) argv[i] = name;
        }
        execv(argv[1], argv + 1);
        fail(argv[1]);
    }
    fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
    fcntl(1, F_SETFL, fcntl(1, F_GETFL) | O_NONBLOCK);
    struct pipe_end in = {.from = 0, .to = master};
    struct pipe_end out = {.from = master, .to = 1};
    while (!in.at_end && !out.at_end) {
        struct pollfd fds[4] = {
            {.fd = in.start == in.end ? in.from : -1, .events = POLLIN},
            {.fd = in.start < in.end ? in.to : -1, .events = POLLOUT},
            {.fd = out.start == out.end ? out.from : -1, .events = POLLIN},
            {.fd = out.start < out.end ? out.to : -1, .events = POLLOUT},
        };
        if (poll(fds, 4, -1) < 0) continue;
        move(&in, fds[0].revents, fds[1].revents);
        move(&out, fds[2].revents, fds[3].revents);
    }
    kill(child, SIGTERM);
    int status;
    if (waitpid(child, &status, 0) < 0) fail("wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
