"""The product of two matrices of integers, n times; a weighted sum of its elements."""

import micropython


@micropython.viper
def _fill(left, right):
    rest = 0
    i = 0
    j = 0
    a = ptr32(left)
    b = ptr32(right)
    while i < 16:
        j = 0
        while j < 16:
            a[i * 16 + j] = (i - j) * 5
            rest = i * j
            while rest >= 7:
                rest -= 7
            b[i * 16 + j] = rest * 3
            j += 1
        i += 1


@micropython.viper
def _multiply(n: int, left, right, product):
    total = 0
    k = 0
    j = 0
    x = 0
    y = 0
    i = 0
    a = ptr32(left)
    b = ptr32(right)
    c = ptr32(product)
    while n > 0:
        n -= 1
        i = 0
        while i < 256:
            j = 0
            while j < 16:
                total = 0
                x = i
                y = j
                k = 16
                while k:
                    k -= 1
                    total += a[x] * b[y]
                    x += 1
                    y += 16
                c[i + j] = total
                j += 1
            i += 16


@micropython.viper
def _sum(product) -> int:
    total = 0
    j = 0
    i = 0
    c = ptr32(product)
    while i < 16:
        j = 0
        while j < 16:
            total += c[i * 16 + j] * (i + 2 * j)
            j += 1
        i += 1
    return total & 0x1FFFFFFF


def run(n):
    a = bytearray(1024)
    b = bytearray(1024)
    c = bytearray(1024)
    _fill(a, b)
    _multiply(n, a, b, c)
    return _sum(c)
