/* Reads a register of the chip at 0x50 on the bus that its grants call "i2c0"; what is below 0 is an errno. */

#include "wasi_i2c.h"

#define CHIP 0x50

__attribute__((export_name("byte_at"))) int32_t byte_at(uint32_t number)
{
    const uint8_t select = (uint8_t)number;
    uint8_t value;
    wasi_handle_t bus;
    wasi_errno_t errno = wasi_i2c_open("i2c0", 4, &bus);

    if (errno)
        return -errno;
    errno = wasi_i2c_write_read(bus, CHIP, &select, 1, &value, 1);
    wasi_i2c_close(bus);
    return errno ? -errno : value;
}
