"""Reads images (the format: wasmc/image/file.py)."""

import struct
from array import array

from micropython import const

from .core import EXPORT_RECORD, HEADER_RECORD, NEEDS_NATIVE, QUICK_KIND, VERSION, place
from .errors import ImageError

# Places in the header.
_VERSION = const(1)
_GROUPS = const(2)
_DIGEST = const(3)
_OFFSETS = const(4)
_TYPES = const(5)
_KINDS = const(6)
_GLOBALS = const(7)
_EXPORTS = const(8)
_KEPT = const(9)
_NUMBERS = const(10)
_NAMES = const(11)
_DATA = const(12)
_MAP = const(13)
_STOPS = const(14)

_CUT = "image is cut short: flash the module again"

# In EXPORT_RECORD: where the size of the name is, and the name itself.
_SIZE = const(5)
_NAME = const(7)


class Image:
    """An image in a buffer (bytes), or in a file (a path) of which only what runs is brought to RAM.

    Not even that is where the file's memory can be had, as in ROMFS, and begins at a word: it runs in place.

    ``code`` is all that stays, with the code at its beginning and the functions' offsets at ``offsets``. Until
    ``close`` there are ``numbers`` (an iterator), ``names`` (bytes) and ``read``, for the bytes of the data
    segments. Types are bytes such as ``b"ii>i"``: to make a str MicroPython looks through all names it knows.
    """

    native = None  # native code for the functions that are stubs (native.py)
    stops = False  # whether that can stop at a turn of a loop

    def __init__(self, source):
        self.source = source
        self._input = file = _opened(source)
        try:
            self._head = head = struct.unpack(HEADER_RECORD, file.read(struct.calcsize(HEADER_RECORD)))
        except ValueError:
            head = (b"",)
        if head[0] != b"WIMG":
            raise ImageError("not an image: flash the module with wasmdev")
        if head[_VERSION] != VERSION:
            raise ImageError(
                "image version %d, this runtime reads %d: flash the module again" % (head[_VERSION], VERSION)
            )
        self.code = code = _words(file.read(head[_KEPT]))
        numbers = file.read(head[_NUMBERS])
        names = file.read(head[_NAMES])
        if len(numbers) != head[_NUMBERS] or len(names) != head[_NAMES]:
            raise ImageError(_CUT)
        if not isinstance(numbers, bytes):
            numbers, names = bytes(numbers), bytes(names)
        self.numbers = iter(array("I", numbers))
        self.names = names
        self.offsets = head[_OFFSETS]
        self.types = bytes(code[head[_TYPES] : head[_KINDS]]).split(b" ")
        if head[_GROUPS] & NEEDS_NATIVE:
            from .native import attach

            attach(self, head[_DIGEST])

    def needs(self):
        """How many functions it has, imports among them, how many globals that are no imports, and the groups of
        kernels that it needs, a bit each."""
        head = self._head
        return (head[_TYPES] - head[_OFFSETS]) >> 2, head[_EXPORTS] - head[_GLOBALS], head[_GROUPS]

    def read(self, size):
        """The next bytes of the data segments: a view of a buffer, a copy from a file."""
        data = self._input.read(size)
        if len(data) != size:
            raise ImageError(_CUT)
        return data

    def skip(self, size):
        """Passes by the next bytes of the data segments."""
        self._input.seek(size, 1)

    def close(self):
        """All but what stays has been read."""
        self._input.close()
        self.numbers = self.names = None

    def offset(self, index):
        """Where the code of a function begins; 0 for an import."""
        return struct.unpack_from("<I", self.code, self.offsets + 4 * index)[0]

    def type(self, code_offset):
        """The number of the type of the function whose code begins there."""
        return struct.unpack_from("<H", self.code, code_offset + 6)[0]

    def direct(self, number):
        """How functions of a type are entered from Python with their arguments as they are: 2 for each i32 that
        they take, and 1 for one that they return. Negative, or 8 and more, where they aren't (isa.kind)."""
        return self.code[self._head[_KINDS] + number] - QUICK_KIND

    def own_global(self, index):
        """The byte of a global that is no import: its type's letter and MUTABLE."""
        return self.code[self._head[_GLOBALS] + index]

    def exports(self):
        """Yields ``(name, kind, index)``."""
        code = self.code
        at = self._head[_EXPORTS]
        while at < len(code):
            kind, index, size = struct.unpack_from(EXPORT_RECORD, code, at)
            start = at + _NAME
            at = start + size
            yield str(code[start:at], "utf-8"), kind, index

    def find(self, name):
        """``(kind, index)`` of an export, or None."""
        name = name.encode()
        code = self.code
        at = self._head[_EXPORTS]
        if not isinstance(code, bytes):
            code = bytes(code[at:])
            at = 0
        there = code.find(name, at)
        while 0 <= there < len(code):  # an empty name is found behind the end, too
            while at + _NAME < there:
                at += _NAME + (code[at + _SIZE] | code[at + _SIZE + 1] << 8)
            if at + _NAME == there and code[at + _SIZE] | code[at + _SIZE + 1] << 8 == len(name):
                return struct.unpack_from(EXPORT_RECORD, code, at)[:2]
            there = code.find(name, there + 1)
        return None

    def origin(self, pc):
        """The offset in the module of the last instruction up to ``pc`` that is on the map, 0 if that is gone."""
        code = module = 0
        numbers = iter(self._map())
        try:
            while True:
                code += next(numbers)
                if code > pc >> 2:
                    return module
                step = next(numbers)
                module += -(step + 1 >> 1) if step & 1 else step >> 1
        except StopIteration:
            return module

    def part(self, part=_STOPS):
        """What it was read from, opened where one of the parts that are read later begins, and the part's size.

        Raises OSError.
        """
        file = _opened(self.source)
        file.seek(struct.calcsize(HEADER_RECORD) + sum(self._head[_KEPT:part]))
        return file, self._head[part]

    def _map(self):
        try:
            file, size = self.part(_MAP)
        except OSError:  # another image is there instead, or none
            return ()
        data = file.read(size)
        file.close()
        return leb128(data)


def leb128(data):
    """Yields the numbers that are written one after another in bytes."""
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


class _Buffer:
    """Bytes, to be read as a file is, without a copy."""

    def __init__(self, data):
        self._data = memoryview(data)
        self._at = 0

    def read(self, size):
        start = self._at
        self._at = start + size
        return self._data[start : start + size]

    def seek(self, at, whence=0):
        self._at = at + (self._at if whence else 0)

    def tell(self):
        return self._at

    def close(self):
        pass


def _opened(source):
    """What to read an image from: the file itself, or its memory where that can be had."""
    if not isinstance(source, str):
        return _Buffer(source)
    file = open(source, "rb")
    try:
        view = memoryview(file)
    except TypeError:
        return file
    return _Buffer(view)


def _words(data):
    """What is loaded in words, which boards can do from multiples of four only."""
    if isinstance(data, bytes):
        return data
    address = array("L", (0,))
    place(address, 0, data)
    return bytes(data) if address[0] & 3 else data
