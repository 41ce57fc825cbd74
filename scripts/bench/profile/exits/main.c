/*
 * Runs in the guest while the bench makes a profile: hears from the kernel of every task that ends (taskstats, a family
 * of generic netlink; Documentation/accounting/taskstats.rst) and sums up by name. A line on standard input asks for what
 * has been summed up since the last one: a line for each name, then a line with a dot.
 *
 *     TASKS PROCESSES EXECUTED NANOSECONDS FAULTS SWITCHES NAME
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/acct.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_NAMES 256
#define MOST_MESSAGE 16384
#define RECEIVE_BYTES (1 << 20)
/* Those whose tasks are heard of: the guest has one. */
#ifndef PROCESSORS
#define PROCESSORS "0"
#endif

struct sums {
    char name[TS_COMM_LEN];
    uint64_t tasks, processes, executed, nanoseconds, faults, switches;
};

static struct sums table[MOST_NAMES];
static size_t names;

struct request {
    struct nlmsghdr netlink;
    struct genlmsghdr generic;
    char attributes[64];
};

static bool complain(const char *what)
{
    perror(what);
    return false;
}

/* One request with one text attribute. */
static bool ask(int netlink, uint16_t family, uint8_t command, uint16_t attribute, const char *text)
{
    struct request request = {0};
    struct nlattr *header = (struct nlattr *)request.attributes;
    size_t length = strlen(text) + 1;
    header->nla_type = attribute;
    header->nla_len = (uint16_t)(NLA_HDRLEN + length);
    memcpy(request.attributes + NLA_HDRLEN, text, length);
    request.generic.cmd = command;
    request.generic.version = 1;
    request.netlink.nlmsg_len = (uint32_t)(NLMSG_LENGTH(GENL_HDRLEN) + NLA_ALIGN(header->nla_len));
    request.netlink.nlmsg_type = family;
    request.netlink.nlmsg_flags = NLM_F_REQUEST;
    return send(netlink, &request, request.netlink.nlmsg_len, 0) >= 0 || complain("netlink");
}

/* The attribute of that type among `length` bytes, or NULL. */
static const struct nlattr *find(const char *at, size_t length, uint16_t type)
{
    while (length >= NLA_HDRLEN) {
        const struct nlattr *attribute = (const struct nlattr *)at;
        size_t size = NLA_ALIGN(attribute->nla_len);
        if (attribute->nla_len < NLA_HDRLEN || attribute->nla_len > length)
            return NULL;
        if ((attribute->nla_type & NLA_TYPE_MASK) == type)
            return attribute;
        if (size >= length)
            return NULL;
        at += size;
        length -= size;
    }
    return NULL;
}

static const char *value_of(const struct nlattr *attribute)
{
    return (const char *)attribute + NLA_HDRLEN;
}

static size_t length_of(const struct nlattr *attribute)
{
    return attribute->nla_len - (size_t)NLA_HDRLEN;
}

/* The number that this kernel gave the family, or 0. */
static uint16_t find_family(int netlink)
{
    char buffer[MOST_MESSAGE];
    if (!ask(netlink, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME))
        return 0;
    ssize_t length = recv(netlink, buffer, sizeof buffer, 0);
    if (length < (ssize_t)NLMSG_LENGTH(GENL_HDRLEN))
        return 0;
    size_t head = NLMSG_LENGTH(GENL_HDRLEN);
    const struct nlattr *id = find(buffer + head, (size_t)length - head, CTRL_ATTR_FAMILY_ID);
    uint16_t family = 0;
    if (id != NULL && length_of(id) >= sizeof family)
        memcpy(&family, value_of(id), sizeof family);
    return family;
}

static struct sums *sums_of(const char *name)
{
    for (size_t i = 0; i < names; i++) {
        if (strncmp(table[i].name, name, TS_COMM_LEN) == 0)
            return &table[i];
    }
    if (names == MOST_NAMES)
        return NULL;
    struct sums *sums = &table[names++];
    memset(sums, 0, sizeof *sums);
    memcpy(sums->name, name, TS_COMM_LEN - 1);
    return sums;
}

static void add(const struct taskstats *stats)
{
    struct sums *sums = sums_of(stats->ac_comm);
    if (sums == NULL)
        return;
    bool leads = stats->ac_pid == stats->ac_tgid;
    sums->tasks++;
    sums->processes += leads;
    sums->executed += leads && (stats->ac_flag & AFORK) == 0;
    sums->nanoseconds += stats->cpu_run_virtual_total;
    sums->faults += stats->ac_minflt + stats->ac_majflt;
    sums->switches += stats->nvcsw + stats->nivcsw;
}

/* A datagram with one ended task, and with the sums of its process if it was the last of several: those are counted. */
static void take(const char *buffer, size_t length)
{
    size_t head = NLMSG_LENGTH(GENL_HDRLEN);
    if (length < head)
        return;
    const struct nlattr *task = find(buffer + head, length - head, TASKSTATS_TYPE_AGGR_PID);
    if (task == NULL)
        return;
    const struct nlattr *found = find(value_of(task), length_of(task), TASKSTATS_TYPE_STATS);
    if (found == NULL)
        return;
    struct taskstats stats = {0};
    size_t size = length_of(found) < sizeof stats ? length_of(found) : sizeof stats;
    memcpy(&stats, value_of(found), size);
    add(&stats);
}

static void tell(void)
{
    for (size_t i = 0; i < names; i++) {
        const struct sums *sums = &table[i];
        printf("%llu %llu %llu %llu %llu %llu %s\n", (unsigned long long)sums->tasks,
               (unsigned long long)sums->processes, (unsigned long long)sums->executed,
               (unsigned long long)sums->nanoseconds, (unsigned long long)sums->faults,
               (unsigned long long)sums->switches, sums->name);
    }
    puts(".");
    fflush(stdout);
    names = 0;
}

int main(void)
{
    char buffer[MOST_MESSAGE];
    int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
    int room = RECEIVE_BYTES;
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    if (netlink < 0 || connect(netlink, (struct sockaddr *)&kernel, sizeof kernel) < 0) {
        perror("netlink");
        return 1;
    }
    setsockopt(netlink, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    uint16_t family = find_family(netlink);
    if (family == 0) {
        fputs("this kernel has no taskstats\n", stderr);
        return 1;
    }
    if (!ask(netlink, family, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_REGISTER_CPUMASK, PROCESSORS))
        return 1;
    struct pollfd watched[] = {{.fd = netlink, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(watched, 2, -1) >= 0 || errno == EINTR) {
        /* What has ended before the question belongs to the answer. */
        ssize_t length;
        while ((length = recv(netlink, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
            take(buffer, (size_t)length);
        if (watched[1].revents == 0)
            continue;
        ssize_t asked = read(STDIN_FILENO, buffer, sizeof buffer);
        if (asked <= 0)
            return 0;
        tell();
    }
    return 1;
}
