/* Files and the console, for modules without a libc: the functions of WASI preview 1 that most need. */
#ifndef WASI_FILE_H
#define WASI_FILE_H

#include "wasi_import.h"

enum {
    WASI_STDIN = 0,
    WASI_STDOUT = 1,
    WASI_STDERR = 2,
    WASI_FIRST_FOLDER = 3, /* folders that are granted have the handles from here on, in the order of their labels */
};

enum { WASI_CREATE = 1, WASI_EXCLUSIVE = 4, WASI_TRUNCATE = 8 }; /* how a file is opened */
enum { WASI_APPEND = 1 };                                        /* its flags */

#define WASI_RIGHTS_READ 0x082000bfull  /* and no more of them than the folder's grant gives */
#define WASI_RIGHTS_WRITE 0x00400140ull /* with those to read */

typedef struct {
    const void *data;
    size_t size;
} wasi_vector_t;

/* `path` is relative to a folder's handle. WASI_NOTCAPABLE: it leads out of the folder, or that is read-only. */
WASI_IMPORT("wasi_snapshot_preview1", "path_open")
wasi_errno_t wasi_path_open(wasi_handle_t folder, uint32_t lookup, const char *path, size_t length, uint32_t how,
                            uint64_t rights, uint64_t inheriting, uint32_t flags, wasi_handle_t *out);
WASI_IMPORT("wasi_snapshot_preview1", "fd_write")
wasi_errno_t wasi_fd_write(wasi_handle_t file, const wasi_vector_t *vectors, size_t count, size_t *written);
WASI_IMPORT("wasi_snapshot_preview1", "fd_read")
wasi_errno_t wasi_fd_read(wasi_handle_t file, const wasi_vector_t *vectors, size_t count, size_t *taken);
WASI_IMPORT("wasi_snapshot_preview1", "fd_close")
wasi_errno_t wasi_fd_close(wasi_handle_t file);

#endif
