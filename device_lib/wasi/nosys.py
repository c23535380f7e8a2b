"""The functions of ``wasi_snapshot_preview1`` that a board can't have: sockets and signals.

They link, so that whatever a toolchain puts into a module loads, and answer with an errno.
"""

from .errno import BADF, NOSYS, NOTSOCK

TYPES = {
    "proc_raise": "i>i",
    "sock_accept": "iii>i",
    "sock_recv": "iiiiii>i",
    "sock_send": "iiiii>i",
    "sock_shutdown": "ii>i",
}


class Functions:
    """The functions of one instance. No handle is that of a socket."""

    def __init__(self, table):
        self._table = table

    def proc_raise(self, signal):
        return NOSYS

    def sock_shutdown(self, handle, how):
        return NOTSOCK if self._table.entry(handle) else BADF

    def sock_accept(self, handle, *_):
        return self.sock_shutdown(handle, 0)

    sock_recv = sock_send = sock_accept
