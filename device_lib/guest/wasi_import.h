/* How the headers beside this one declare imports, and the errnos that those return.
 *
 * All are for C99 and later, with or without a libc. */
#ifndef WASI_IMPORT_H
#define WASI_IMPORT_H

#include <stddef.h>
#include <stdint.h>

#define WASI_IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

/* What a host function returns: 0, or why not. The numbers are those of WASI preview 1. */
typedef int32_t wasi_errno_t;

enum {
    WASI_SUCCESS = 0,
    WASI_BADF = 8,        /* no such handle, or one of another interface */
    WASI_BUSY = 10,       /* held already, by this module or another one */
    WASI_FAULT = 21,      /* a pointer that leads out of memory */
    WASI_INVAL = 28,      /* an argument that has no meaning */
    WASI_IO = 29,         /* the hardware failed */
    WASI_MFILE = 33,      /* no handle is left */
    WASI_NODEV = 43,      /* granted, but the board has no such pin or channel */
    WASI_NOSYS = 52,      /* a function that a board can't have */
    WASI_NXIO = 60,       /* nobody answers at that address */
    WASI_NOTCAPABLE = 76, /* not granted */
};

/* An open resource. Negative is none. */
typedef int32_t wasi_handle_t;

#endif
