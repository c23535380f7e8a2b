"""The product of two matrices of integers, n times; a weighted sum of its elements."""

from micropython import const

_N = const(16)


def run(n):
    a = [[(i - j) * 5 for j in range(_N)] for i in range(_N)]
    b = [[i * j % 7 * 3 for j in range(_N)] for i in range(_N)]
    c = [[0] * _N for _ in range(_N)]
    for _ in range(n):
        for i in range(_N):
            row = a[i]
            for j in range(_N):
                total = 0
                for k in range(_N):
                    total += row[k] * b[k][j]
                c[i][j] = total
    total = 0
    for i in range(_N):
        for j in range(_N):
            total += c[i][j] * (i + 2 * j)
    return total
