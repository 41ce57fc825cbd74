/* What the agent's parts share. The protocol is in PROTOCOL.md. */
#ifndef DRYDOCK_AGENT_H
#define DRYDOCK_AGENT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROTOCOL_VERSION 1
#define MAX_STREAMS 64
#define MAX_STREAM_ID 0xffffffu
/* Bytes that a stream holds for its program or socket: the window of channel 0. */
#define INPUT_WINDOW 65536u
/* Input credit is given back in steps of this many bytes. */
#define CREDIT_STEP 16384u
/* Most bytes read from a program in one turn. */
#define READ_STEP 16384u

enum host_frame {
    HOST_HELLO = 0x01,
    HOST_CLOCK,
    HOST_EXEC,
    HOST_CONNECT_UNIX,
    HOST_CONNECT_TCP,
    HOST_DATA,
    HOST_WINDOW,
    HOST_EOF,
    HOST_STOP,
    HOST_RESIZE,
    HOST_SIGNAL,
    HOST_CLOSE,
};

enum agent_frame {
    AGENT_HELLO = 0x41,
    AGENT_READY,
    AGENT_CLOCK,
    AGENT_OPENED,
    AGENT_EXIT,
    AGENT_DATA,
    AGENT_WINDOW,
    AGENT_EOF,
    AGENT_STOP,
    AGENT_CLOSED,
    AGENT_ERROR,
};

enum exec_flag { EXEC_PTY = 1, EXEC_MERGE = 2, EXEC_NO_STDIN = 4 };

enum stream_kind { STREAM_FREE, STREAM_EXEC, STREAM_SOCKET };

/* What comes out of a stream: a program's output, or the readable side of a socket. */
struct outlet {
    int fd;         /* -1 once at its end */
    uint8_t channel;
    uint32_t credit; /* bytes that the host will still take */
    bool discard;   /* the host said STOP: read and throw away */
    int poll_index;
};

struct stream {
    enum stream_kind kind;
    uint32_t id;
    bool opened; /* OPENED was sent */

    int in_fd; /* -1 when nothing more can be written */
    int in_poll_index;
    uint8_t *in_bytes; /* ring of INPUT_WINDOW bytes, made at the first DATA */
    size_t in_start;
    size_t in_length;
    uint32_t in_unreported; /* bytes passed on whose credit was not given back yet */
    bool in_eof;            /* the host's EOF came */

    struct outlet out[2];

    /* EXEC */
    bool pty;
    bool exited;
    pid_t pid;
    int start_fd; /* closes when exec succeeds, carries a struct start_failure when it fails; -1 after */
    int start_poll_index;

    /* CONNECT: waiting for the connection; `retry_until` is set while a unix backlog is full. */
    bool connecting;
    uint64_t retry_until;
    char *path;
};

/* Reads integers and strings off a payload; `bad` is set for good when there is too little. */
struct cursor {
    const uint8_t *at;
    size_t left;
    bool bad;
};

/* cursor.c */
uint8_t take_u8(struct cursor *c);
uint16_t take_u16(struct cursor *c);
uint32_t take_u32(struct cursor *c);
uint64_t take_u64(struct cursor *c);
char *take_str(struct cursor *c); /* malloc'd and NUL-terminated; NULL when bad */
void put_u16(uint8_t *to, uint16_t value);
void put_u32(uint8_t *to, uint32_t value);
void put_u64(uint8_t *to, uint64_t value);

/* wire.c: output */
void send_frame(uint8_t type, uint32_t stream, const void *payload, size_t length);
void send_data(uint32_t stream, uint8_t channel, const uint8_t *bytes, size_t length);
void send_error(uint32_t stream, int error, const char *text);
void send_closed(uint32_t stream, int error, const char *text);
void send_hello(uint32_t nonce);
bool output_pending(void);
bool output_takes_data(void);  /* programs may be read */
bool output_takes_input(void); /* the tty may be read */
int flush_output(int fd);      /* 0, or -1 with errno when the tty is gone */
void drop_output(void);
/* wire.c: input */
void feed_input(const uint8_t *bytes, size_t length);

/* main.c: what the wire calls */
void on_frame(uint8_t type, uint32_t stream, struct cursor payload);
void on_host_sync(void);

/* stream.c */
extern struct stream streams[MAX_STREAMS];
struct stream *find_stream(uint32_t id);
struct stream *open_stream(enum stream_kind kind, uint32_t id); /* NULL after having sent the reason */
void end_stream(struct stream *s, int error, const char *text);
void drop_all_streams(void);
void stream_data(struct stream *s, struct cursor payload);
void stream_window(struct stream *s, struct cursor payload);
void stream_eof(struct stream *s, struct cursor payload);
void stream_stop(struct stream *s, struct cursor payload);
size_t poll_streams(struct pollfd *fds, size_t used);
void serve_streams(const struct pollfd *fds);
void finish_if_over(struct stream *s);

/* exec.c */
void open_exec(uint32_t id, struct cursor payload);
void check_start(struct stream *s); /* may end any stream */
void stream_resize(struct stream *s, struct cursor payload);

/* process.c */
void report_exits(void);
void kill_session(pid_t leader, int signal_number);
void bury(pid_t pid); /* reaps now or when it ends */
void stream_signal(struct stream *s, struct cursor payload);

/* account.c */
struct account {
    bool change; /* switch to uid and gid */
    uid_t uid;
    gid_t gid;
    char name[64];
    char home[256];
    char shell[256];
};
int find_account(const char *user, struct account *account); /* 0 or an errno */
int become_account(const struct account *account);           /* 0 or an errno */

/* connect.c */
void open_unix(uint32_t id, struct cursor payload);
void open_tcp(uint32_t id, struct cursor payload);
void check_connection(struct stream *s);
int retry_connections(void); /* poll timeout in ms: -1 when nothing waits */

/* clock.c */
uint64_t monotonic_ms(void);
void handle_clock(uint32_t tag, struct cursor payload, bool dry);

int set_nonblocking(int fd);

#endif
