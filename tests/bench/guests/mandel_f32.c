/* The Mandelbrot set on n by n points in single precision: the sum of all iterations, 64 a point at most. */
#include "common.h"

RUN(i32 n) {
    i32 total = 0;
    for (i32 y = 0; y < n; y++) {
        for (i32 x = 0; x < n; x++) {
            float cr = 3.0f * (float)x / (float)n - 2.0f, ci = 2.0f * (float)y / (float)n - 1.0f;
            float zr = 0, zi = 0;
            i32 k = 0;
            while (k < 64 && zr * zr + zi * zi < 4.0f) {
                float next = zr * zr - zi * zi + cr;
                zi = 2.0f * zr * zi + ci;
                zr = next;
                k++;
            }
            total += k;
        }
    }
    return total;
}
