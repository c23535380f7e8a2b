/* malloc, realloc and free of growing sizes: what was written stays as it was, and what was freed is there again. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES 24

static unsigned sum(const unsigned char *bytes, size_t size)
{
    unsigned value = 5381;

    for (size_t i = 0; i < size; i++)
        value = value * 33 ^ bytes[i];
    return value;
}

int main(void)
{
    unsigned char *pieces[PIECES], *grown = NULL;
    unsigned sums[PIECES];
    size_t size = 0, total = 0;

    for (int i = 0; i < PIECES; i++) {
        size = 16 + (size_t)i * i * 3;
        pieces[i] = malloc(size);
        if (!pieces[i]) {
            printf("no room for piece %d of %zu bytes\n", i, size);
            return 1;
        }
        memset(pieces[i], 'a' + i, size);
        sums[i] = sum(pieces[i], size);
        total += size;
    }
    for (int i = 0; i < PIECES; i += 2)
        free(pieces[i]);
    for (int turn = 1; turn <= 12; turn++) {
        size_t before = (size_t)(turn - 1) * 900;
        unsigned char *moved = realloc(grown, before + 900);

        if (!moved) {
            printf("no room for %zu bytes\n", before + 900);
            return 1;
        }
        grown = moved;
        memset(grown + before, turn, 900);
    }
    for (int i = 1; i < PIECES; i += 2)
        if (sum(pieces[i], 16 + (size_t)i * i * 3) != sums[i])
            printf("piece %d has changed\n", i);
    printf("%zu bytes in pieces, %08x in one\n", total, sum(grown, 12 * 900));
    char *zeros = calloc(700, 4);
    unsigned bits = 0;
    for (int i = 0; zeros && i < 2800; i++)
        bits |= (unsigned)zeros[i];
    printf("calloc %s, bits %u\n", zeros ? "gave" : "failed", bits);
    for (int i = 1; i < PIECES; i += 2)
        free(pieces[i]);
    free(zeros);
    free(grown);
    char *last = malloc(12000);
    printf("%s\n", last ? "freed memory is there again" : "freed memory is lost");
    free(last);
    return last ? 7 : 1;
}
