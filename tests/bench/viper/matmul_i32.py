"""The product of two matrices of integers, n times; a weighted sum of its elements."""

from array import array

import micropython


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
    a = array("i", [(i - j) * 5 for i in range(16) for j in range(16)])
    b = array("i", [i * j % 7 * 3 for i in range(16) for j in range(16)])
    c = array("i", bytes(1024))
    _multiply(n, a, b, c)
    return _sum(c)
