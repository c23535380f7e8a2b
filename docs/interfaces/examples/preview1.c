/* Adds a line to a file, says so, and returns how many bytes the file has; what is below 0 is an errno. */

#include "wasi_file.h"

static wasi_errno_t write(wasi_handle_t file, const char *text, size_t length)
{
    wasi_vector_t vector = {text, length};
    size_t written;

    return wasi_fd_write(file, &vector, 1, &written);
}

__attribute__((export_name("note"))) int32_t note(void)
{
    static char bytes[256];
    wasi_vector_t room = {bytes, sizeof bytes};
    wasi_handle_t log, again;
    size_t size;
    wasi_errno_t errno;

    if ((errno = wasi_path_open(WASI_FIRST_FOLDER, 0, "log.txt", 7, WASI_CREATE,
                                WASI_RIGHTS_READ | WASI_RIGHTS_WRITE, 0, WASI_APPEND, &log)))
        return -errno;
    errno = write(log, "here\n", 5);
    wasi_fd_close(log);
    if (errno || (errno = write(WASI_STDOUT, "noted\n", 6)))
        return -errno;
    if ((errno = wasi_path_open(WASI_FIRST_FOLDER, 0, "log.txt", 7, 0, WASI_RIGHTS_READ, 0, 0, &again)))
        return -errno;
    errno = wasi_fd_read(again, &room, 1, &size);
    wasi_fd_close(again);
    return errno ? -errno : (int32_t)size;
}
