"""The primes below 8190 with the sieve of the BYTE benchmark, n times; how many there are."""

from micropython import const

_SIZE = const(8190)


def run(n):
    count = 0
    for _ in range(n):
        count = 0
        flags = bytearray(b"\1" * _SIZE)
        for i in range(2, _SIZE):
            if flags[i]:
                count += 1
                for k in range(i + i, _SIZE, i):
                    flags[k] = 0
    return count
