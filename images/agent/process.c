/* The ends of programs, and signals to whole sessions. */
#include "agent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Processes that outlive their stream for a moment: killed, not reaped yet. */
static pid_t *buried;
static size_t buried_count;
static size_t buried_room;

static bool reap(pid_t pid) { return waitpid(pid, NULL, WNOHANG) != 0; }

void bury(pid_t pid) {
    if (reap(pid)) return;
    if (buried_count == buried_room) {
        size_t room = buried_room == 0 ? 16 : buried_room * 2;
        pid_t *more = realloc(buried, room * sizeof *more);
        if (more == NULL) return; /* a zombie more is better than no agent */
        buried = more;
        buried_room = room;
    }
    buried[buried_count++] = pid;
}

void report_exits(void) {
    for (size_t i = 0; i < buried_count;) {
        if (reap(buried[i])) {
            buried[i] = buried[--buried_count];
        } else {
            i++;
        }
    }
    for (size_t i = 0; i < MAX_STREAMS; i++) {
        struct stream *s = &streams[i];
        if (s->kind != STREAM_EXEC || s->exited || s->start_fd >= 0) continue;
        siginfo_t info = {0};
        /* Left as a zombie, so that the number stays the session's until the stream is over. */
        if (waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0) continue;
        s->exited = true;
        uint8_t payload[2] = {info.si_code == CLD_EXITED ? 0 : 1, (uint8_t)info.si_status};
        send_frame(AGENT_EXIT, s->id, payload, sizeof payload);
        finish_if_over(s);
    }
}

/* Reads a process's state, group and session from /proc. */
static bool read_stat(const char *pid, char *state, pid_t *group, pid_t *session) {
    char path[64];
    char text[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    if (got <= 0) return false;
    text[got] = 0;
    const char *after_name = strrchr(text, ')'); /* the name may hold anything */
    return after_name != NULL && sscanf(after_name + 1, " %c %*d %d %d", state, group, session) == 3;
}

/* Signals what is in the session but in a job's own group; the number of living ones met. */
static int signal_jobs(pid_t leader, int signal_number) {
    int met = 0;
    DIR *proc = opendir("/proc");
    if (proc == NULL) return 0;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        char state;
        pid_t group;
        pid_t session;
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        if (!read_stat(entry->d_name, &state, &group, &session)) continue;
        if (session != leader || group == leader || state == 'Z' || state == 'X') continue;
        if (kill((pid_t)atoi(entry->d_name), signal_number) == 0) met++;
    }
    closedir(proc);
    return met;
}

void kill_session(pid_t leader, int signal_number) {
    /* ESRCH right after fork: the child has no session of its own yet. */
    if (kill(-leader, signal_number) < 0) kill(leader, signal_number);
    /* A job that forks while we look is met in the next round. */
    int rounds = signal_number == SIGKILL ? 8 : 1;
    while (rounds-- > 0 && signal_jobs(leader, signal_number) > 0) continue;
}

void stream_signal(struct stream *s, struct cursor payload) {
    uint8_t number = take_u8(&payload);
    if (payload.bad || payload.left > 0 || number < 1 || number > 64 || s->kind != STREAM_EXEC) {
        send_error(s->id, EINVAL, "malformed SIGNAL");
        return;
    }
    kill_session(s->pid, number);
}
