/* The program that everybody writes first: a libc, and nothing of the board. */

#include <stdio.h>

int main(int argc, char **argv)
{
    puts("Hello from a board");
    for (int i = 1; i < argc; i++)
        puts(argv[i]);
    return 0;
}
