// Files of the host by Arm's semihosting, which RISC-V has taken over.

#include <string.h>

#include "core.h"

enum { OPEN = 0x01, WRITE0 = 0x04, WRITE = 0x05, READ = 0x06, SEEK = 0x0a, FLEN = 0x0c, EXIT_EXTENDED = 0x20 };
enum { READ_BINARY = 1, READ_WRITE_BINARY = 3, APPLICATION_EXIT = 0x20026 };

int semihost(int operation, const void *arguments);  // in the machine's start.c or start.S

int host_open(const char *name, bool writable) {
    uintptr_t arguments[] = {(uintptr_t)name, writable ? READ_WRITE_BINARY : READ_BINARY, strlen(name)};
    return semihost(OPEN, arguments);
}

// Both answer with the number of bytes that were left out.
int host_read(int file, void *data, size_t size) {
    uintptr_t arguments[] = {file, (uintptr_t)data, size};
    return (int)size - semihost(READ, arguments);
}

int host_write(int file, const void *data, size_t size) {
    uintptr_t arguments[] = {file, (uintptr_t)data, size};
    return (int)size - semihost(WRITE, arguments);
}

int host_seek(int file, size_t position) {
    uintptr_t arguments[] = {file, position};
    return semihost(SEEK, arguments);
}

int host_size(int file) {
    uintptr_t arguments[] = {file};
    return semihost(FLEN, arguments);
}

void host_end(int status, const char *why) {
    semihost(WRITE0, why);
    uintptr_t arguments[] = {APPLICATION_EXIT, status};
    for (;;) {
        semihost(EXIT_EXTENDED, arguments);
    }
}
