// The MPS2 boards of Arm, with a Cortex-M3 (AN385) or a Cortex-M7 (AN500), as qemu emulates them.

#include "../core.h"

extern uint32_t _estack, _sbss, _ebss;
int main(void);
void fatal(uintptr_t cause, uintptr_t pc, uintptr_t address, uintptr_t back) __attribute__((noreturn));

#define LINE ((volatile uint32_t *)0x40004000)
enum { DATA = 0, STATE = 1, CONTROL = 2, CLEAR = 3, DIVIDER = 4 };
enum { FULL_OUT = 1, FULL_IN = 2, SEND_AND_RECEIVE_AND_INTERRUPT = 0x0b, RECEIVED = 2 };

#define COUNTER (*(volatile uint32_t *)0x40028018)
#define PRESCALE (*(volatile uint32_t *)0x4002801c)
enum { COUNTER_MHZ = 25, TICK_MHZ = 25 };

#define CONTROL_STATE (*(volatile uint32_t *)0xe000ed04)
#define FAULT_STATUS (*(volatile uint32_t *)0xe000ed28)
#define FAULT_ADDRESS (*(volatile uint32_t *)0xe000ed38)
#define RESET_CONTROL (*(volatile uint32_t *)0xe000ed0c)
#define COPROCESSORS (*(volatile uint32_t *)0xe000ed88)
#define INTERRUPT_ON (*(volatile uint32_t *)0xe000e100)
#define INTERRUPT_OFF (*(volatile uint32_t *)0xe000e280)
#define TICK ((volatile uint32_t *)0xe000e010)  // control, from where it counts down, where it is
enum { TICK_CLEAR = 1 << 25, TICK_ON = 7, TICK_MOST = 0xffffff };
enum { LINE_RECEIVED = 1 << 0 };  // its interrupt

static void start(void) {
    __asm volatile ("cpsid i");  // an interrupt that is off still ends a sleep
    for (uint32_t *word = &_sbss; word < &_ebss; ++word) {
        *word = 0;
    }
    COPROCESSORS |= 0xf << 20;  // the FPU
    __asm volatile ("dsb\nisb");
    PRESCALE = COUNTER_MHZ - 1;
    main();
    host_end(0, "");
}

__attribute__((naked)) static void fault(void) {
    __asm volatile ("mov r0, sp\nb told");
}

__attribute__((used)) static void told(uint32_t *frame) {
    fatal(FAULT_STATUS, frame[6], FAULT_ADDRESS, frame[5]);
}

__attribute__((section(".vectors"))) const void *const vectors[] = {
    &_estack, start, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault,
};

int semihost(int operation, const void *arguments) {
    register int r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = arguments;
    __asm volatile ("bkpt 0xab" : "+r" (r0) : "r" (r1) : "memory");
    return r0;
}

uint64_t core_us(void) {
    static uint32_t before;
    static uint64_t total;
    uint32_t now = COUNTER;
    total += now - before;
    before = now;
    return total;
}

void core_wait(uint32_t us) {
    LINE[CLEAR] = RECEIVED;
    INTERRUPT_OFF = LINE_RECEIVED;
    INTERRUPT_ON = LINE_RECEIVED;
    uint32_t ticks = us * TICK_MHZ;
    TICK[1] = ticks < TICK_MOST ? ticks : TICK_MOST;
    TICK[2] = 0;
    CONTROL_STATE = TICK_CLEAR;
    TICK[0] = TICK_ON;
    if (!(LINE[STATE] & FULL_IN)) {
        __asm volatile ("wfi");
    }
    TICK[0] = 0;
    CONTROL_STATE = TICK_CLEAR;
}

void core_reset(void) {
    RESET_CONTROL = 0x05fa0004;
    for (;;) {
    }
}

void line_begin(void) {
    LINE[DIVIDER] = 16;
    LINE[CONTROL] = SEND_AND_RECEIVE_AND_INTERRUPT;
}

int line_get(void) {
    return LINE[STATE] & FULL_IN ? (int)(LINE[DATA] & 0xff) : -1;
}

void line_put(uint8_t byte) {
    while (LINE[STATE] & FULL_OUT) {
    }
    LINE[DATA] = byte;
}
