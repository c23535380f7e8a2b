"""The image: a module lowered, laid out so that a board loads it by reading and not by parsing.

Numbers are little-endian. After the header come, without gaps:

- the code (isa.py), a multiple of four bytes;
- a word for each function: the offset of its code, 0 for an import;
- records: types (signatures such as ``ii>I``, joined by spaces, behind their length), imports, tables,
  memories, globals, elements, data segments, exports, each of the shape given here. Names follow the record
  that counts their bytes, items of an element segment its record;
- the bytes of the data segments;
- the map from instructions to the module's bytes (``Emitter.mark``), read only when there was a trap.

A value known only at instantiation (an offset, a global's start) is a kind and a number: see ``CONST`` and
the following. Types are letters: ``i I f F p q`` as in opcodes.VALTYPES.
"""

import struct

MAGIC = b"WIMG"

# magic, version, kernel groups needed (bit mask), first bytes of the module's SHA-256, start function, bytes of
# code, records, data, map, then how many: functions, imports, tables, memories, globals, elements, segments,
# exports
HEADER = "<4sHH8sIIIII8H"
IMPORT = (
    "<BBHIIHH"  # kind, type's letter, type or mutability or page size (log2), minimum, maximum, name lengths
)
TABLE = "<BII"  # letter, minimum, maximum
MEMORY = "<BII"  # log2 of the page size, minimum, maximum
GLOBAL = "<BBBQ"  # letter, mutable, kind of the initial value, value
ELEMENT = "<BBHQI"  # mode, kind of the offset, table, offset, items: kind and value each
ITEM = "<BI"
SEGMENT = "<BBQI"  # mode, kind of the offset, offset, bytes
EXPORT = "<BIH"  # kind, index, name's length

NONE = 0xFFFFFFFF  # no maximum, no start function

# Kinds of a value known at instantiation: itself, a global's, a reference to a function, a result of code.
CONST = 0
FROM_GLOBAL = 1
FROM_FUNCTION = 2
FROM_CODE = 3


def limit(maximum):
    """How a record says a maximum that may be missing."""
    return NONE if maximum is None else min(maximum, NONE)


def pack(version, groups, digest, start, code, offsets, records, counts, data, trap_map):
    """The whole image from its parts, as bytes."""
    out = bytearray(
        struct.pack(
            HEADER,
            MAGIC,
            version,
            groups,
            digest[:8],
            start,
            len(code),
            len(records),
            len(data),
            len(trap_map),
            *counts,
        )
    )
    out += code
    for offset in offsets:
        out += struct.pack("<I", offset)
    out += records
    out += data
    out += trap_map
    return bytes(out)
