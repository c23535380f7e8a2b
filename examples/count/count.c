#define _DEFAULT_SOURCE

#include <unistd.h>

/* Prints 1, 2, 3 and so on, one each 300 ms, without end. */
int main(void)
{
    for (unsigned i = 1;; i++) {
        char text[12], *at = text + sizeof text;
        unsigned rest = i;

        *--at = '\n';
        do
            *--at = '0' + rest % 10;
        while (rest /= 10);
        write(1, at, text + sizeof text - at);
        usleep(300000);
    }
}
