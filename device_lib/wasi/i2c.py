"""Import module ``wasi_i2c``: chips on an I2C bus, after wasi:i2c. The grant lists their addresses."""

from struct import unpack

from .buses import i2c
from .errno import FAULT, INVAL, NOMEM, NXIO, SUCCESS
from .errno import of as errno_of
from .table import READ, WRITE

TYPES = {
    "open": "iii>i",
    "read": "iiii>i",
    "write": "iiii>i",
    "write_read": "iiiiii>i",
    "transaction": "iiii>i",
    "close": "i>i",
}

_I2C = "wasi_i2c"
_OPERATION = 12  # bytes: kind (0 read, 1 write), address of the bytes, how many
_MOST = 16  # operations of a transaction
_NO_DEVICE = (5, 19, 110)  # what ports raise when nobody acknowledges


class Bus:
    """An open bus, for the addresses that are granted."""

    def __init__(self, grant):
        self.addresses = grant[5]
        self.bus = i2c(grant)

    def close(self):
        """The bus itself stays: others may use it."""


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def open(self, label, length, out):
        return self._table.open(_I2C, "open", "i2c", READ | WRITE, Bus, label, length, out)

    def read(self, handle, address, buffer, size):
        return self._transfer(handle, "read", address, ((0, buffer, size),))

    def write(self, handle, address, data, size):
        return self._transfer(handle, "write", address, ((1, data, size),))

    def write_read(self, handle, address, data, size, buffer, room):
        return self._transfer(handle, "write_read", address, ((1, data, size), (0, buffer, room)))

    def transaction(self, handle, address, operations, count):
        """All operations with repeated starts in between, and one stop."""
        table = self._table
        if table.get(handle, _I2C, READ, "transaction") is None:
            return table.errno
        if not 0 <= count <= _MOST:
            return INVAL
        try:
            table.inside(operations, _OPERATION * count)
        except IndexError:
            return FAULT
        parts = [unpack("<Iii", table.memory.read(operations + _OPERATION * i, _OPERATION)) for i in range(count)]
        if any(kind > 1 for kind, _, _ in parts):
            return INVAL
        return self._transfer(handle, "transaction", address, parts)

    def close(self, handle):
        return self._table.drop(handle, _I2C)

    def _transfer(self, handle, name, address, parts):
        table = self._table
        bus = table.get(handle, _I2C, READ, name)
        if bus is None:
            return table.errno
        if address not in bus.addresses:
            return table.deny(name, _I2C)
        memory = table.memory
        try:
            for _, start, size in parts:
                table.inside(start, size)
            last = len(parts) - 1
            for i, (kind, start, size) in enumerate(parts):
                if kind:
                    bus.bus.writeto(address, memory.read(start, size), i == last)
                elif size:
                    memory.write(start, bus.bus.readfrom(address, size, i == last))
        except IndexError:
            return FAULT
        except MemoryError:
            return NOMEM
        except OSError as error:
            return NXIO if error.args[0] in _NO_DEVICE else errno_of(error)
        return SUCCESS
