#include "agent.h"

#include <errno.h>
#include <sys/timex.h>
#include <time.h>

static uint64_t to_ms(const struct timespec *t) {
    return (uint64_t)t->tv_sec * 1000 + (uint64_t)t->tv_nsec / 1000000;
}

uint64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return to_ms(&now);
}

static uint64_t realtime_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return to_ms(&now);
}

/* Whatever slewed the clock before the machine was saved knows nothing of the new time: nominal rate, no offset left,
   and "unsynchronised", so that the kernel does not write this time to the RTC. */
static int stop_slewing(void) {
    struct timex t = {.modes = ADJ_OFFSET_SINGLESHOT};
    if (adjtimex(&t) == -1) return -1;
    struct timex nominal = {
        .modes = ADJ_FREQUENCY | ADJ_TICK | ADJ_STATUS,
        .freq = 0,
        .tick = 1000000 / 100, /* USER_HZ is 100 on every x86 */
        .status = STA_UNSYNC,
    };
    return adjtimex(&nominal) == -1 ? -1 : 0;
}

void handle_clock(uint32_t tag, struct cursor payload, bool dry) {
    uint64_t wanted = take_u64(&payload);
    if (payload.bad || payload.left > 0) {
        send_error(tag, EINVAL, "malformed CLOCK");
        return;
    }
    uint64_t before = realtime_ms();
    uint64_t after = wanted;
    if (!dry) {
        struct timespec to = {
            .tv_sec = (time_t)(wanted / 1000),
            .tv_nsec = (long)(wanted % 1000) * 1000000,
        };
        if (stop_slewing() < 0 || clock_settime(CLOCK_REALTIME, &to) < 0) {
            send_error(tag, errno, "the clock was not set");
            return;
        }
        after = realtime_ms();
    }
    uint8_t answer[16];
    put_u64(answer, before);
    put_u64(answer + 8, after);
    send_frame(AGENT_CLOCK, tag, answer, sizeof answer);
}
