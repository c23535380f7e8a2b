/* A text in, a text out, and a function of the board's Python: makes what is in `buffer` loud. */

#include <stddef.h>
#include <stdint.h>

#include "wasi_import.h"

WASI_IMPORT("env", "note")
void note(int32_t letters);

static char text[64];

__attribute__((export_name("buffer"))) char *buffer(void)
{
    return text;
}

__attribute__((export_name("shout"))) size_t shout(size_t length)
{
    int32_t letters = 0;

    if (length > sizeof text - 1)
        length = sizeof text - 1;
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'a' && text[i] <= 'z') {
            text[i] -= 'a' - 'A';
            letters++;
        }
    note(letters);
    text[length] = '!';
    return length + 1;
}
