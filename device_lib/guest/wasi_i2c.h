/* Chips on an I2C bus, opened by label. The interface is described in wit/i2c.wit. */
#ifndef WASI_I2C_H
#define WASI_I2C_H

#include "wasi_import.h"

typedef struct {
    uint32_t kind; /* 0 read, 1 write */
    void *data;
    size_t size;
} wasi_i2c_operation_t;

WASI_IMPORT("wasi_i2c", "open")
wasi_errno_t wasi_i2c_open(const char *label, size_t length, wasi_handle_t *out);

/* WASI_NOTCAPABLE: the grant doesn't list this address; WASI_NXIO: nobody answers there. */
WASI_IMPORT("wasi_i2c", "read")
wasi_errno_t wasi_i2c_read(wasi_handle_t bus, uint32_t address, void *buffer, size_t size);
WASI_IMPORT("wasi_i2c", "write")
wasi_errno_t wasi_i2c_write(wasi_handle_t bus, uint32_t address, const void *data, size_t size);

/* Write, then read after a repeated start: how registers are read. */
WASI_IMPORT("wasi_i2c", "write_read")
wasi_errno_t wasi_i2c_write_read(wasi_handle_t bus, uint32_t address, const void *data, size_t size, void *buffer,
                                 size_t room);

/* Up to 16 operations with repeated starts in between and one stop at the end. */
WASI_IMPORT("wasi_i2c", "transaction")
wasi_errno_t wasi_i2c_transaction(wasi_handle_t bus, uint32_t address, const wasi_i2c_operation_t *list, size_t count);

WASI_IMPORT("wasi_i2c", "close")
wasi_errno_t wasi_i2c_close(wasi_handle_t bus);

#endif
