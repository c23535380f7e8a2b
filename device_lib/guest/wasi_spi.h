/* A chip on an SPI bus, opened by label. The interface is described in wit/spi.wit. */
#ifndef WASI_SPI_H
#define WASI_SPI_H

#include "wasi_import.h"

typedef struct {
    uint32_t kind; /* 0 read, 1 write, 2 both at once */
    const void *data;
    void *buffer;
    size_t size;
} wasi_spi_operation_t;

WASI_IMPORT("wasi_spi", "open")
wasi_errno_t wasi_spi_open(const char *label, size_t length, wasi_handle_t *out);

/* The chip is selected during each call. */
WASI_IMPORT("wasi_spi", "read")
wasi_errno_t wasi_spi_read(wasi_handle_t chip, void *buffer, size_t size);
WASI_IMPORT("wasi_spi", "write")
wasi_errno_t wasi_spi_write(wasi_handle_t chip, const void *data, size_t size);
WASI_IMPORT("wasi_spi", "transfer")
wasi_errno_t wasi_spi_transfer(wasi_handle_t chip, const void *data, void *buffer, size_t size);

/* Up to 16 operations while the chip is selected once. */
WASI_IMPORT("wasi_spi", "transaction")
wasi_errno_t wasi_spi_transaction(wasi_handle_t chip, const wasi_spi_operation_t *list, size_t count);

WASI_IMPORT("wasi_spi", "close")
wasi_errno_t wasi_spi_close(wasi_handle_t chip);

#endif
