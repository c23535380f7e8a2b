/* Maker and type of the memory chip that its grants call "flash", three bytes; what is below 0 is an errno. */

#include "wasi_spi.h"

__attribute__((export_name("id"))) int32_t id(void)
{
    uint8_t command = 0x9f; /* read identification */
    uint8_t answer[3];
    const wasi_spi_operation_t list[] = {
        {.kind = 1, .data = &command, .size = 1},
        {.kind = 0, .buffer = answer, .size = sizeof answer},
    };
    wasi_handle_t flash;
    wasi_errno_t errno = wasi_spi_open("flash", 5, &flash);

    if (errno)
        return -errno;
    errno = wasi_spi_transaction(flash, list, 2);
    wasi_spi_close(flash);
    return errno ? -errno : answer[0] << 16 | answer[1] << 8 | answer[2];
}
