/* The product of two matrices of integers, n times; a weighted sum of its elements. */
#include "common.h"

#define N 16

static i32 a[N][N], b[N][N], c[N][N];

RUN(i32 n) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (i32)(i - j) * 5;
            b[i][j] = (i32)(i * j % 7) * 3;
        }
    while (n-- > 0)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                i32 sum = 0;
                for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
                c[i][j] = sum;
            }
    i32 sum = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) sum += c[i][j] * (i32)(i + 2 * j);
    return sum;
}
