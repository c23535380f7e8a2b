/* The end of a program, for modules without a libc. */
#ifndef WASI_PROCESS_H
#define WASI_PROCESS_H

#include "wasi_import.h"

/* End with an exit code, 0 for success: `wasmdev run` passes it on. */
WASI_IMPORT("wasi_snapshot_preview1", "proc_exit")
_Noreturn void wasi_proc_exit(uint32_t code);

#endif
