"""The primes below 8190 with the sieve of the BYTE benchmark, n times; how many there are."""

import micropython


@micropython.viper
def _sieve(n: int, memory) -> int:
    k = 0
    i = 0
    flags = ptr8(memory)
    count = 0
    while n > 0:
        n -= 1
        count = 0
        i = 0
        while i < 8190:
            flags[i] = 1
            i += 1
        i = 2
        while i < 8190:
            if flags[i]:
                count += 1
                k = i + i
                while k < 8190:
                    flags[k] = 0
                    k += i
            i += 1
    return count


def run(n):
    return _sieve(n, bytearray(8192))
