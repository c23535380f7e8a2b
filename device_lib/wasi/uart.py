"""Import module ``wasi_uart``: a serial line. ``poll_oneoff`` waits for its input: its handle, as for fd_read."""

from machine import UART, Pin

from .errno import FAULT, NOMEM
from .errno import of as errno_of
from .rights import READ, WRITE

TYPES = {"open": "iii>i", "read": "iiii>i", "write": "iiii>i", "available": "ii>i", "close": "i>i"}

_UART = "wasi_uart"


class Line:
    """An open line: ``(kind, number, tx, rx, baud)``, 8 bits, no parity, one stop bit."""

    def __init__(self, grant):
        _, number, tx, rx, baud = grant
        self.uart = UART(number, baudrate=baud, tx=Pin(tx), rx=Pin(rx))
        self.ready = self.uart.any

    def close(self):
        self.uart.deinit()


OPENS = (("uart", READ | WRITE, Line),)  # the grants that are opened here (Table.open)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def open(self, label, length, out):
        return self._table.open(_UART, "open", OPENS[0], label, length, out)

    def read(self, handle, buffer, size, out):
        """Take what has arrived, at most ``size`` bytes, and store how many; never waits."""
        return self._move(handle, READ, "read", self._receive, buffer, size, out)

    def write(self, handle, data, size, out):
        """Send ``size`` bytes and store how many were taken."""
        return self._move(handle, WRITE, "write", self._send, data, size, out)

    def _move(self, handle, right, name, move, address, size, out):
        table = self._table
        line = table.get(handle, _UART, right, name)
        if line is None:
            return table.errno
        try:
            table.memory.u32(out)
            table.inside(address, size)
            moved = move(line.uart, address, size) if size else 0
        except IndexError:
            return FAULT
        except MemoryError:
            return NOMEM
        except OSError as error:
            return errno_of(error)
        return table.put(out, moved or 0)

    def _receive(self, uart, address, size):
        data = uart.read(min(size, uart.any())) or b""
        self._table.memory.write(address, data)
        return len(data)

    def _send(self, uart, address, size):
        return uart.write(self._table.memory.read(address, size))

    def available(self, handle, out):
        """Store how many bytes have arrived."""
        line = self._table.get(handle, _UART, READ, "available")
        return self._table.errno if line is None else self._table.put(out, line.uart.any())

    def close(self, handle):
        return self._table.drop(handle, _UART)
