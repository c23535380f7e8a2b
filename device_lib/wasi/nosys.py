"""The functions of ``wasi_snapshot_preview1`` that a board without files and sockets can't have.

They link, so that whatever a toolchain puts into a module loads, and answer with an errno.
"""

from .errno import BADF, NOSYS

TYPES = {
    "fd_advise": "iIIi>i",
    "fd_allocate": "iII>i",
    "fd_datasync": "i>i",
    "fd_fdstat_set_flags": "ii>i",
    "fd_fdstat_set_rights": "iII>i",
    "fd_filestat_get": "ii>i",
    "fd_filestat_set_size": "iI>i",
    "fd_filestat_set_times": "iIIi>i",
    "fd_pread": "iiiIi>i",
    "fd_pwrite": "iiiIi>i",
    "fd_readdir": "iiiIi>i",
    "fd_renumber": "ii>i",
    "fd_sync": "i>i",
    "path_create_directory": "iii>i",
    "path_filestat_get": "iiiii>i",
    "path_filestat_set_times": "iiiiIIi>i",
    "path_link": "iiiiiii>i",
    "path_open": "iiiiiIIii>i",
    "path_readlink": "iiiiii>i",
    "path_remove_directory": "iii>i",
    "path_rename": "iiiiii>i",
    "path_symlink": "iiiii>i",
    "path_unlink_file": "iii>i",
    "proc_raise": "i>i",
    "sock_accept": "iii>i",
    "sock_recv": "iiiiii>i",
    "sock_send": "iiiii>i",
    "sock_shutdown": "ii>i",
}


class Functions:
    """The functions of one instance. Nothing is preopened, so no handle is right for a path or a socket."""

    def __init__(self, table):
        pass

    def __getattr__(self, name):
        errno = BADF if name.startswith("path_") or name.startswith("sock_") else NOSYS
        return lambda *_: errno
