/* The table of streams and the movement of bytes between the host and programs or sockets. */
#include "agent.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct stream streams[MAX_STREAMS];

struct stream *find_stream(uint32_t id) {
    for (size_t i = 0; i < MAX_STREAMS; i++) {
        if (streams[i].kind != STREAM_FREE && streams[i].id == id) return &streams[i];
    }
    return NULL;
}

struct stream *open_stream(enum stream_kind kind, uint32_t id) {
    if (id == 0 || find_stream(id) != NULL) {
        send_error(id, EEXIST, "this stream is open already");
        return NULL;
    }
    for (size_t i = 0; i < MAX_STREAMS; i++) {
        struct stream *s = &streams[i];
        if (s->kind != STREAM_FREE) continue;
        *s = (struct stream){.kind = kind, .id = id, .in_fd = -1, .start_fd = -1};
        s->out[0].fd = s->out[1].fd = -1;
        return s;
    }
    send_closed(id, EMFILE, "too many streams are open");
    return NULL;
}

static void close_fd(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void free_stream(struct stream *s) {
    close_fd(&s->in_fd);
    close_fd(&s->out[0].fd);
    close_fd(&s->out[1].fd);
    close_fd(&s->start_fd);
    free(s->in_bytes);
    free(s->path);
    if (s->pid > 0) bury(s->pid);
    *s = (struct stream){.kind = STREAM_FREE};
}

void end_stream(struct stream *s, int error, const char *text) {
    bool over = s->exited && s->out[0].fd < 0 && s->out[1].fd < 0;
    /* The leader is not reaped before `bury`, so its number cannot have gone to another process. */
    if (s->pid > 0 && !over) kill_session(s->pid, SIGKILL);
    send_closed(s->id, error, text);
    free_stream(s);
}

void drop_all_streams(void) {
    for (size_t i = 0; i < MAX_STREAMS; i++) {
        if (streams[i].kind != STREAM_FREE) end_stream(&streams[i], 0, "");
    }
}

void finish_if_over(struct stream *s) {
    if (s->out[0].fd >= 0 || s->out[1].fd >= 0 || s->connecting || s->start_fd >= 0) return;
    if (s->kind == STREAM_EXEC ? s->exited : s->in_fd < 0) end_stream(s, 0, "");
}

static uint32_t clamp_add(uint32_t a, uint32_t b) { return a > UINT32_MAX - b ? UINT32_MAX : a + b; }

static struct outlet *find_outlet(struct stream *s, uint8_t channel) {
    for (size_t i = 0; i < 2; i++) {
        if (s->out[i].fd >= 0 && s->out[i].channel == channel) return &s->out[i];
    }
    return NULL;
}

void stream_window(struct stream *s, struct cursor payload) {
    uint8_t channel = take_u8(&payload);
    uint32_t bytes = take_u32(&payload);
    if (payload.bad || payload.left > 0 || channel > 2) {
        send_error(s->id, EINVAL, "malformed WINDOW");
        return;
    }
    struct outlet *out = find_outlet(s, channel);
    if (out != NULL) out->credit = clamp_add(out->credit, bytes);
}

void stream_stop(struct stream *s, struct cursor payload) {
    uint8_t channel = take_u8(&payload);
    if (payload.bad || payload.left > 0 || channel > 2) {
        send_error(s->id, EINVAL, "malformed STOP");
        return;
    }
    struct outlet *out = find_outlet(s, channel);
    if (out == NULL) return;
    if (s->pty || s->kind == STREAM_SOCKET) {
        out->discard = true; /* closing would take the other direction along */
        return;
    }
    close_fd(&out->fd);
    finish_if_over(s);
}

/* No more can be written: what waits is thrown away. */
static void close_input(struct stream *s) {
    if (s->in_fd >= 0 && s->kind == STREAM_SOCKET) shutdown(s->in_fd, SHUT_WR);
    close_fd(&s->in_fd);
    s->in_length = 0;
}

/* Gives credit back for bytes that left the ring, in steps, so that small writes do not cost a frame each. */
static void credit_input(struct stream *s, size_t bytes) {
    s->in_unreported += (uint32_t)bytes;
    if (s->in_unreported < CREDIT_STEP) return;
    uint8_t payload[5] = {0};
    put_u32(payload + 1, s->in_unreported);
    send_frame(AGENT_WINDOW, s->id, payload, sizeof payload);
    s->in_unreported = 0;
}

static void write_input(struct stream *s) {
    while (s->in_fd >= 0 && s->in_length > 0) {
        size_t run = INPUT_WINDOW - s->in_start;
        if (run > s->in_length) run = s->in_length;
        ssize_t written = write(s->in_fd, s->in_bytes + s->in_start, run);
        if (written < 0) {
            if (errno == EINTR) continue;
            if (errno == EAGAIN) return;
            uint8_t channel = 0;
            send_frame(AGENT_STOP, s->id, &channel, 1);
            close_input(s);
            break;
        }
        s->in_start = (s->in_start + (size_t)written) % INPUT_WINDOW;
        s->in_length -= (size_t)written;
        credit_input(s, (size_t)written);
    }
    if (s->in_eof && s->in_fd >= 0) {
        if (s->pty) {
            s->in_eof = false;
            const uint8_t end_of_text = 4;
            /* A full pty has somebody typing into it who does not read: Ctrl-D would be lost on them as well. */
            if (write(s->in_fd, &end_of_text, 1) < 0 && errno != EAGAIN) close_input(s);
        } else {
            close_input(s);
        }
    }
    finish_if_over(s);
}

/* Input waits in the ring while the connection or the start of the program is under way. */
static bool input_ready(const struct stream *s) { return s->in_fd >= 0 && !s->connecting && s->start_fd < 0; }

void stream_data(struct stream *s, struct cursor payload) {
    uint8_t channel = take_u8(&payload);
    if (payload.bad || channel != 0) {
        send_error(s->id, EINVAL, "malformed DATA");
        return;
    }
    if (s->in_eof && !s->pty) {
        send_error(s->id, EPIPE, "DATA after EOF");
        return;
    }
    bool nobody = s->in_fd < 0 && !s->connecting;
    if (nobody || payload.left == 0) return; /* STOP was sent, or is not needed any more */
    if (s->in_bytes == NULL) s->in_bytes = malloc(INPUT_WINDOW);
    if (s->in_bytes == NULL) {
        end_stream(s, ENOMEM, "no memory for the stream's input");
        return;
    }
    /* Bytes whose credit was not given back yet are outside the window too. */
    if (payload.left > INPUT_WINDOW - s->in_length - s->in_unreported) {
        end_stream(s, EPROTO, "more was sent than the window allows");
        return;
    }
    size_t end = (s->in_start + s->in_length) % INPUT_WINDOW;
    size_t run = INPUT_WINDOW - end < payload.left ? INPUT_WINDOW - end : payload.left;
    memcpy(s->in_bytes + end, payload.at, run);
    memcpy(s->in_bytes, payload.at + run, payload.left - run);
    s->in_length += payload.left;
    if (input_ready(s)) write_input(s);
}

void stream_eof(struct stream *s, struct cursor payload) {
    uint8_t channel = take_u8(&payload);
    if (payload.bad || payload.left > 0 || channel != 0) {
        send_error(s->id, EINVAL, "malformed EOF");
        return;
    }
    s->in_eof = true;
    if (input_ready(s) && s->in_length == 0) write_input(s);
}

static void read_outlet(struct stream *s, struct outlet *out) {
    static uint8_t bytes[READ_STEP];
    size_t most = sizeof bytes;
    if (!out->discard && out->credit < most) most = out->credit;
    ssize_t got = read(out->fd, bytes, most);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got > 0) {
        if (out->discard) return;
        out->credit -= (uint32_t)got;
        send_data(s->id, out->channel, bytes, (size_t)got);
        return;
    }
    /* A pty whose last user has gone says EIO. A socket that fails is over both ways. */
    if (got < 0 && s->kind == STREAM_SOCKET) {
        end_stream(s, errno, "the connection broke");
        return;
    }
    close_fd(&out->fd);
    send_frame(AGENT_EOF, s->id, &out->channel, 1);
    finish_if_over(s);
}

static size_t poll_one(struct pollfd *fds, size_t used, int fd, short events, int *index) {
    *index = (int)used;
    fds[used] = (struct pollfd){.fd = fd, .events = events};
    return used + 1;
}

/* Only what could make progress is polled: a descriptor with POLLHUP that nobody may read would keep us awake. */
size_t poll_streams(struct pollfd *fds, size_t used) {
    bool room = output_takes_data();
    for (size_t i = 0; i < MAX_STREAMS; i++) {
        struct stream *s = &streams[i];
        s->in_poll_index = s->start_poll_index = s->out[0].poll_index = s->out[1].poll_index = -1;
        if (s->kind == STREAM_FREE) continue;
        if (s->start_fd >= 0) used = poll_one(fds, used, s->start_fd, POLLIN, &s->start_poll_index);
        if (s->connecting && s->in_fd >= 0) used = poll_one(fds, used, s->in_fd, POLLOUT, &s->in_poll_index);
        if (input_ready(s) && s->in_length > 0) used = poll_one(fds, used, s->in_fd, POLLOUT, &s->in_poll_index);
        if (s->connecting || s->start_fd >= 0) continue;
        for (size_t k = 0; k < 2; k++) {
            struct outlet *out = &s->out[k];
            if (out->fd < 0 || !(out->discard || (room && out->credit > 0))) continue;
            used = poll_one(fds, used, out->fd, POLLIN, &out->poll_index);
        }
    }
    return used;
}

void serve_streams(const struct pollfd *fds) {
    /* Starting elsewhere each time gives every stream its turn at the output buffer. */
    static size_t first;
    first = (first + 1) % MAX_STREAMS;
    for (size_t n = 0; n < MAX_STREAMS; n++) {
        struct stream *s = &streams[(first + n) % MAX_STREAMS];
        uint32_t id = s->id;
        if (s->kind != STREAM_FREE && s->start_poll_index >= 0 && fds[s->start_poll_index].revents) check_start(s);
        if (s->kind != STREAM_FREE && s->id == id && s->in_poll_index >= 0 && fds[s->in_poll_index].revents) {
            if (s->connecting) {
                check_connection(s);
            } else {
                write_input(s);
            }
        }
        for (size_t k = 0; k < 2; k++) {
            struct outlet *out = &s->out[k];
            if (s->kind == STREAM_FREE || s->id != id || out->fd < 0 || out->poll_index < 0) continue;
            if (fds[out->poll_index].revents && (out->discard || output_takes_data())) read_outlet(s, out);
        }
        /* Bytes that came before the start or the connection was through. */
        if (s->kind != STREAM_FREE && input_ready(s) && (s->in_length > 0 || s->in_eof)) write_input(s);
    }
}
