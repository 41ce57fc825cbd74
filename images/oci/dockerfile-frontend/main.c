/*
 * The image that `# syntax=docker/dockerfile:1` names. BuildKit starts it for such a Dockerfile and speaks gRPC with it
 * over its standard streams: HTTP/2 with this program as the client (BuildKit's gateway.proto, service LLBBridge). It
 * asks BuildKit to build with the Dockerfile frontend that is in the engine, and returns what comes of that, an error
 * as well. The engine's frontend sees that the line was obeyed (the option `cmdline`) and does not call this again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRONTEND "dockerfile.v0"
#define SERVICE "/moby.buildkit.v1.frontend.LLBBridge/"
#define OPTION "BUILDKIT_FRONTEND_OPT_"
#define WINDOW (16 * 1024 * 1024)
#define GRPC_PREFIX 5

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "dockerfile frontend: %s\n", what);
    exit(1);
}

/* --- bytes --- */

struct bytes {
    uint8_t *data;
    size_t length;
    size_t room;
};

static void append(struct bytes *to, const void *data, size_t length) {
    if (length > SIZE_MAX / 2 - to->length) fail("a message that is too large");
    if (to->length + length > to->room) {
        to->room = 2 * (to->length + length);
        to->data = realloc(to->data, to->room);
        if (to->data == NULL) fail("out of memory");
    }
    if (length > 0) memcpy(to->data + to->length, data, length);
    to->length += length;
}

static void append_byte(struct bytes *to, uint8_t byte) { append(to, &byte, 1); }

/* --- protocol buffers: varints, and fields of wire type 2 (length-delimited) --- */

static void append_varint(struct bytes *to, uint64_t value) {
    for (; value >= 0x80; value >>= 7) append_byte(to, (uint8_t)(value | 0x80));
    append_byte(to, (uint8_t)value);
}

static void append_field(struct bytes *to, unsigned number, const void *data, size_t length) {
    append_varint(to, number << 3 | 2);
    append_varint(to, length);
    append(to, data, length);
}

static void append_number(struct bytes *to, unsigned number, uint64_t value) {
    append_varint(to, number << 3);
    append_varint(to, value);
}

static bool read_varint(const struct bytes *from, size_t *at, uint64_t *value) {
    *value = 0;
    for (unsigned shift = 0; *at < from->length && shift < 64; shift += 7) {
        uint8_t byte = from->data[(*at)++];
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

/* The first field of that number. Fields of fixed size are in none of the messages that are read here. */
static bool find_field(const struct bytes *message, unsigned number, const uint8_t **data, size_t *length) {
    size_t at = 0;
    uint64_t key, value;
    while (at < message->length) {
        if (!read_varint(message, &at, &key) || !read_varint(message, &at, &value)) return false;
        if ((key & 7) == 0) continue;
        if ((key & 7) != 2 || value > message->length - at) return false;
        if (key >> 3 == number) {
            *data = message->data + at;
            *length = (size_t)value;
            return true;
        }
        at += (size_t)value;
    }
    return false;
}

/* --- one call of a method --- */

struct call {
    int32_t stream;
    struct bytes request;
    size_t sent;
    struct bytes reply;
    bool closed;
    /* From the trailers: -1 until they are here. */
    int status;
    struct bytes message;
    struct bytes details;
};

static int decode_hex(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* gRPC over HTTP/2, "Status-Message". */
static void decode_percent(struct bytes *to, const char *text, size_t length) {
    for (size_t at = 0; at < length; at++) {
        int high = at + 2 < length && text[at] == '%' ? decode_hex(text[at + 1]) : -1;
        int low = high < 0 ? -1 : decode_hex(text[at + 2]);
        append_byte(to, low < 0 ? (uint8_t)text[at] : (uint8_t)(high << 4 | low));
        if (low >= 0) at += 2;
    }
}

/* RFC 4648 section 4, with or without padding. */
static void decode_base64(struct bytes *to, const char *text, size_t length) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t at = 0; at < length && text[at] != '='; at++) {
        const char *place = memchr(alphabet, text[at], sizeof alphabet - 1);
        if (place == NULL) fail("a status that is not base64");
        held = held << 6 | (uint32_t)(place - alphabet);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        append_byte(to, (uint8_t)(held >> bits));
    }
}

static bool is_name(const uint8_t *name, size_t length, const char *wanted) {
    return length == strlen(wanted) && memcmp(name, wanted, length) == 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t length, uint8_t flags, void *data) {
    (void)session, (void)flags;
    struct call *call = data;
    if (frame->hd.stream_id != call->stream) return 0;
    if (is_name(name, name_length, "grpc-status")) call->status = atoi((const char *)value);
    if (is_name(name, name_length, "grpc-message")) decode_percent(&call->message, (const char *)value, length);
    if (is_name(name, name_length, "grpc-status-details-bin"))
        decode_base64(&call->details, (const char *)value, length);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes,
                   size_t length, void *data) {
    (void)session, (void)flags;
    struct call *call = data;
    if (stream == call->stream) append(&call->reply, bytes, length);
    return 0;
}

static int on_close(nghttp2_session *session, int32_t stream, uint32_t error, void *data) {
    (void)session, (void)error;
    struct call *call = data;
    if (stream == call->stream) call->closed = true;
    return 0;
}

static nghttp2_ssize read_request(nghttp2_session *session, int32_t stream, uint8_t *to, size_t room,
                                  uint32_t *flags, nghttp2_data_source *source, void *data) {
    (void)session, (void)stream, (void)data;
    struct call *call = source->ptr;
    size_t left = call->request.length - call->sent;
    size_t length = left < room ? left : room;
    memcpy(to, call->request.data + call->sent, length);
    call->sent += length;
    if (length == left) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (nghttp2_ssize)length;
}

static void send_all(nghttp2_session *session) {
    const uint8_t *data;
    nghttp2_ssize length;
    while ((length = nghttp2_session_mem_send2(session, &data)) > 0) {
        while (length > 0) {
            ssize_t written = write(STDOUT_FILENO, data, (size_t)length);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) fail("BuildKit does not listen");
            data += written;
            length -= written;
        }
    }
    if (length < 0) fail(nghttp2_strerror((int)length));
}

static void receive(nghttp2_session *session) {
    uint8_t room[16384];
    ssize_t length = read(STDIN_FILENO, room, sizeof room);
    if (length < 0 && errno == EINTR) return;
    if (length <= 0) fail("BuildKit ended the conversation");
    nghttp2_ssize used = nghttp2_session_mem_recv2(session, room, (size_t)length);
    if (used < 0) fail(nghttp2_strerror((int)used));
}

#define HEADER(key, text)                                                                          \
    {(uint8_t *)(key), (uint8_t *)(text), strlen(key), strlen(text), NGHTTP2_NV_FLAG_NONE}

/* Calls a method with a message, and waits for the end of its answer. */
static void perform(nghttp2_session *session, struct call *call, const char *path, const struct bytes *message) {
    uint8_t prefix[GRPC_PREFIX] = {0, (uint8_t)(message->length >> 24), (uint8_t)(message->length >> 16),
                                   (uint8_t)(message->length >> 8), (uint8_t)message->length};
    *call = (struct call){.status = -1};
    append(&call->request, prefix, sizeof prefix);
    append(&call->request, message->data, message->length);
    const nghttp2_nv headers[] = {HEADER(":method", "POST"), HEADER(":scheme", "http"), HEADER(":path", path),
                                  HEADER(":authority", "localhost"), HEADER("content-type", "application/grpc"),
                                  HEADER("te", "trailers")};
    nghttp2_data_provider2 body = {.source.ptr = call, .read_callback = read_request};
    call->stream = nghttp2_submit_request2(session, NULL, headers, sizeof headers / sizeof *headers, &body, NULL);
    if (call->stream < 0) fail(nghttp2_strerror(call->stream));
    while (send_all(session), !call->closed) receive(session);
    if (call->status < 0) fail("an answer without a status");
}

/* --- what is asked --- */

/* SolveRequest: Frontend = 2, FrontendOpt = 3, allowResultReturn = 5, allowResultArrayRef = 6 */
static struct bytes solve_request(char **environment) {
    struct bytes request = {0};
    append_field(&request, 2, FRONTEND, strlen(FRONTEND));
    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, OPTION, strlen(OPTION)) != 0) continue;
        const char *key = strchr(*environment, '=');
        const char *value = key == NULL ? NULL : strchr(key + 1, '=');
        if (value == NULL) continue;
        struct bytes entry = {0};
        append_field(&entry, 1, key + 1, (size_t)(value - key - 1));
        append_field(&entry, 2, value + 1, strlen(value + 1));
        append_field(&request, 3, entry.data, entry.length);
        free(entry.data);
    }
    append_number(&request, 5, 1);
    append_number(&request, 6, 1);
    return request;
}

/* ReturnRequest: result = 1, error = 2 (google.rpc.Status: code = 1, message = 2, details) */
static struct bytes return_request(const struct call *solved) {
    struct bytes request = {0};
    if (solved->status != 0) {
        struct bytes status = solved->details;
        if (status.length == 0) {
            append_number(&status, 1, (uint64_t)solved->status);
            append_field(&status, 2, solved->message.data, solved->message.length);
        }
        append_field(&request, 2, status.data, status.length);
        return request;
    }
    /* SolveResponse: result = 3 */
    if (solved->reply.length < GRPC_PREFIX || solved->reply.data[0] != 0) fail("an answer that is none");
    struct bytes response = {.data = solved->reply.data + GRPC_PREFIX, .length = solved->reply.length - GRPC_PREFIX};
    const uint8_t *result;
    size_t length;
    if (!find_field(&response, 3, &result, &length)) fail("an answer without a result");
    append_field(&request, 1, result, length);
    return request;
}

int main(int count, char **arguments, char **environment) {
    (void)count, (void)arguments;
    struct call call = {0};
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) fail("out of memory");
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    if (nghttp2_session_client_new(&session, callbacks, &call) != 0) fail("out of memory");
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                               {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW}};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, sizeof settings / sizeof *settings);
    nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, WINDOW);

    struct bytes request = solve_request(environment);
    perform(session, &call, SERVICE "Solve", &request);
    struct bytes answer = return_request(&call);
    perform(session, &call, SERVICE "Return", &answer);
    if (call.status != 0) fail("BuildKit does not take the result");
    return 0;
}
