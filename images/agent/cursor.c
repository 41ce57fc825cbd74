#include "agent.h"

#include <stdlib.h>
#include <string.h>

static uint64_t take_integer(struct cursor *c, size_t bytes) {
    if (c->bad || c->left < bytes) {
        c->bad = true;
        return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) value |= (uint64_t)c->at[i] << (8 * i);
    c->at += bytes;
    c->left -= bytes;
    return value;
}

uint8_t take_u8(struct cursor *c) { return (uint8_t)take_integer(c, 1); }
uint16_t take_u16(struct cursor *c) { return (uint16_t)take_integer(c, 2); }
uint32_t take_u32(struct cursor *c) { return (uint32_t)take_integer(c, 4); }
uint64_t take_u64(struct cursor *c) { return take_integer(c, 8); }

char *take_str(struct cursor *c) {
    size_t length = take_u16(c);
    if (c->bad || c->left < length || memchr(c->at, 0, length) != NULL) {
        c->bad = true;
        return NULL;
    }
    char *text = malloc(length + 1);
    if (text == NULL) {
        c->bad = true;
        return NULL;
    }
    memcpy(text, c->at, length);
    text[length] = 0;
    c->at += length;
    c->left -= length;
    return text;
}

static void put_integer(uint8_t *to, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) to[i] = (uint8_t)(value >> (8 * i));
}

void put_u16(uint8_t *to, uint16_t value) { put_integer(to, value, 2); }
void put_u32(uint8_t *to, uint32_t value) { put_integer(to, value, 4); }
void put_u64(uint8_t *to, uint64_t value) { put_integer(to, value, 8); }
