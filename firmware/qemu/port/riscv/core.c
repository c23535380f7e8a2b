// The machine virt, a RISC-V computer, as qemu emulates it.

#include "../core.h"

int main(void);

#define LINE ((volatile uint8_t *)0x10000000)
#include "../line_16550.h"

#define TIME_LOW (*(volatile uint32_t *)0x0200bff8)
#define TIME_HIGH (*(volatile uint32_t *)0x0200bffc)
#define ALARM_LOW (*(volatile uint32_t *)0x02004000)
#define ALARM_HIGH (*(volatile uint32_t *)0x02004004)
enum { TIME_MHZ = 10 };

#define PRIORITIES ((volatile uint32_t *)0x0c000000)
#define ENABLED (*(volatile uint32_t *)0x0c002000)
#define THRESHOLD (*(volatile uint32_t *)0x0c200000)
#define CLAIM (*(volatile uint32_t *)0x0c200004)
enum { LINE_INTERRUPT = 10, TIMER_AND_EXTERNAL = 1 << 7 | 1 << 11 };

#define BUTTON (*(volatile uint32_t *)0x00100000)
enum { RESET = 0x7777 };

void start(void) {
    main();
    host_end(0, "");
}

static uint64_t ticks(void) {
    uint32_t high, low;
    do {
        high = TIME_HIGH;
        low = TIME_LOW;
    } while (high != TIME_HIGH);
    return (uint64_t)high << 32 | low;
}

uint64_t core_us(void) {
    return ticks() / TIME_MHZ;
}

// Interrupts are off for the processor, but one that is enabled ends the sleep.
void core_wait(uint32_t us) {
    uint64_t alarm = ticks() + (uint64_t)us * TIME_MHZ;
    ALARM_HIGH = 0xffffffff;
    ALARM_LOW = (uint32_t)alarm;
    ALARM_HIGH = alarm >> 32;
    CLAIM = CLAIM;
    if (!(LINE[STATUS] & RECEIVED)) {
        __asm volatile ("csrw mie, %0\nwfi" : : "r" (TIMER_AND_EXTERNAL));
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
    PRIORITIES[LINE_INTERRUPT] = 1;
    ENABLED = 1 << LINE_INTERRUPT;
    THRESHOLD = 0;
}
