/* The primes below 8190 with the sieve of the BYTE benchmark, n times; how many there are. */
#include "common.h"

static u8 flags[8192];

RUN(i32 n) {
    i32 count = 0;
    while (n-- > 0) {
        count = 0;
        for (int i = 0; i < 8190; i++) flags[i] = 1;
        for (int i = 2; i < 8190; i++)
            if (flags[i]) {
                count++;
                for (int k = i + i; k < 8190; k += i) flags[k] = 0;
            }
    }
    return count;
}
