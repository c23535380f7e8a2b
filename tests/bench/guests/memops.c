/* What the compiler calls for copies where the target has no bulk memory instructions. */
typedef __SIZE_TYPE__ size_t;

void *memcpy(void *to, const void *from, size_t n) {
    unsigned char *a = to;
    const unsigned char *b = from;
    while (n--) *a++ = *b++;
    return to;
}

void *memset(void *to, int value, size_t n) {
    unsigned char *a = to;
    while (n--) *a++ = (unsigned char)value;
    return to;
}

void *memmove(void *to, const void *from, size_t n) {
    unsigned char *a = to;
    const unsigned char *b = from;
    if (a < b) {
        while (n--) *a++ = *b++;
    } else {
        a += n;
        b += n;
        while (n--) *--a = *--b;
    }
    return to;
}
