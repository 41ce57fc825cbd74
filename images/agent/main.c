/* drydock-agent: the host's hands in the guest. See PROTOCOL.md. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define READY_POLL_MS 50
/* The tty, the signals, and of each stream: start, input, two outputs. */
#define MOST_FDS (2 + 4 * MAX_STREAMS)

static const char *ready_file = "/run/drydock/ready";
static bool ready_said;
static bool greeted; /* the host has said HELLO since its last word */
static bool dry_clock;

int set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static void say_ready(void) {
    struct stat found;
    if (ready_said || stat(ready_file, &found) < 0) return;
    ready_said = true;
    send_frame(AGENT_READY, 0, NULL, 0);
}

void on_host_sync(void) {
    drop_all_streams();
    drop_output();
    greeted = false;
}

static void on_hello(struct cursor payload) {
    take_u16(&payload); /* the host decides whether the versions fit */
    uint32_t nonce = take_u32(&payload);
    if (payload.bad || payload.left > 0) {
        send_error(0, EINVAL, "malformed HELLO");
        return;
    }
    on_host_sync();
    greeted = true;
    send_hello(nonce);
    ready_said = false;
    say_ready();
}

static void on_stream_frame(uint8_t type, struct stream *s, struct cursor payload) {
    switch (type) {
    case HOST_DATA: stream_data(s, payload); break;
    case HOST_WINDOW: stream_window(s, payload); break;
    case HOST_EOF: stream_eof(s, payload); break;
    case HOST_STOP: stream_stop(s, payload); break;
    case HOST_RESIZE: stream_resize(s, payload); break;
    case HOST_SIGNAL: stream_signal(s, payload); break;
    case HOST_CLOSE: end_stream(s, 0, ""); break;
    }
}

void on_frame(uint8_t type, uint32_t stream, struct cursor payload) {
    if (type != HOST_HELLO && !greeted) {
        send_error(stream, EPROTO, "HELLO must come first");
        return;
    }
    switch (type) {
    case HOST_HELLO: on_hello(payload); return;
    case HOST_CLOCK: handle_clock(stream, payload, dry_clock); return;
    case HOST_EXEC: open_exec(stream, payload); return;
    case HOST_CONNECT_UNIX: open_unix(stream, payload); return;
    case HOST_CONNECT_TCP: open_tcp(stream, payload); return;
    }
    if (type < HOST_HELLO || type > HOST_CLOSE) {
        send_error(stream, ENOSYS, "unknown type of frame");
        return;
    }
    struct stream *s = find_stream(stream);
    if (s == NULL) {
        send_error(stream, ENOENT, "no such stream");
    } else {
        on_stream_frame(type, s, payload);
    }
}

static int open_tty(const char *path) {
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return -1;
    struct termios raw;
    if (tcgetattr(fd, &raw) < 0) return -1;
    cfmakeraw(&raw);
    raw.c_cflag |= CLOCAL | CREAD;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    /* What was typed at the cooked tty has been mangled: flush it. The host repeats its HELLO. */
    return tcsetattr(fd, TCSAFLUSH, &raw) < 0 ? -1 : fd;
}

static int open_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* True when the agent itself is told to end. */
static bool take_signals(int fd) {
    struct signalfd_siginfo info;
    bool end = false;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGCHLD) end = true;
    }
    report_exits();
    return end;
}

/* 0, or -1 when the tty is gone. The limit on the rounds gives programs their turn. */
static int take_input(int tty) {
    static uint8_t bytes[4096];
    for (int round = 0; round < 16 && output_takes_input(); round++) {
        ssize_t got = read(tty, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return 0;
        if (got <= 0) return -1;
        feed_input(bytes, (size_t)got);
    }
    return 0;
}

static int run(int tty, int signals) {
    static struct pollfd fds[MOST_FDS];
    send_hello(0);
    for (;;) {
        int timeout = retry_connections();
        say_ready();
        if (!ready_said && (timeout < 0 || timeout > READY_POLL_MS)) timeout = READY_POLL_MS;
        if (flush_output(tty) < 0) return -1;

        short wanted = (short)((output_takes_input() ? POLLIN : 0) | (output_pending() ? POLLOUT : 0));
        fds[0] = (struct pollfd){.fd = tty, .events = wanted};
        fds[1] = (struct pollfd){.fd = signals, .events = POLLIN};
        size_t used = poll_streams(fds, 2);
        if (poll(fds, used, timeout) < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        /* Streams first: the rest may close descriptors that the answers of `poll` speak of. */
        serve_streams(fds);
        if (fds[1].revents && take_signals(signals)) return 0;
        if (fds[0].revents & POLLIN) {
            if (take_input(tty) < 0) return -1;
        } else if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
            return -1;
        }
    }
}

/* Descriptors 0 to 2 must be taken, so that none of ours is overwritten when a child sets up its own. */
static int occupy_stdio(void) {
    int fd;
    do {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (fd < 0) return -1;
    } while (fd < 3);
    return close(fd);
}

int main(int argc, char **argv) {
    int next = 1;
    if (next < argc && strcmp(argv[next], "--dry-clock") == 0) {
        dry_clock = true;
        next++;
    }
    if (argc - next < 1 || argc - next > 2) {
        fputs("usage: drydock-agent [--dry-clock] TTY [READY-FILE]\n", stderr);
        return 2;
    }
    const char *path = argv[next];
    if (argc - next == 2) ready_file = argv[next + 1];

    if (occupy_stdio() < 0) return 1;
    int tty = open_tty(path);
    int signals = tty < 0 ? -1 : open_signals();
    if (signals < 0) {
        fprintf(stderr, "drydock-agent: %s: %s\n", path, strerror(errno));
        return 1;
    }
    int result = run(tty, signals);
    if (result < 0) fprintf(stderr, "drydock-agent: %s: %s\n", path, strerror(errno));
    drop_all_streams();
    return result < 0 ? 1 : 0;
}
