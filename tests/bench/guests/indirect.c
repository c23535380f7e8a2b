/* n calls through a table of four functions. */
#include "common.h"

static u32 increment(u32 x) { return x + 1; }
static u32 triple(u32 x) { return x * 3; }
static u32 mix(u32 x) { return x ^ 0x5bd1e995u; }
static u32 rotate(u32 x) { return (x << 5) | (x >> 27); }

static u32 (*volatile steps[4])(u32) = {increment, triple, mix, rotate};

RUN(i32 n) {
    u32 x = 1;
    for (i32 i = 0; i < n; i++) x = steps[x & 3](x);
    return (i32)x;
}
