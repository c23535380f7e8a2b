"""Import module ``wasi_spi``: a chip on an SPI bus, after the wasi:spi proposal. Its chip select is the host's."""

from machine import Pin

from .buses import spi
from .errno import of as errno_of
from .rights import READ, WRITE
from .transfers import Transfers

TYPES = {
    "open": "iii>i",
    "read": "iii>i",
    "write": "iii>i",
    "transfer": "iiii>i",
    "transaction": "iii>i",
    "close": "i>i",
}

_SPI = "wasi_spi"
_OPERATION = "<Iiii"  # kind (0 read, 1 write, 2 transfer), bytes to send, buffer to receive, how many


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


OPENS = (("spi", READ | WRITE, Chip),)  # the grants that are opened here (Table.open)


class Functions(Transfers):
    """The functions of one instance."""

    def __init__(self, table):
        super().__init__(table, _SPI, _OPERATION, 3)

    def open(self, label, length, out):
        return self._table.open(_SPI, "open", OPENS[0], label, length, out)

    def read(self, handle, buffer, size):
        return self._transfer(handle, "read", ((0, 0, buffer, size),))

    def write(self, handle, data, size):
        return self._transfer(handle, "write", ((1, data, 0, size),))

    def transfer(self, handle, data, buffer, size):
        return self._transfer(handle, "transfer", ((2, data, buffer, size),))

    def transaction(self, handle, operations, count):
        """All operations while the chip is selected once."""
        return self._listed(handle, operations, count)

    def _allowed(self, chip):
        return True

    def _check(self, kind, data, buffer, size):
        if kind:
            self._table.inside(data, size)
        if kind != 1:
            self._table.inside(buffer, size)

    def _do(self, chip, parts):
        bus = chip.begin()
        try:
            for part in parts:
                self._exchange(bus, *part)
        finally:
            chip.end()

    def _failed(self, error):
        return errno_of(error)

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
