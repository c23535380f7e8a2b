"""Import module ``wasi_spi``: a chip on an SPI bus, after the wasi:spi proposal. Its chip select is the host's."""

from struct import unpack

from machine import Pin

from .buses import spi
from .errno import FAULT, INVAL, NOMEM, SUCCESS
from .errno import of as errno_of
from .table import READ, WRITE

TYPES = {
    "open": "iii>i",
    "read": "iii>i",
    "write": "iii>i",
    "transfer": "iiii>i",
    "transaction": "iii>i",
    "close": "i>i",
}

_SPI = "wasi_spi"
_OPERATION = 16  # bytes: kind (0 read, 1 write, 2 transfer), bytes to send, buffer to receive, how many
_MOST = 16  # operations of a transaction


class Chip:
    """An open chip: selected, low, during each call."""

    def __init__(self, grant):
        self._grant = grant
        self._select = Pin(grant[5], Pin.OUT, value=1)
        spi(grant)

    def begin(self):
        bus = spi(self._grant)
        self._select.value(0)
        return bus

    def end(self):
        self._select.value(1)

    def close(self):
        self._select.init(Pin.IN, None)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def open(self, label, length, out):
        return self._table.open(_SPI, "open", "spi", READ | WRITE, Chip, label, length, out)

    def read(self, handle, buffer, size):
        return self._transfer(handle, "read", ((0, 0, buffer, size),))

    def write(self, handle, data, size):
        return self._transfer(handle, "write", ((1, data, 0, size),))

    def transfer(self, handle, data, buffer, size):
        return self._transfer(handle, "transfer", ((2, data, buffer, size),))

    def transaction(self, handle, operations, count):
        """All operations while the chip is selected once."""
        table = self._table
        if table.get(handle, _SPI, READ, "transaction") is None:
            return table.errno
        if not 0 <= count <= _MOST:
            return INVAL
        try:
            table.inside(operations, _OPERATION * count)
        except IndexError:
            return FAULT
        at = operations
        parts = [unpack("<Iiii", table.memory.read(at + _OPERATION * i, _OPERATION)) for i in range(count)]
        if any(part[0] > 2 for part in parts):
            return INVAL
        return self._transfer(handle, "transaction", parts)

    def close(self, handle):
        return self._table.drop(handle, _SPI)

    def _transfer(self, handle, name, parts):
        table = self._table
        chip = table.get(handle, _SPI, READ, name)
        if chip is None:
            return table.errno
        try:
            for kind, data, buffer, size in parts:
                if kind:
                    table.inside(data, size)
                if kind != 1:
                    table.inside(buffer, size)
            bus = chip.begin()
            try:
                for part in parts:
                    self._exchange(bus, *part)
            finally:
                chip.end()
        except IndexError:
            return FAULT
        except MemoryError:
            return NOMEM
        except OSError as error:
            return errno_of(error)
        return SUCCESS

    def _exchange(self, bus, kind, data, buffer, size):
        memory = self._table.memory
        if kind == 1:
            bus.write(memory.read(data, size))
            return
        received = bytearray(size)
        if kind:
            bus.write_readinto(memory.read(data, size), received)
        else:
            bus.readinto(received)
        memory.write(buffer, received)
