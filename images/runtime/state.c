/*
 * The process's number out of a container's state (OCI runtime specification, "State"), which a runtime writes to each
 * hook's standard input. As much of JSON (RFC 8259) as it takes to walk over the members of one object.
 */
#include "runtime.h"

#include <limits.h>
#include <string.h>

struct cursor {
    const char *at;
    const char *end;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct cursor *cursor)
{
    while (cursor->at < cursor->end && is_space(*cursor->at))
        cursor->at++;
}

static bool take(struct cursor *cursor, char wanted)
{
    skip_space(cursor);
    if (cursor->at == cursor->end || *cursor->at != wanted)
        return false;
    cursor->at++;
    return true;
}

/* Behind the string's closing quote; the cursor is behind the opening one. */
static bool skip_string(struct cursor *cursor)
{
    while (cursor->at < cursor->end) {
        char c = *cursor->at++;
        if (c == '"')
            return true;
        if (c == '\\' && cursor->at < cursor->end)
            cursor->at++;
    }
    return false;
}

/* Before the comma or the brace that follows a value of any depth. */
static bool skip_value(struct cursor *cursor)
{
    unsigned depth = 0;
    while (cursor->at < cursor->end) {
        char c = *cursor->at;
        if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            return true;
        cursor->at++;
        if (c == '"' && !skip_string(cursor))
            return false;
        if (c == '{' || c == '[')
            depth++;
        if (c == '}' || c == ']')
            depth--;
    }
    return false;
}

static bool take_positive(struct cursor *cursor, int *number)
{
    skip_space(cursor);
    *number = 0;
    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
        int digit = *cursor->at++ - '0';
        if (*number > (INT_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    skip_space(cursor);
    return *number > 0 && cursor->at < cursor->end && (*cursor->at == ',' || *cursor->at == '}');
}

bool find_pid(const struct text *state, int *pid)
{
    struct cursor cursor = {state->bytes, state->bytes + state->length};
    if (!take(&cursor, '{'))
        return false;
    do {
        if (!take(&cursor, '"'))
            return false;
        const char *name = cursor.at;
        if (!skip_string(&cursor))
            return false;
        size_t length = (size_t)(cursor.at - 1 - name);
        if (!take(&cursor, ':'))
            return false;
        if (length == 3 && memcmp(name, "pid", 3) == 0)
            return take_positive(&cursor, pid);
        if (!skip_value(&cursor))
            return false;
    } while (take(&cursor, ','));
    return false;
}
