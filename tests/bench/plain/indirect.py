"""n calls through a table of four functions."""


def increment(x):
    return x + 1 & 0xFFFFFFFF


def triple(x):
    return x * 3 & 0xFFFFFFFF


def mix(x):
    return x ^ 0x5BD1E995


def rotate(x):
    return (x << 5 | x >> 27) & 0xFFFFFFFF


def run(n):
    steps = (increment, triple, mix, rotate)
    x = 1
    for _ in range(n):
        x = steps[x & 3](x)
    return x - 0x100000000 if x & 0x80000000 else x
