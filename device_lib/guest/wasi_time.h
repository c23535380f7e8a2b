/* Sleep, for modules without a libc: WASI has it as poll_oneoff with one subscription to a clock. */
#ifndef WASI_TIME_H
#define WASI_TIME_H

#include "wasi_import.h"

/* The layouts of WASI preview 1, for a clock's subscription. 64-bit fields are two halves, the lower first:
 * so a module that only sleeps needs no 64-bit arithmetic. */
typedef struct {
    uint32_t userdata[2];
    uint32_t type; /* 0: a clock */
    uint32_t reserved;
    uint32_t clock; /* 1: monotonic */
    uint32_t reserved_too;
    uint32_t timeout[2]; /* ns */
    uint32_t precision[2];
    uint32_t flags; /* 0: timeout counts from now */
    uint32_t padding;
} wasi_subscription_t;

WASI_IMPORT("wasi_snapshot_preview1", "poll_oneoff")
wasi_errno_t wasi_poll_oneoff(const wasi_subscription_t *in, void *out, size_t count, size_t *stored);

/* Sleep for up to 4294 ms. */
static inline wasi_errno_t wasi_sleep_ms(uint32_t ms)
{
    static wasi_subscription_t wake;
    static uint32_t event[8];
    static size_t stored;

    wake.clock = 1;
    wake.timeout[0] = ms * 1000000u;
    return wasi_poll_oneoff(&wake, event, 1, &stored);
}

#endif
