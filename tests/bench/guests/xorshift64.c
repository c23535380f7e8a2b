/* Two generators of random numbers of 64 bits, the first feeding the second, n rounds. */
#include "common.h"

RUN(i32 n) {
    u64 s = 0x9E3779B97F4A7C15ull, l = 1;
    while (n-- > 0) {
        l = l * 6364136223846793005ull + 1442695040888963407ull;
        s ^= s >> 12;
        s ^= s << 25;
        s ^= s >> 27;
        s += l >> 33;
    }
    return (i32)((s * 2685821657736338717ull) >> 32);
}
