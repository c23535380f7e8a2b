"""Fibonacci numbers by recursion."""

import micropython


@micropython.viper
def fib(n: int) -> int:
    if n < 2:
        return n
    return int(fib(n - 1)) + int(fib(n - 2))


def run(n):
    return fib(n)
