/* The byte streams to and from the host: frames, sync words, and the one bounded output buffer. */
#include "agent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PAYLOAD 65536u
#define HEADER_BYTES 9u
#define WORD_BYTES 16u
/* No payload holds this much of its sender's word. */
#define CORE_BYTES 12u

/* Above these fills, programs and then the tty are left unread. What is between the last two is for the answers to one
   read of the tty (4 KiB hold at most 455 frames) and for every stream's last words. */
#define DATA_LIMIT (64u * 1024)
#define INPUT_LIMIT (128u * 1024)
#define OUTPUT_BYTES (256u * 1024)

static const uint8_t host_word[] = "\xf5" "DryDock" "\xf6" "host" "\xf7" "01";
static const uint8_t agent_word[] = "\xf5" "DryDock" "\xf6" "guest" "\xf7" "1";

static uint8_t output[OUTPUT_BYTES];
static size_t output_start;
static size_t output_end;

static size_t output_length(void) { return output_end - output_start; }

bool output_pending(void) { return output_length() > 0; }
bool output_takes_data(void) { return output_length() < DATA_LIMIT; }
bool output_takes_input(void) { return output_length() < INPUT_LIMIT; }

void drop_output(void) { output_start = output_end = 0; }

static void append(const void *bytes, size_t length) {
    if (output_end + length > OUTPUT_BYTES && output_start > 0) {
        memmove(output, output + output_start, output_length());
        output_end -= output_start;
        output_start = 0;
    }
    /* The limits above make this impossible; half a frame would be worse than a new agent. */
    if (output_end + length > OUTPUT_BYTES) abort();
    if (length > 0) memcpy(output + output_end, bytes, length);
    output_end += length;
}

static void append_header(uint8_t type, uint32_t stream, size_t length) {
    uint8_t header[HEADER_BYTES];
    put_u32(header, (uint32_t)length);
    header[4] = type;
    put_u32(header + 5, stream);
    append(header, sizeof header);
}

void send_frame(uint8_t type, uint32_t stream, const void *payload, size_t length) {
    append_header(type, stream, length);
    append(payload, length);
}

void send_data(uint32_t stream, uint8_t channel, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        const uint8_t *core = memmem(bytes, length, agent_word, CORE_BYTES);
        size_t part = core == NULL ? length : (size_t)(core - bytes) + CORE_BYTES / 2;
        append_header(AGENT_DATA, stream, 1 + part);
        append(&channel, 1);
        append(bytes, part);
        bytes += part;
        length -= part;
    }
}

static void send_reason(uint8_t type, uint32_t stream, int error, const char *text) {
    uint8_t payload[256];
    const char *name = error == 0 ? "" : strerrorname_np(error);
    if (name == NULL) name = "EIO";
    size_t name_length = strlen(name);
    size_t text_length = strlen(text);
    if (text_length > 128) text_length = 128;
    payload[0] = (uint8_t)name_length;
    memcpy(payload + 1, name, name_length);
    memcpy(payload + 1 + name_length, text, text_length);
    send_frame(type, stream, payload, 1 + name_length + text_length);
}

void send_error(uint32_t stream, int error, const char *text) { send_reason(AGENT_ERROR, stream, error, text); }
void send_closed(uint32_t stream, int error, const char *text) { send_reason(AGENT_CLOSED, stream, error, text); }

void send_hello(uint32_t nonce) {
    uint8_t payload[12];
    put_u16(payload, PROTOCOL_VERSION);
    put_u32(payload + 2, nonce);
    put_u32(payload + 6, INPUT_WINDOW);
    put_u16(payload + 10, MAX_STREAMS);
    append(agent_word, WORD_BYTES);
    send_frame(AGENT_HELLO, 0, payload, sizeof payload);
}

int flush_output(int fd) {
    while (output_pending()) {
        ssize_t written = write(fd, output + output_start, output_length());
        if (written < 0) {
            if (errno == EINTR) continue;
            return errno == EAGAIN ? 0 : -1;
        }
        output_start += (size_t)written;
    }
    drop_output();
    return 0;
}

/* The frame being read, and how much of it is here. */
static uint8_t frame[HEADER_BYTES + MAX_PAYLOAD];
static size_t frame_length;
/* Bytes of the host's word that the last bytes read are. */
static size_t word_matched;
/* Before the first word and after a bad header everything is skipped; only a bad header is reported. */
static enum { IN_SYNC, LOST, LOST_AND_SAID } sync_state = LOST_AND_SAID;

static size_t header_payload(void) {
    struct cursor c = {frame, HEADER_BYTES, false};
    return take_u32(&c);
}

static uint32_t header_stream(void) {
    struct cursor c = {frame + 5, 4, false};
    return take_u32(&c);
}

static void parse(const uint8_t *bytes, size_t length) {
    while (length > 0 && sync_state == IN_SYNC) {
        size_t wanted = HEADER_BYTES + (frame_length < HEADER_BYTES ? 0 : header_payload());
        size_t part = wanted - frame_length < length ? wanted - frame_length : length;
        memcpy(frame + frame_length, bytes, part);
        frame_length += part;
        bytes += part;
        length -= part;
        if (frame_length < HEADER_BYTES) return;
        if (header_payload() > MAX_PAYLOAD || header_stream() > MAX_STREAM_ID) {
            sync_state = LOST;
        } else if (frame_length == HEADER_BYTES + header_payload()) {
            struct cursor payload = {frame + HEADER_BYTES, header_payload(), false};
            frame_length = 0;
            on_frame(frame[4], header_stream(), payload);
        }
    }
    /* A word at a frame boundary looks like a bad header until its last byte: wait for what it becomes. */
    if (sync_state == LOST && word_matched == 0) {
        sync_state = LOST_AND_SAID;
        send_error(0, EBADMSG, "sync is lost; waiting for the host's sync word");
    }
}

void feed_input(const uint8_t *bytes, size_t length) {
    while (length > 0) {
        if (word_matched == 0) {
            const uint8_t *first = memchr(bytes, host_word[0], length);
            size_t plain = first == NULL ? length : (size_t)(first - bytes);
            parse(bytes, plain);
            bytes += plain;
            length -= plain;
            if (length == 0) return;
        }
        /* The word's first byte is nowhere else in it, so a mismatch can only restart at the start. */
        if (*bytes == host_word[word_matched]) {
            word_matched++;
        } else {
            word_matched = *bytes == host_word[0] ? 1 : 0;
        }
        if (word_matched == WORD_BYTES) {
            word_matched = 0;
            frame_length = 0;
            sync_state = IN_SYNC;
            on_host_sync();
        } else {
            parse(bytes, 1);
        }
        bytes++;
        length--;
    }
}
