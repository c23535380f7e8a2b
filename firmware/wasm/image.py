"""Reads images (the format: wasmc/image.py)."""

import struct
from array import array

from .core import EXPORT_RECORD, HEADER_RECORD, IMPORT_RECORD, NEEDS_NATIVE, VERSION, place
from .errors import ImageError


class Image:
    """An image in a buffer (bytes), or in a file (a path) of which only what runs is brought to RAM.

    Not even that is where the file's memory can be had, as in ROMFS, and begins at a word: it runs in place.

    It is read once, in the order of the format: ``imports`` and ``unpack`` take the next records, ``read`` the
    next bytes of the data segments. What stays is ``code``, ``offsets``, ``types`` and the exports.
    """

    def __init__(self, source):
        self.source = source
        self.native = None  # native code for the functions that are stubs (native.py)
        self._file = None
        self._buffer = source
        if isinstance(source, str):
            self._file = open(source, "rb")
            try:
                self._buffer = memoryview(self._file)
            except TypeError:
                self._buffer = None
        self._at = 0
        head = self.read(struct.calcsize(HEADER_RECORD))
        try:
            fields = struct.unpack(HEADER_RECORD, head)
        except ValueError:
            fields = (b"",)
        if fields[0] != b"WIMG":
            raise ImageError("not an image: flash the module with wasmdev")
        if fields[1] != VERSION:
            raise ImageError(
                "image version %d, this runtime reads %d: flash the module again" % (fields[1], VERSION)
            )
        _, _, self.groups, self.digest, self.start, code, records, data, self._map_size = fields[:9]
        self.counts = fields[9:]  # functions, imports, tables, memories, globals, elements, segments, exports
        self.code = self._words(code)
        self.offsets = self._words(4 * self.counts[0])
        self._records = self.read(records)
        if len(self._records) != records:
            raise ImageError("image is cut short: flash the module again")
        self._map_at = self._at + data
        self._next = 0
        (size,) = self.unpack("<I")
        start = self._next
        self._next = start + size
        self.types = str(self._records[start : start + size], "utf-8").split(" ")
        if self.groups & NEEDS_NATIVE:
            from .native import attach

            attach(self)

    def read(self, size):
        """The next bytes of the image: a view of a buffer, a copy from a file."""
        start = self._at
        self._at = start + size
        if self._buffer is None:
            return self._file.read(size)
        return memoryview(self._buffer)[start : start + size]

    def _words(self, size):
        """The same for what is loaded in words, which boards can do from multiples of four only."""
        data = self.read(size)
        if self._buffer is None:
            return data
        address = array("L", (0,))
        place(address, 0, data)
        return bytes(data) if address[0] & 3 else data

    def unpack(self, record):
        fields = struct.unpack_from(record, self._records, self._next)
        self._next += struct.calcsize(record)
        return fields

    def imports(self):
        """Yields ``(kind, letter, detail, minimum, maximum, module, name)`` of each."""
        records = self._records
        at = self._next
        for _ in range(self.counts[1]):
            kind, letter, detail, minimum, maximum, first, second = struct.unpack_from(IMPORT_RECORD, records, at)
            start = at + struct.calcsize(IMPORT_RECORD)
            middle = start + first
            at = middle + second
            module, name = str(records[start:middle], "utf-8"), str(records[middle:at], "utf-8")
            yield kind, letter, detail, minimum, maximum, module, name
        self._next = at

    def close(self):
        """All but the exports has been read."""
        if self._file:
            self._file.close()
            self._file = None
            self._records = self._records[self._next :]
            self._next = 0

    def exports(self):
        """Yields ``(name, kind, index)``; only after ``close``."""
        records = self._records
        at = self._next
        for _ in range(self.counts[7]):
            kind, index, size = struct.unpack_from(EXPORT_RECORD, records, at)
            start = at + struct.calcsize(EXPORT_RECORD)
            at = start + size
            yield str(records[start:at], "utf-8"), kind, index

    def find(self, name):
        """``(kind, index)`` of an export, or None; only after ``close``."""
        name = name.encode()
        records = bytes(self._records)
        at = self._next
        if records.find(name, at) >= 0:
            for _ in range(self.counts[7]):
                kind, index, size = struct.unpack_from(EXPORT_RECORD, records, at)
                start = at + struct.calcsize(EXPORT_RECORD)
                at = start + size
                if records[start:at] == name:
                    return kind, index
        return None

    def signature(self, code_offset):
        """The type of the function whose code begins there, such as ``ii>i``."""
        return self.types[struct.unpack_from("<H", self.code, code_offset + 6)[0]]

    def origin(self, pc):
        """The offset in the module of the last instruction up to ``pc`` that is on the map, 0 if that is gone."""
        code = module = 0
        found = 0
        numbers = self._map()
        for step in numbers:
            code += step
            module += next(numbers)
            if code > pc >> 2:
                break
            found = module
        return found

    def _map(self):
        if self._buffer is None:
            try:
                with open(self.source, "rb") as file:
                    file.seek(self._map_at)
                    data = file.read(self._map_size)
            except OSError:  # another image is there instead, or none
                return
        else:
            data = memoryview(self._buffer)[self._map_at : self._map_at + self._map_size]
        value = shift = 0
        for byte in data:
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                yield value
                value = shift = 0
