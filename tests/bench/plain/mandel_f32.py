"""The Mandelbrot set on n by n points: the sum of all iterations, 64 a point at most."""


def run(n):
    total = 0
    for y in range(n):
        for x in range(n):
            cr = 3.0 * x / n - 2.0
            ci = 2.0 * y / n - 1.0
            zr = zi = 0.0
            k = 0
            while k < 64 and zr * zr + zi * zi < 4.0:
                zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
                k += 1
            total += k
    return total
