// A windowed Xtensa core on the board kc705, as qemu emulates it. Its files of the host are qemu's own simcall.

#include <string.h>

#include "py/gc.h"
#include "py/mpstate.h"
#include "shared/runtime/gchelper.h"
#include "../core.h"

int main(void);
int simcall(int what, int a, const void *b, int c);  // these in start.S
void sleep(uint32_t cycles);
void write_windows(void);
uint32_t cycles(void);

#define LINE ((volatile uint32_t *)0x9d050020)  // one register in each word
#include "../line_16550.h"

#define BUTTON (*(volatile uint32_t *)0x9d020010)
enum { RESET = 0xdead, MHZ = 40 };

enum { EXIT = 1, READ = 3, WRITE = 4, OPEN = 5, SEEK = 19 };  // target/xtensa/xtensa-semi.c in qemu
enum { READ_ONLY = 0, READ_AND_WRITE = 2, FROM_BEGIN = 0, FROM_END = 2, ERRORS = 2 };

void start(void) {
    main();
    host_end(0, "");
}

uint64_t core_us(void) {
    static uint32_t before;
    static uint64_t total;
    uint32_t now = cycles();
    total += now - before;
    before = now;
    return total / MHZ;
}

void core_wait(uint32_t us) {
    if (!(LINE[STATUS] & RECEIVED)) {
        sleep(us * MHZ);
    }
}

void core_reset(void) {
    BUTTON = RESET;
    for (;;) {
    }
}

void line_begin(void) {
    LINE[FIFO] = 1;
    LINE[INTERRUPTS] = RECEIVED;
}

int host_open(const char *name, bool writable) {
    return simcall(OPEN, (int)name, (void *)(writable ? READ_AND_WRITE : READ_ONLY), 0);
}

int host_read(int file, void *data, size_t size) {
    return simcall(READ, file, data, size);
}

int host_write(int file, const void *data, size_t size) {
    return simcall(WRITE, file, data, size);
}

int host_seek(int file, size_t position) {
    return simcall(SEEK, file, (void *)position, FROM_BEGIN);
}

int host_size(int file) {
    return simcall(SEEK, file, 0, FROM_END);
}

void host_end(int status, const char *why) {
    host_write(ERRORS, why, strlen(why));
    for (;;) {
        simcall(EXIT, status, NULL, 0);
    }
}

// The registers of all callers are on the stack then, those of the direct one in the 16 bytes below this frame.
MP_NOINLINE void gc_helper_collect_regs_and_stack(void) {
    write_windows();
    uintptr_t sp;
    __asm volatile ("mov %0, a1" : "=r" (sp));
    sp -= 16;
    gc_collect_root((void **)sp, ((uintptr_t)MP_STATE_THREAD(stack_top) - sp) / sizeof(uintptr_t));
}
