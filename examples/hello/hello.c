/* The program that everybody writes first: a libc, and nothing of the board. */

#include <stdio.h>

int main(void)
{
    puts("Hello from a board");
    return 0;
}
