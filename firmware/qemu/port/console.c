// The console, which is looked at while MicroPython runs: nothing here interrupts it. What it prints goes over the
// serial line. What is typed comes by a file, as an emulated line takes 50 us for a byte; that the line rings for it
// only ends a sleep early, since qemu may be late with it, or lose it, while the processor is busy.

#include "py/mphal.h"
#include "py/ringbuf.h"
#include "py/runtime.h"
#include "py/stream.h"
#include "core.h"
#include "host.h"

#define LONGEST_WAIT (100)  // ms, in which the clock must be looked at
#define EVENTS_WAIT (2)  // ms, where the host may have an event
#define LOOK_US (1000)  // between two looks at the host, where the line doesn't ring

static uint8_t typed_array[1024];
static ringbuf_t typed = { typed_array, sizeof(typed_array) };

void console_look(void) {
    static uint64_t next;
    bool rang = false;
    while (line_get() >= 0) {
        rang = true;
    }
    uint64_t now = core_us();
    if (now >= next) {
        next = now + LOOK_US;
        rang = true;
        host_look();
    }
    // What doesn't fit stays with its sender; so does a Ctrl-C behind it.
    while (rang && ringbuf_free(&typed) > 0) {
        uint8_t bytes[256];
        size_t size = host_typed(bytes, MIN(sizeof bytes, ringbuf_free(&typed)));
        rang = size > 0;
        for (size_t i = 0; i < size; ++i) {
            if (bytes[i] == mp_interrupt_char) {
                mp_sched_keyboard_interrupt();
            } else {
                ringbuf_put(&typed, bytes[i]);
            }
        }
    }
}

void console_wait(int timeout_ms) {
    uint32_t longest = host_has_events() ? EVENTS_WAIT : LONGEST_WAIT;
    uint32_t wait = timeout_ms < 0 || (uint32_t)timeout_ms > longest ? longest : (uint32_t)timeout_ms;
    if (wait && ringbuf_avail(&typed) == 0) {
        core_wait(wait * 1000);
    }
}

uintptr_t mp_hal_stdio_poll(uintptr_t poll_flags) {
    console_look();
    uintptr_t ready = poll_flags & MP_STREAM_POLL_WR;
    if (poll_flags & MP_STREAM_POLL_RD && ringbuf_avail(&typed)) {
        ready |= MP_STREAM_POLL_RD;
    }
    return ready;
}

int mp_hal_stdin_rx_chr(void) {
    for (;;) {
        int byte = ringbuf_get(&typed);
        if (byte >= 0) {
            return byte;
        }
        mp_event_wait_indefinite();
    }
}

mp_uint_t mp_hal_stdout_tx_strn(const char *text, size_t size) {
    for (size_t i = 0; i < size; ++i) {
        line_put(text[i]);
    }
    return size;
}
