/* Starting programs, with pipes or on a pty. Their ends and signals are in process.c. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the child writes to `start_fd` when it cannot become the program. */
struct start_failure {
    int error;
    char what[16];
};

struct request {
    uint8_t flags;
    struct winsize size;
    uint32_t window;
    char *user;
    char *cwd;
    char **argv;
    char **env;
};

/* A NULL-terminated list; NULL when bad. */
static char **take_list(struct cursor *c) {
    size_t count = take_u16(c);
    if (c->bad || count > c->left / 2) {
        c->bad = true;
        return NULL;
    }
    char **list = calloc(count + 1, sizeof *list);
    if (list == NULL) c->bad = true;
    for (size_t i = 0; i < count && !c->bad; i++) list[i] = take_str(c);
    return list;
}

static void free_list(char **list) {
    for (char **item = list; item != NULL && *item != NULL; item++) free(*item);
    free(list);
}

static void free_request(struct request *r) {
    free(r->user);
    free(r->cwd);
    free_list(r->argv);
    free_list(r->env);
}

static bool take_request(struct cursor *c, struct request *r) {
    *r = (struct request){.flags = take_u8(c)};
    r->size.ws_col = take_u16(c);
    r->size.ws_row = take_u16(c);
    r->window = take_u32(c);
    r->user = take_str(c);
    r->cwd = take_str(c);
    r->argv = take_list(c);
    r->env = take_list(c);
    if (c->bad || c->left > 0 || r->flags > 7 || r->argv[0] == NULL) return false;
    for (char **entry = r->env; *entry != NULL; entry++) {
        if (strchr(*entry, '=') == NULL || **entry == '=') return false;
    }
    return true;
}

static void set_environment(const struct request *r, const struct account *account) {
    clearenv();
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", account->home, 1);
    setenv("SHELL", account->shell, 1);
    setenv("LANG", "C.UTF-8", 1);
    if (account->name[0] != 0) {
        setenv("USER", account->name, 1);
        setenv("LOGNAME", account->name, 1);
    }
    if (r->flags & EXEC_PTY) setenv("TERM", "xterm-256color", 1);
    for (char **entry = r->env; *entry != NULL; entry++) putenv(*entry);
}

static void give_up(int report_fd, int error, const char *what) {
    struct start_failure failure = {.error = error};
    strncpy(failure.what, what, sizeof failure.what - 1);
    if (write(report_fd, &failure, sizeof failure) < 0) _exit(126);
    _exit(127);
}

static _Noreturn void become_program(const struct request *r, const int stdio[3], int report_fd) {
    for (int n = 1; n < 32; n++) signal(n, SIG_DFL); /* KILL and STOP refuse, which is right */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(022);

    setsid();
    if ((r->flags & EXEC_PTY) && ioctl(stdio[0], TIOCSCTTY, 0) < 0) give_up(report_fd, errno, "terminal");
    struct account account;
    int error = find_account(r->user, &account);
    if (error != 0) give_up(report_fd, error, "user");
    if ((r->flags & EXEC_PTY) && account.change && fchown(stdio[0], account.uid, (gid_t)-1) < 0) {
        give_up(report_fd, errno, "terminal");
    }
    for (int n = 0; n < 3; n++) {
        /* The agent's own descriptors are all above 2 (see main), so none is in the way. */
        if (dup2(stdio[n], n) < 0) give_up(report_fd, errno, "descriptors");
    }
    error = become_account(&account);
    if (error != 0) give_up(report_fd, error, "user");
    if (r->cwd[0] != 0) {
        if (chdir(r->cwd) < 0) give_up(report_fd, errno, "cwd");
    } else if (chdir(account.home) < 0 && chdir("/") < 0) {
        give_up(report_fd, errno, "cwd");
    }
    set_environment(r, &account);
    execvp(r->argv[0], r->argv);
    give_up(report_fd, errno, "exec");
    _exit(127);
}

static void close_both(int fds[2]) {
    for (int n = 0; n < 2; n++) {
        if (fds[n] >= 0) close(fds[n]);
    }
}

/* Ours are `in_fd` and `out[].fd`; the program's are `stdio`, all close-on-exec, -1 where it shares. */
static int open_pty(struct stream *s, const struct request *r, int stdio[3]) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return -1;
    s->out[0].fd = master;
    s->out[0].channel = 1;
    char name[64];
    if (unlockpt(master) < 0 || ptsname_r(master, name, sizeof name) != 0) return -1;
    stdio[0] = stdio[1] = stdio[2] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    s->in_fd = fcntl(master, F_DUPFD_CLOEXEC, 3);
    if (stdio[0] < 0 || s->in_fd < 0 || set_nonblocking(master) < 0) return -1;
    return ioctl(master, TIOCSWINSZ, &r->size);
}

static int open_output_pipe(struct outlet *out, uint8_t channel, int *program_end) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    out->fd = ends[0];
    out->channel = channel;
    *program_end = ends[1];
    return set_nonblocking(ends[0]);
}

static int open_pipes(struct stream *s, const struct request *r, int stdio[3]) {
    if (r->flags & EXEC_NO_STDIN) {
        stdio[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (stdio[0] < 0) return -1;
    } else {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0) return -1;
        stdio[0] = ends[0];
        s->in_fd = ends[1];
        if (set_nonblocking(ends[1]) < 0) return -1;
    }
    if (open_output_pipe(&s->out[0], 1, &stdio[1]) < 0) return -1;
    if (r->flags & EXEC_MERGE) {
        stdio[2] = stdio[1];
        return 0;
    }
    return open_output_pipe(&s->out[1], 2, &stdio[2]);
}

static int start_program(struct stream *s, const struct request *r) {
    int stdio[3] = {-1, -1, -1};
    int report[2] = {-1, -1};
    int result = s->pty ? open_pty(s, r, stdio) : open_pipes(s, r, stdio);
    if (result == 0) result = pipe2(report, O_CLOEXEC);
    if (result == 0) result = set_nonblocking(report[0]);
    if (result == 0) {
        s->pid = fork();
        if (s->pid == 0) become_program(r, stdio, report[1]);
        result = s->pid < 0 ? -1 : 0;
    }
    int error = errno;
    for (int n = 0; n < 3; n++) {
        bool shared = (n > 0 && stdio[n] == stdio[n - 1]);
        if (stdio[n] >= 0 && !shared) close(stdio[n]);
    }
    if (result == 0) {
        s->start_fd = report[0];
        report[0] = -1;
    }
    close_both(report);
    errno = error;
    return result;
}

void open_exec(uint32_t id, struct cursor payload) {
    struct request r;
    if (!take_request(&payload, &r)) {
        send_error(id, EINVAL, "malformed EXEC");
        free_request(&r);
        return;
    }
    struct stream *s = open_stream(STREAM_EXEC, id);
    if (s != NULL) {
        s->pty = (r.flags & EXEC_PTY) != 0;
        s->out[0].credit = s->out[1].credit = r.window;
        if (start_program(s, &r) < 0) {
            s->pid = 0;
            end_stream(s, errno, "the program could not be prepared");
        }
    }
    free_request(&r);
}

void check_start(struct stream *s) {
    struct start_failure failure;
    ssize_t got = read(s->start_fd, &failure, sizeof failure);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got == (ssize_t)sizeof failure) {
        end_stream(s, failure.error, failure.what);
        return;
    }
    close(s->start_fd);
    s->start_fd = -1;
    s->opened = true;
    uint8_t pid[4];
    put_u32(pid, (uint32_t)s->pid);
    send_frame(AGENT_OPENED, s->id, pid, sizeof pid);
    report_exits(); /* its end may have been signalled already, and was not looked at before its start was known */
}

void stream_resize(struct stream *s, struct cursor payload) {
    struct winsize size = {.ws_col = take_u16(&payload)};
    size.ws_row = take_u16(&payload);
    if (payload.bad || payload.left > 0) {
        send_error(s->id, EINVAL, "malformed RESIZE");
        return;
    }
    if (!s->pty) {
        send_error(s->id, ENOTTY, "RESIZE without a pty");
        return;
    }
    if (s->out[0].fd >= 0 && ioctl(s->out[0].fd, TIOCSWINSZ, &size) < 0) send_error(s->id, errno, "RESIZE");
}
