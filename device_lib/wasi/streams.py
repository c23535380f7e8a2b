"""The standard streams of ``wasi_snapshot_preview1``.

They are the board's console: text, whose line ends the port translates, and which Ctrl-D ends.
"""

from .errno import BADF, FAULT, SPIPE, SUCCESS
from .table import PREVIEW1, READ, WRITE

TYPES = {
    "fd_close": "i>i",
    "fd_fdstat_get": "ii>i",
    "fd_prestat_dir_name": "iii>i",
    "fd_prestat_get": "ii>i",
    "fd_read": "iiii>i",
    "fd_seek": "iIii>i",
    "fd_tell": "ii>i",
    "fd_write": "iiii>i",
}

_CHUNK = 256  # bytes copied at a time between the guest and a stream


def readable(stream, timeout):
    """Whether a read of ``stream`` would not block, after at most ``timeout`` milliseconds."""
    from select import POLLIN, poll

    poller = poll()
    poller.register(stream, POLLIN)
    return bool(poller.poll(timeout))


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def fd_write(self, handle, vectors, count, out):
        table = self._table
        stream = table.get(handle, PREVIEW1, WRITE, "fd_write")
        if stream is None:
            return table.errno
        memory = table.memory
        written = 0
        try:
            memory.u32(out)
            table.inside(vectors, 8 * (count & 0xFFFFFFFF))
            for vector in range(vectors, vectors + 8 * count, 8):
                start = memory.u32(vector)
                end = start + memory.u32(vector + 4)
                table.inside(start, end - start)
                while start < end:
                    size = min(_CHUNK, end - start)
                    stream.write(memory.read(start, size))
                    start += size
                    written += size
        except IndexError:
            return FAULT
        return table.put(out, written)

    def fd_read(self, handle, vectors, count, out):
        """Wait for a byte, then take what is there, up to the end of a line."""
        table = self._table
        stream = table.get(handle, PREVIEW1, READ, "fd_read")
        if stream is None:
            return table.errno
        memory = table.memory
        byte = bytearray(1)
        taken = 0
        try:
            memory.u32(out)
            table.inside(vectors, 8 * (count & 0xFFFFFFFF))
            for vector in range(vectors, vectors + 8 * count, 8):
                start = memory.u32(vector)
                size = memory.u32(vector + 4)
                table.inside(start, size)
                for address in range(start, start + size):
                    if taken and not readable(stream, 0):
                        return table.put(out, taken)
                    if not stream.readinto(byte) or byte[0] == 4:
                        return table.put(out, taken)
                    memory.write(address, byte)
                    taken += 1
                    if byte[0] == 10:
                        return table.put(out, taken)
        except IndexError:
            return FAULT
        return table.put(out, taken)

    def fd_close(self, handle):
        return self._table.drop(handle)

    def fd_seek(self, handle, offset, whence, out):
        return self._position(handle, "fd_seek")

    def fd_tell(self, handle, out):
        return self._position(handle, "fd_tell")

    def fd_fdstat_get(self, handle, out):
        if self._table.get(handle, PREVIEW1, READ | WRITE, "fd_fdstat_get") is None:
            return self._table.errno
        stat = bytearray(24)
        stat[0] = 2  # a character device: with no right to seek, libc takes it for a terminal
        stat[8] = 64 if handle else 2  # the rights fd_write, fd_read
        stat[11] = 8  # and poll_fd_readwrite
        try:
            self._table.memory.write(out, stat)
        except IndexError:
            return FAULT
        return SUCCESS

    def fd_prestat_get(self, handle, out):
        return BADF

    def fd_prestat_dir_name(self, handle, path, size):
        return BADF

    def _position(self, handle, name):
        stream = self._table.get(handle, PREVIEW1, READ | WRITE, name)
        return self._table.errno if stream is None else SPIPE
