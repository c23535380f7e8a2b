// What the code for one machine gives to the code for all.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Microseconds since power-on. It must be called at least every 30 seconds.
uint64_t core_us(void);

// Sleeps until the line has a byte or so many microseconds are over, or less long.
void core_wait(uint32_t us);

// Presses the reset button.
void core_reset(void) __attribute__((noreturn));

void line_begin(void);
int line_get(void);  // a byte, or -1
void line_put(uint8_t byte);

// Files of the host, by semihosting. Results below 0 are failures.
int host_open(const char *name, bool writable);  // the file must exist
int host_read(int file, void *data, size_t size);
int host_write(int file, const void *data, size_t size);
int host_seek(int file, size_t position);
int host_size(int file);
void host_end(int status, const char *why) __attribute__((noreturn));
