/* Serial lines, opened by label. The interface is described in wit/uart.wit. */
#ifndef WASI_UART_H
#define WASI_UART_H

#include "wasi_import.h"

WASI_IMPORT("wasi_uart", "open")
wasi_errno_t wasi_uart_open(const char *label, size_t length, wasi_handle_t *out);

/* Take what has arrived, and store how many bytes; never waits. poll_oneoff does, with the handle as for fd_read. */
WASI_IMPORT("wasi_uart", "read")
wasi_errno_t wasi_uart_read(wasi_handle_t line, void *buffer, size_t size, size_t *out);
WASI_IMPORT("wasi_uart", "write")
wasi_errno_t wasi_uart_write(wasi_handle_t line, const void *data, size_t size, size_t *out);
WASI_IMPORT("wasi_uart", "available")
wasi_errno_t wasi_uart_available(wasi_handle_t line, size_t *out);

WASI_IMPORT("wasi_uart", "close")
wasi_errno_t wasi_uart_close(wasi_handle_t line);

#endif
