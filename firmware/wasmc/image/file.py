"""The image: a module lowered, laid out so that a board loads it by reading and not by parsing.

All is little-endian. After the header come, without gaps, what stays in RAM (or is used where it lies):

- the code (isa.py), a multiple of four bytes;
- a word for each function: the offset of its code, 0 for an import;
- types: signatures such as ``ii>I``, joined by spaces;
- for each type a byte that says how functions of it are called (``isa.kind``);
- for each global that is no import a byte, its type's letter and ``MUTABLE``;
- exports, each of the shape ``EXPORT``, then its name;

and what is read once:

- numbers, a word each, in the order told below;
- the names of imports, module and name of each;
- the bytes of the data segments;
- the map from instructions to the module's bytes (``Emitter.mark``), read only when there was a trap;
- for snapshots, and read only then: the first bytes of the module's SHA-256, and where calls can stop
  (lowering/stops.py).

Numbers are vectors, each a count and then so many

- imports: kind in a byte, for a function how it is called in another, and in 16 bits what it is (of a function its
  type, of a table its letter, of a memory the log2 of its page size, of a global its byte as above); bytes of the
  module's and of its own name in 16 bits each; then, of tables and memories, minimum and maximum;

then the bytes that frames take (lowering/frames.py), and vectors of

- tables: letter, minimum, maximum;
- memories: log2 of the page size, minimum, maximum;

then how segments are told apart from tables in the code: the number of the first, behind those of tables, and how
many have one, which are all of the module's or none, elements before data; and vectors of

- cells of the module's own globals as they are at first;
- globals that are known only at instantiation: index among the module's own, first cell among theirs, kind, value;
- element segments: mode, kind of the offset and whether items are kinds and values or just numbers of functions, a
  byte each; table; offset; the vector of items;
- data segments: mode and kind of the offset, a byte each; offset; bytes;

and the last is the start function.

A value known only at instantiation is a kind and a number, see ``CONST`` and the following. That of ``COMPUTED``
tells how many steps follow right after it, in postfix order: values of the other kinds, or what to do with the
last two. Types are letters: ``i I f F p q`` as in opcodes.VALTYPES.
"""

import struct

MAGIC = b"WIMG"

# magic, version, kernel groups needed (bit mask), first bytes of the module's SHA-256; where in what stays
# offsets, types, their bytes, globals' bytes and exports begin; bytes of what stays, numbers, names, data, map,
# stops
HEADER = "<4sHH8s11I"
EXPORT = "<BIH"  # kind, index, name's length
MUTABLE = 0x80

NONE = 0xFFFFFFFF  # no maximum, no start function, no bound

# Kinds of a value known at instantiation: the number itself; what a global holds, by its cell, of 32 bits or of
# 64; a reference to a function; what steps come to.
CONST = 0
FROM_CELL = 1
FROM_CELLS = 2
FROM_FUNCTION = 3
COMPUTED = 4
# More kinds of a step: a constant whose high half follows as another number; and, each with a 0, the operators.
WIDE = 5
ADD = 6
SUB = 7
MUL = 8


def limit(maximum):
    """How a number says a maximum that may be missing."""
    return NONE if maximum is None else min(maximum, NONE)


def parts(version, groups, digest, kept, *read_once):
    """The whole image as bytes-like objects of bytes that follow one another: a header, and those that are given.

    ``kept`` are lists of such objects for each of the six parts that stay, ``read_once`` are lists for the others.
    """
    at = 0
    sizes = []
    for each in kept:
        at += sum(map(len, each))
        sizes.append(at)
    sizes += [sum(map(len, each)) for each in read_once]
    found = [struct.pack(HEADER, MAGIC, version, groups, digest[:8], *sizes)]
    for each in kept + read_once:
        found += each
    return found
