"""Import module ``wasi_i2c``: chips on an I2C bus, after wasi:i2c. The grant lists their addresses."""

from .buses import i2c
from .errno import NXIO
from .errno import of as errno_of
from .rights import READ, WRITE
from .transfers import Transfers

TYPES = {
    "open": "iii>i",
    "read": "iiii>i",
    "write": "iiii>i",
    "write_read": "iiiiii>i",
    "transaction": "iiii>i",
    "close": "i>i",
}

_I2C = "wasi_i2c"
_OPERATION = "<Iii"  # kind (0 read, 1 write), address of the bytes, how many
_NO_DEVICE = (5, 19, 110)  # what ports raise when nobody acknowledges


class Bus:
    """An open bus, for the addresses that are granted."""

    def __init__(self, grant):
        self.addresses = grant[5]
        self.bus = i2c(grant)

    def close(self):
        """The bus itself stays: others may use it."""


OPENS = (("i2c", READ | WRITE, Bus),)  # the grants that are opened here (Table.open)


class Functions(Transfers):
    """The functions of one instance."""

    def __init__(self, table):
        super().__init__(table, _I2C, _OPERATION, 2)

    def open(self, label, length, out):
        return self._table.open(_I2C, "open", OPENS[0], label, length, out)

    def read(self, handle, address, buffer, size):
        return self._transfer(handle, "read", ((0, buffer, size),), address)

    def write(self, handle, address, data, size):
        return self._transfer(handle, "write", ((1, data, size),), address)

    def write_read(self, handle, address, data, size, buffer, room):
        return self._transfer(handle, "write_read", ((1, data, size), (0, buffer, room)), address)

    def transaction(self, handle, address, operations, count):
        """All operations with repeated starts in between, and one stop."""
        return self._listed(handle, operations, count, address)

    def _allowed(self, bus, address):
        return address in bus.addresses

    def _check(self, kind, start, size):
        self._table.inside(start, size)

    def _do(self, bus, parts, address):
        memory = self._table.memory
        last = len(parts) - 1
        for i, (kind, start, size) in enumerate(parts):
            if kind:
                bus.bus.writeto(address, memory.read(start, size), i == last)
            elif size:
                memory.write(start, bus.bus.readfrom(address, size, i == last))

    def _failed(self, error):
        return NXIO if error.args[0] in _NO_DEVICE else errno_of(error)
