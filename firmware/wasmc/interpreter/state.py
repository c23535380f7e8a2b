"""What the interpreter's state and context hold, and where: what is woven, the code of the native tier and the
Python of the board's half all count by these tables.

State that outlives a call of ``run`` is in an array of 32-bit words. It holds the addresses of code, cells and
what else is read at every turn: one load each, where an item of a list costs a call. The objects that are called
are in the context. Nothing is allocated on the way in, out or in between.
"""

from .. import opcodes
from ..image import file, isa

# Words of the state array: offsets into the code and into the stack of cells, in bytes.
STATE = (
    "PC",  # the instruction to go on with, or at which it stopped
    "FP",  # the frame
    "LIMIT",  # end of the stack
    "FUEL",  # turns of loops and calls before run() comes back
    "BASE",  # number of the instance's first function among all references to functions
    "FUNCTIONS",  # how many functions the instance has
    "ARG",  # what the reason to stop is about: a trap's number, an import's index, a reference
    "WHY",  # the reason itself, where a call from Python has to be brought to its end by Python
    "TOP",  # where the next call from Python has its frame; an imported function's call raises it while it lasts
    "FIRST",  # FUEL of a call from Python
    "SLICES",  # how often it is filled up again, or NONE: without end
    "LEFT",  # how often it still is
)

# Then addresses, each of two words, the low one first. What may move is behind a second address, of an array that
# stays where it is and that all who share the thing see.
ADDRESSES = (
    "CODE",  # of the image
    "CELLS",  # the stack: globals first, then frames
    "OFFSETS",  # the byte offset of each function's code, 0 for an import
    "KINDS",  # a byte for each imported function: how it is called
    "LIFE",  # for all instances: calls of Python under way, what waits for their end, and what holds memory
    "MEMORY",  # address and size of linear memory, and the address of its directory (wasm/sparse.py)
)
PLACES = ("BUFFER", "SIZE", "DIRECTORY")  # in the array that MEMORY leads to: 2 words, 1 and 2
# Then, for each table, an array with the address of its cells, and for each segment that instructions refer to an
# array that begins with its size.
TABLES = len(STATE) + 2 * len(ADDRESSES)

# Places in the context, an array of objects: the words of small ints in it are read as they are, twice their value
# plus 1. Each export that is called from Python has one of its own; that of the instance says to go on at PC.
CONTEXT = (
    "TOKEN",  # the address of the state / 16, a small int on every board: it is passed without being boxed
    "START",  # the offset of the export's code, 0 to go on
    "PARAMETERS",  # how many it has
    "INSTANCE",  # the Instance
    "ACCESS",  # does, with the context, an access to sparse memory that needs more than a look at the directory
    "REFUEL",  # called by native code, with the context, where FUEL is used up
    "NATIVE",  # native code: called with TOKEN, 0, 0 and the context, goes on at PC
    "PROCEED",  # called with the context: brings a call from Python to its end for the reason WHY
    "GENERAL",  # called with the context: an imported Python function, the general way
    "SETTLE",  # called when the outermost call has ended and something waits for that
    "GUARD",  # called with TOKEN and INSTANCE: goes on at PC in what may call Python
    "ROOM",  # raises RuntimeError where MicroPython's stack has no room for another call in a call
    "GO",  # run(): a viper function that reads a global takes twice as long to enter
    "KERNELS",  # the first of the kernel groups' functions, in isa.KERNELS's order
)
MORE = len(CONTEXT) - 1 + len(isa.KERNELS)  # then what each group leaves to Python
IMPORTS = MORE + len(isa.KERNELS)  # then the imported Python functions

# Why run() came back.
REASONS = (
    "DONE",
    "SLICE",  # FUEL is used up
    "TRAP",  # ARG is the kind
    "IMPORT",  # ARG is the function's index; the call's frame begins at FP + 4 * (its delta)
    "HELD",  # a Python function is to be called, and nothing undoes yet what an exception of it leaves
    "FOREIGN",  # ARG is a reference to another instance's function, else as IMPORT
)


def constants():
    """What the run half shares with the compile half and with the code: name -> value, in order."""
    names = {"VERSION": isa.VERSION}
    for group in (STATE, CONTEXT, REASONS):
        names.update((name, i) for i, name in enumerate(group))
    names.update((name, len(STATE) + 2 * i) for i, name in enumerate(ADDRESSES))
    names.update(zip(PLACES, (0, 2, 3)))
    names.update(TABLES=TABLES, MORE=MORE, IMPORTS=IMPORTS, RUNNING=0, WAITING=1, HOLDING=2)
    names.update((name, getattr(isa, name)) for name in ("FOREIGN_KIND", "GENERAL_KIND", "QUICK_KIND"))
    names.update(zip(("I32", "I64", "F32", "F64", "FUNCREF", "EXTERNREF"), map(ord, opcodes.VALTYPES)))
    for name in ("call", "call_indirect", "return_call_indirect"):
        names[name.upper()] = isa.OPS[name][0]
    names["NEEDS_NATIVE"] = isa.NEEDS_NATIVE
    for name in ("NONE", "MUTABLE", "CONST", "FROM_CELL", "FROM_FUNCTION", "COMPUTED", "WIDE", "ADD", "SUB"):
        names[name] = getattr(file, name)
    return names
