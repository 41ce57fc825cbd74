/* Connections to unix sockets and to 127.0.0.1 in the guest. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define RETRY_MS 20
#define RETRY_FOR_MS 5000

static void report_opened(struct stream *s) {
    s->connecting = false;
    s->out[0].fd = fcntl(s->in_fd, F_DUPFD_CLOEXEC, 3);
    if (s->out[0].fd < 0) {
        end_stream(s, errno, "connect");
        return;
    }
    s->opened = true;
    uint8_t no_pid[4] = {0};
    send_frame(AGENT_OPENED, s->id, no_pid, sizeof no_pid);
}

static void start_connection(struct stream *s, const struct sockaddr *address, socklen_t length) {
    s->in_fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->in_fd < 0) {
        end_stream(s, errno, "socket");
        return;
    }
    s->connecting = true;
    if (connect(s->in_fd, address, length) == 0) {
        report_opened(s);
    } else if (errno == EAGAIN && s->path != NULL && (s->retry_until == 0 || monotonic_ms() < s->retry_until)) {
        /* A unix socket with a full backlog cannot be polled for room. */
        if (s->retry_until == 0) s->retry_until = monotonic_ms() + RETRY_FOR_MS;
        close(s->in_fd);
        s->in_fd = -1;
    } else if (errno != EINPROGRESS) {
        end_stream(s, errno, "connect");
    }
}

static void connect_unix(struct stream *s) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(s->path) >= sizeof address.sun_path) {
        end_stream(s, ENAMETOOLONG, "connect");
        return;
    }
    strcpy(address.sun_path, s->path);
    start_connection(s, (const struct sockaddr *)&address, sizeof address);
}

void open_unix(uint32_t id, struct cursor payload) {
    uint32_t window = take_u32(&payload);
    char *path = take_str(&payload);
    if (payload.bad || payload.left > 0 || *path == 0) {
        send_error(id, EINVAL, "malformed CONNECT_UNIX");
        free(path);
        return;
    }
    struct stream *s = open_stream(STREAM_SOCKET, id);
    if (s == NULL) {
        free(path);
        return;
    }
    s->out[0].credit = window;
    s->path = path;
    connect_unix(s);
}

void open_tcp(uint32_t id, struct cursor payload) {
    uint32_t window = take_u32(&payload);
    uint16_t port = take_u16(&payload);
    if (payload.bad || payload.left > 0 || port == 0) {
        send_error(id, EINVAL, "malformed CONNECT_TCP");
        return;
    }
    struct stream *s = open_stream(STREAM_SOCKET, id);
    if (s == NULL) return;
    s->out[0].credit = window;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    start_connection(s, (const struct sockaddr *)&address, sizeof address);
}

void check_connection(struct stream *s) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(s->in_fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) error = errno;
    if (error != 0) {
        end_stream(s, error, "connect");
    } else {
        report_opened(s);
    }
}

int retry_connections(void) {
    int timeout = -1;
    for (size_t i = 0; i < MAX_STREAMS; i++) {
        struct stream *s = &streams[i];
        if (s->kind != STREAM_SOCKET || !s->connecting || s->in_fd >= 0) continue;
        connect_unix(s);
        if (s->kind == STREAM_SOCKET && s->connecting && s->in_fd < 0) timeout = RETRY_MS;
    }
    return timeout;
}
