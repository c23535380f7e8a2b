"""Reading, writing and closing descriptors of ``wasi_snapshot_preview1``: standard streams, and files.

The streams are the board's console: text, whose line ends the port translates, and which Ctrl-D ends.
"""

import sys

from micropython import const

from .errno import BADF, FAULT, INVAL, SPIPE, SUCCESS
from .errno import of as errno_of
from .rights import PREVIEW1

TYPES = {
    "fd_close": "i>i",
    "fd_fdstat_get": "ii>i",
    "fd_read": "iiii>i",
    "fd_seek": "iIii>i",
    "fd_tell": "ii>i",
    "fd_write": "iiii>i",
}

WAITS = ("fd_read",)

FD_READ = const(1 << 1)  # rights, by the bits of WASI
FD_SEEK = const(1 << 2)
FD_TELL = const(1 << 5)
FD_WRITE = const(1 << 6)

driven = None
if getattr(sys.modules.get("wasm"), "driven", False):
    from . import driven

_CHUNK = const(256)  # bytes copied at a time between the guest and a stream


class Rate:
    """Holds a guest's output to ``limit`` bytes a second, of which it may save up one second's."""

    def __init__(self, limit):
        from .clock import monotonic

        self._limit = limit
        self._clock = monotonic
        self._saved = limit
        self._last = monotonic()

    def wait(self, size):
        """Sleep until ``size`` bytes, at most a second's, may go out."""
        from .poll import sleep_until

        now = self._clock()
        self._saved = min(self._limit, self._saved + (now - self._last) * self._limit // 1000000) - size
        self._last = now
        if self._saved < 0:
            sleep_until(now + -self._saved * 1000000 // self._limit)


class _Awaited:
    """A Wait (wasm/wait.py) for what is typed."""

    def __init__(self, console, functions, arguments):
        self.ready = console.ready
        self._functions = functions
        self._arguments = arguments

    def left(self):
        return None

    def finish(self):
        return self._functions.fd_read(*self._arguments)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table
        self._chunk = _CHUNK
        self._rate = None
        if table.output is not None:
            self._rate = Rate(table.output)
            self._chunk = min(_CHUNK, table.output)

    def fd_write(self, handle, vectors, count, out):
        table = self._table
        entry = self._entry(handle, FD_WRITE, "fd_write")
        if entry is None:
            return table.errno
        write = entry[2].write
        if driven and (entry[2] is sys.stdout or entry[2] is sys.stderr):
            write = driven.write
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
                    size = min(self._chunk, end - start)
                    if self._rate and entry[3] is None:
                        self._rate.wait(size)
                    taken = write(memory.read(start, size))
                    if taken is not None and taken < size:
                        return table.put(out, written + taken)
                    start += size
                    written += size
        except IndexError:
            return FAULT
        except OSError as error:
            if not written:
                return errno_of(error)
        return table.put(out, written)

    def fd_read(self, handle, vectors, count, out):
        """Fill the buffers from a file; from the console wait for a byte, and end with a line."""
        table = self._table
        entry = self._entry(handle, FD_READ, "fd_read")
        if entry is None:
            return table.errno
        take = self._line if entry[3] is None else self._fill
        memory = table.memory
        taken = 0
        try:
            memory.u32(out)
            table.inside(vectors, 8 * (count & 0xFFFFFFFF))
            for vector in range(vectors, vectors + 8 * count, 8):
                start = memory.u32(vector)
                size = memory.u32(vector + 4)
                table.inside(start, size)
                more, done = take(entry[2], start, size, taken)
                taken += more
                if done:
                    break
        except IndexError:
            return FAULT
        except OSError as error:
            return errno_of(error)
        return table.put(out, taken)

    def begin_fd_read(self, handle, vectors, count, out):
        """The same for a task, as a Wait where nothing was typed yet."""
        entry = self._table.entry(handle)
        if entry is not None and entry[0] == PREVIEW1 and entry[2] is sys.stdin and entry[1] & FD_READ:
            from .input import console

            if not console.ready():
                return _Awaited(console, self, (handle, vectors, count, out))
        return self.fd_read(handle, vectors, count, out)

    def _fill(self, file, start, size, _):
        """Read up to ``size`` bytes of a file to an address: how many, and whether that is all."""
        for at in range(start, start + size, _CHUNK):
            wanted = min(_CHUNK, start + size - at)
            data = file.read(wanted)
            self._table.memory.write(at, data)
            if len(data) < wanted:
                return at - start + len(data), True
        return size, False

    def _line(self, source, start, size, before):
        """The same of the console, or of what was given in its place, where ``before`` bytes were read already."""
        if source is not sys.stdin:
            if before or not size:
                return 0, before > 0
            data = source.read(size)
            self._table.memory.write(start, data)
            return len(data), True
        from .input import console

        if not size or (before and not console.ready()):
            return 0, size > 0
        data = console.read(size)
        self._table.memory.write(start, data)
        return len(data), len(data) < size or data[-1] == 10

    def fd_close(self, handle):
        return self._table.drop(handle)

    def fd_seek(self, handle, offset, whence, out):
        entry = self._entry(handle, 0, "fd_seek")
        if entry is None:
            return self._table.errno
        if entry[3] is None:
            return SPIPE
        right = FD_SEEK if offset or whence != 1 else FD_SEEK | FD_TELL
        if not entry[1] & right:
            return self._table.deny("fd_seek")
        if not 0 <= whence <= 2:
            return INVAL
        file = entry[2]
        try:
            at = (0, file.at, file.size())[whence] + offset
            if not 0 <= at <= 0x3FFFFFFF:
                return INVAL
            self._table.memory.set_u64(out, at)
        except IndexError:
            return FAULT
        except OSError as error:
            return errno_of(error)
        file.at = at
        return SUCCESS

    def fd_tell(self, handle, out):
        return self.fd_seek(handle, 0, 1, out)

    def fd_fdstat_get(self, handle, out):
        entry = self._table.entry(handle)
        if entry is None or entry[0] != PREVIEW1:
            return BADF
        stat = bytearray(24)
        stat[0] = 2  # a character device: with no right to seek, libc takes it for a terminal
        if entry[3] is not None:
            stat[0] = entry[2].kind
            stat[2] = entry[2].flags
            stat[16:20] = entry[2].inheriting.to_bytes(4, "little")
        stat[8:12] = entry[1].to_bytes(4, "little")
        try:
            self._table.memory.write(out, stat)
        except IndexError:
            return FAULT
        return SUCCESS

    def _entry(self, handle, right, name):
        """What the table holds of a stream or a file; None with the table's ``errno`` if refused."""
        table = self._table
        entry = table.entry(handle)
        if entry is None or entry[0] != PREVIEW1 or getattr(entry[2], "kind", 0) == 3:
            table.errno = BADF
        elif right and not entry[1] & right:
            table.errno = table.deny(name)
        else:
            return entry
        return None
