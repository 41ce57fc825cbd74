/* Users and groups straight from /etc: a static program cannot load glibc's NSS modules. */
#include "agent.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool parse_number(const char *text, unsigned long *value) {
    if (*text < '0' || *text > '9') return false;
    char *end;
    errno = 0;
    *value = strtoul(text, &end, 10);
    return errno == 0 && *end == 0 && *value < 0xffffffffu;
}

static void copy(char *to, size_t size, const char *from) {
    size_t length = strnlen(from, size - 1);
    memcpy(to, from, length);
    to[length] = 0;
}

/* Fills the account from /etc/passwd, by name or, when `name` is NULL, by number. */
static bool read_passwd(const char *name, uid_t uid, struct account *account) {
    FILE *file = fopen("/etc/passwd", "re");
    if (file == NULL) return false;
    bool found = false;
    for (struct passwd *p; !found && (p = fgetpwent(file)) != NULL;) {
        if (name != NULL ? strcmp(p->pw_name, name) != 0 : p->pw_uid != uid) continue;
        found = true;
        account->uid = p->pw_uid;
        account->gid = p->pw_gid;
        copy(account->name, sizeof account->name, p->pw_name);
        copy(account->home, sizeof account->home, p->pw_dir);
        copy(account->shell, sizeof account->shell, p->pw_shell);
    }
    fclose(file);
    return found;
}

static bool find_group(const char *name, gid_t *gid) {
    unsigned long number;
    if (parse_number(name, &number)) {
        *gid = (gid_t)number;
        return true;
    }
    FILE *file = fopen("/etc/group", "re");
    if (file == NULL) return false;
    bool found = false;
    for (struct group *g; !found && (g = fgetgrent(file)) != NULL;) {
        if (strcmp(g->gr_name, name) != 0) continue;
        *gid = g->gr_gid;
        found = true;
    }
    fclose(file);
    return found;
}

int find_account(const char *user, struct account *account) {
    *account = (struct account){.uid = getuid(), .gid = getgid(), .home = "/", .shell = "/bin/sh"};
    if (*user == 0) {
        (void)read_passwd(NULL, getuid(), account); /* an account without an entry is still an account */
        return 0;
    }
    char name[128];
    if (strlen(user) >= sizeof name) return EINVAL;
    copy(name, sizeof name, user);
    char *group = strchr(name, ':');
    if (group != NULL) *group++ = 0;

    unsigned long number;
    if (parse_number(name, &number)) {
        account->uid = (uid_t)number;
        account->gid = (gid_t)number;
        (void)read_passwd(NULL, account->uid, account);
    } else if (!read_passwd(name, 0, account)) {
        return ENOENT;
    }
    if (group != NULL && !find_group(group, &account->gid)) return ENOENT;
    account->change = account->uid != getuid() || account->gid != getgid();
    return 0;
}

static bool lists(const struct group *g, const char *name) {
    for (char **member = g->gr_mem; *member != NULL; member++) {
        if (strcmp(*member, name) == 0) return true;
    }
    return false;
}

int become_account(const struct account *account) {
    if (!account->change) return 0;
    gid_t groups[64] = {account->gid};
    size_t count = 1;
    FILE *file = fopen("/etc/group", "re");
    if (file != NULL) {
        for (struct group *g; count < 64 && account->name[0] != 0 && (g = fgetgrent(file)) != NULL;) {
            if (g->gr_gid != account->gid && lists(g, account->name)) groups[count++] = g->gr_gid;
        }
        fclose(file);
    }
    if (setgroups(count, groups) < 0 || setgid(account->gid) < 0 || setuid(account->uid) < 0) return errno;
    return 0;
}
