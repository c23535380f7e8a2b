// What the board has of the computer that emulates it, by files in the folder in which qemu runs.

#include <stdbool.h>
#include <stddef.h>

// Tells the host that MicroPython begins: pins, timers and interrupts of the run before it are gone.
void host_booted(void);

// Runs the handler of events soon if there are new ones.
void host_look(void);

// Whether a handler waits for events.
bool host_has_events(void);

// Takes what was typed, at most so many bytes; how many there were.
size_t host_typed(void *data, size_t most);

// How many bytes of heap the board has.
size_t host_heap(void);

// How many bytes of RAM it has for native code, a multiple of 4; none where code lies in the heap.
size_t host_executable(void);

void host_random(void *data, size_t size);
