"""Values between Python and cells: i32 and i64 are signed ints, f32 and f64 floats, references objects.

Types are the numbers of their letters (``I32`` and so on of core), function types bytes such as ``b"ii>i"``.
"""

import struct
from array import array

from .core import F32, F64, FUNCREF, I32, I64

_hosts = []  # what an externref stands for; the reference is the place in the list + 1


def width(letter):
    """How many cells a value of a type takes."""
    return 2 if letter == I64 or letter == F64 else 1


def cells_of(letters):
    return sum([width(letter) for letter in letters])


def put(cells, at, letter, value):
    """Writes a Python value to the cell ``at``. Raises TypeError where it does not fit the type."""
    if letter == I32:
        cells[at] = value & 0xFFFFFFFF
    elif letter == I64:
        cells[at] = value & 0xFFFFFFFF
        cells[at + 1] = value >> 32 & 0xFFFFFFFF
    elif letter == F32 or letter == F64:
        struct.pack_into("<f" if letter == F32 else "<d", cells, 4 * at, value)
    elif value is None:
        cells[at] = 0
    elif letter == FUNCREF:
        cells[at] = value.reference
    else:
        cells[at] = _host_reference(value)


def get(instance, cells, at, letter):
    """The Python value in the cell ``at``."""
    value = cells[at]
    if letter == I32:
        return value - 0x100000000 if value & 0x80000000 else value
    if letter == I64:
        high = cells[at + 1]
        return (high - 0x100000000 if high & 0x80000000 else high) << 32 | value
    if letter == F32 or letter == F64:
        return struct.unpack_from("<f" if letter == F32 else "<d", cells, 4 * at)[0]
    if value == 0:
        return None
    return instance.function(value) if letter == FUNCREF else _hosts[value - 1]


def _host_reference(value):
    for i, other in enumerate(_hosts):
        if other is value:
            return i + 1
    _hosts.append(value)
    return len(_hosts)


class Global:
    """A global (spec section 4.2.9): of a module, or the host's own to import. ``value`` is its Python value.

    ``type`` is a letter (``"i"``, ``"I"``, ``"f"``, ``"F"``, ``"p"``, ``"q"``), ``letter`` that as a number.
    """

    def __init__(self, type, value=0, mutable=False, instance=None, at=0):
        """Of an instance it is what is in the cell ``at``, of the host it is ``value``."""
        self.letter = ord(type)
        self.mutable = mutable
        self.instance = instance
        self.at = at
        if instance is not None:
            self.cells = instance.cells
        else:
            self.cells = array("I", (0, 0))
            put(self.cells, 0, self.letter, value)

    @property
    def value(self):
        return get(self.instance, self.cells, self.at, self.letter)

    @value.setter
    def value(self, value):
        if not self.mutable:
            raise ValueError("global is immutable")
        put(self.cells, self.at, self.letter, value)


class Function:
    """A function of an instance, to be called with Python values."""

    def __init__(self, instance, index):
        self.instance = instance
        self.index = index

    @property
    def signature(self):
        """Its type, such as ``"ii>i"``."""
        return str(self.instance.signature(self.index), "utf-8")

    @property
    def reference(self):
        return self.instance.reference(self.index)

    def __call__(self, *args):
        return self.instance.call(self.index, args)

    def bits(self, *args):
        """The same call with floats as the integers of their bits, exact on boards of single precision too."""
        return self.instance.call(self.index, args, True)
