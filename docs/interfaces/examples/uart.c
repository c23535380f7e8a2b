/* Sends "AT" on the line that its grants call "modem", waits, and returns how many bytes came; below 0 is an errno. */

#include "wasi_time.h"
#include "wasi_uart.h"

__attribute__((export_name("ask"))) int32_t ask(void)
{
    char answer[32];
    size_t moved;
    wasi_handle_t modem;
    wasi_errno_t errno = wasi_uart_open("modem", 5, &modem);

    if (errno)
        return -errno;
    if (!(errno = wasi_uart_write(modem, "AT\r\n", 4, &moved)) && !(errno = wasi_sleep_ms(50)))
        errno = wasi_uart_read(modem, answer, sizeof answer, &moved);
    wasi_uart_close(modem);
    return errno ? -errno : (int32_t)moved;
}
