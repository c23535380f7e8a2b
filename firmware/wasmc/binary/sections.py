"""The frame of a module: its header and its sections (spec sections 5.5.2 and 5.5.16)."""

from .reader import Reader

NAMES = ("custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element",
         "code", "data", "data count")

CUSTOM = 0
TYPE = 1
IMPORT = 2
FUNCTION = 3
TABLE = 4
MEMORY = 5
GLOBAL = 6
EXPORT = 7
START = 8
ELEMENT = 9
CODE = 10
DATA = 11
DATA_COUNT = 12

_MAGIC = b"\0asm"
_VERSION = b"\1\0\0\0"


def sections(data):
    """Yield ``(id, start, contents, end)`` of each section; ``start`` is the offset of its id.

    Looks at the header and at ids and sizes only. Raises :class:`WasmError` (``malformed``).
    """
    reader = Reader(data, 0, len(data), "header")
    for field, message in ((_MAGIC, "magic header not detected"), (_VERSION, "unknown binary version")):
        start = reader.pos
        reader.need(4)
        reader.pos += 4
        found = data[start : reader.pos]
        if found != field:
            reader.fail(message, field.hex() + ", found " + found.hex(), start)
    reader.what = "section header"
    while reader.pos < reader.end:
        start = reader.pos
        section = reader.byte()
        if section >= len(NAMES):
            reader.fail("malformed section id", "0 to %d, found %d" % (len(NAMES) - 1, section), start)
        size = reader.length(NAMES[section] + " section")
        contents = reader.pos
        reader.pos += size
        yield section, start, contents, reader.pos
