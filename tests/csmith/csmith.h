/* In the place of csmith's own header: no libc, and the checksum is a function's result. */
#ifndef RANDOM_RUNTIME_H
#define RANDOM_RUNTIME_H

#include <float.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "math.h"

#define STATIC static inline
#define UNDEFINED(value) (value)
#define LOG_INDEX
#define LOG_EXEC
#define FUNC_NAME(name) (safe_##name)
#define assert(condition)
#include "safe_math.h"

#define main run
__attribute__((export_name("run"))) int run(void);

static uint32_t crc = 0xFFFFFFFF;

static inline int printf(const char *format, ...)
{
    (void)format;
    return 0;
}

static inline void crc32_gentab(void) {}

static inline void transparent_crc(uint64_t value, const char *name, int flag)
{
    (void)name;
    (void)flag;
    for (int i = 0; i < 8; i++) {
        crc ^= (uint8_t)(value >> 8 * i);
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
}

static inline void transparent_crc_bytes(const volatile void *bytes, int count, const char *name, int flag)
{
    for (int i = 0; i < count; i++)
        transparent_crc(((const volatile uint8_t *)bytes)[i], name, flag);
}

#define crc32_context crc

static inline void platform_main_begin(void) {}
static inline void platform_main_end(uint32_t value, int flag)
{
    (void)value;
    (void)flag;
}

__attribute__((export_name("checksum"))) uint32_t checksum(void)
{
    return crc;
}

void *memset(void *to, int value, size_t size)
{
    volatile unsigned char *byte = to;

    while (size--)
        *byte++ = (unsigned char)value;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    volatile unsigned char *byte = to;
    const unsigned char *source = from;

    while (size--)
        *byte++ = *source++;
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    volatile unsigned char *byte = to;
    const unsigned char *source = from;

    if (byte <= source)
        return memcpy(to, from, size);
    while (size--)
        byte[size] = source[size];
    return to;
}

#endif
