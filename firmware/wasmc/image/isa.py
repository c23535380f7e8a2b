"""The instructions of an image: three-address code over a frame of 32-bit cells.

Code is little-endian words. The first word of an instruction is its number and three bytes ``a b c``, as a
rule cells of the frame; the words after it are immediates::

    shape   a          b         c         words after it
    alu     result     left      right     -                      r = left op right
    alui    result     left      -         right
    cond    left       right     -         target                 go to target if left op right
    condi   left       -         -         right, target
    test    cell       -         -         target
    load    result     address   -         offset + width of the access
    store   value      address   -         offset + width of the access
    cell    result     operand   -         -
    const   result     -         -         value
    const2  result     -         -         low half, high half
    select  result     if true   if false  condition's cell
    global  cell       16 bits: the global's cell   -
    far     -          -         -         result in 16 bits, operand in 16 bits
    br      -          -         -         target
    table   cell       -         -         count n, n + 1 targets
    call    -          16 bits: callee's frame      callee's code, or the import's index
    calli   index      16 bits: callee's frame      type in 16 bits, table in 16 bits
    tail    as call or calli, then         arguments' cells in 16 bits, link cell in 16 bits
    return  cell       16 bits: link cell  -
    kernel  result     left      right     number in KERNELS, then two indices of 16 bits for "instance" and "bulk"
    trap    in TRAPS   -         -         -
    native  label      16 bits: its state    -

A callee's **frame** is told in cells above the frame of its caller; its parameters are its first cells, and
its results end there. Before the first instruction of a function stand four 16-bit numbers: the cells of its
frame, its link cell (where the way back is kept: the offset of the call), how many cells before the link cell
are set to zero (its locals), and its type.

A **target** is a byte offset into the code; its lowest bit is set where the branch goes backwards, which is
where a turn of a loop is metered. A value of 64 bits takes two cells, the low half first.

A function that was compiled to native code (wasmc/native) begins with ``native``, which hands over to the native
code in that state. Then come its instructions, if the native code may give up in its midst, to be interpreted from
there on; and a stub: the instructions that it leaves to the interpreter, with ``native`` where it goes on.

Bits of the number are a path through the interpreter's dispatch: what runs often has a short one. Bit 0 of
the shapes ``alu`` and ``cond`` tells cells (0) from an immediate (1). Bits 0, 1 and 3 of ``load`` and ``store``
tell the width of the access.
"""

VERSION = 5
IMMEDIATE = 1

OPS = {
    "exit": (0x01, "trap"),
    "trap": (0x02, "trap"),
    "br_table": (0x03, "table"),
    "call": (0x04, "call"),
    "call_import": (0x05, "call"),
    "call_indirect": (0x06, "calli"),
    "kernel": (0x07, "kernel"),
    "return": (0x08, "return"),
    "return1": (0x0C, "return"),
    "copy.far": (0x0A, "far"),
    "return_call": (0x0B, "tail"),
    "return_call_indirect": (0x0E, "tail"),
    "native": (0x0F, "native"),
    "copy": (0x1C, "cell"),
    "const": (0x18, "const"),
    "br": (0x14, "br"),
    "i32.clz": (0x10, "cell"),
    "i32.ctz": (0x11, "cell"),
    "i32.popcnt": (0x12, "cell"),
    "global.get": (0x13, "global"),
    "global.set": (0x15, "global"),
    "select": (0x16, "select"),
    "copy2": (0x19, "cell"),
    "const2": (0x1A, "const2"),
    "i32.extend8_s": (0x17, "cell"),
    "i32.extend16_s": (0x1B, "cell"),
    "i32.store16": (0x22, "store"),
    "i64.store": (0x23, "store"),
    "i32.store8": (0x24, "store"),
    "i32.store": (0x28, "store"),
    "i32.load8_s": (0x30, "load"),
    "i32.load16_s": (0x31, "load"),
    "i32.load16_u": (0x32, "load"),
    "i64.load": (0x33, "load"),
    "i32.load8_u": (0x34, "load"),
    "i32.load": (0x38, "load"),
    "br_if lt_s": (0x40, "cond"),
    "br_if ge_s": (0x44, "cond"),
    "br_if lt_u": (0x48, "cond"),
    "br_if ge_u": (0x4C, "cond"),
    "br_if eq": (0x50, "cond"),
    "br_if ne": (0x58, "cond"),
    "br_if zero": (0x60, "test"),
    "br_if": (0x70, "test"),
    "i32.eq": (0x80, "alu"),
    "i32.ne": (0x82, "alu"),
    "i32.lt_s": (0x84, "alu"),
    "i32.ge_s": (0x86, "alu"),
    "i32.lt_u": (0x88, "alu"),
    "i32.ge_u": (0x8A, "alu"),
    "i32.rotl": (0x8C, "alu"),
    "i32.rotr": (0x8E, "alu"),
    "i32.sub": (0x90, "alu"),
    "i32.div_s": (0x92, "alu"),
    "i32.mul": (0x94, "alu"),
    "i32.div_u": (0x96, "alu"),
    "i32.or": (0x98, "alu"),
    "i32.rem_s": (0x9A, "alu"),
    "i32.shr_s": (0x9C, "alu"),
    "i32.rem_u": (0x9E, "alu"),
    "i32.shl": (0xA0, "alu"),
    "i32.shr_u": (0xA8, "alu"),
    "i32.and": (0xB0, "alu"),
    "i32.xor": (0xB8, "alu"),
    "i32.add": (0xC0, "alu"),
}

# The words of the official test suite; a trap travels as its place in this list.
TRAPS = (
    "unreachable",
    "out of bounds memory access",
    "integer divide by zero",
    "integer overflow",
    "invalid conversion to integer",
    "call stack exhausted",
    "undefined element",
    "uninitialized element",
    "indirect call type mismatch",
    "out of bounds table access",
    "all fuel consumed",
)

# Groups of kernels, each a module of firmware/wasm/kernels that is imported when an image needs it.
# A kernel's number is its group's number * 64 + its place in the group.
KERNELS = (
    (
        "instance",
        "memory.size memory.grow data.drop table.get table.set elem.drop table.grow table.size ref.func "
        "global.get global.set",
    ),
    (
        "i64",
        "add sub mul div_s div_u rem_s rem_u shl shr_s shr_u rotl rotr clz ctz popcnt eq ne lt_s ge_s lt_u ge_u",
    ),
    (
        "f32",
        "add sub mul div min max sqrt ceil floor trunc nearest eq ne lt le",
    ),
    (
        "f64",
        "add sub mul div min max sqrt ceil floor trunc nearest eq ne lt le",
    ),
    (
        "convert",
        "i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.trunc_f32_s i64.trunc_f32_u "
        "i64.trunc_f64_s i64.trunc_f64_u i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s "
        "i32.trunc_sat_f64_u i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u "
        "f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64 "
        "f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32",
    ),
    (
        "bulk",
        "memory.init memory.copy memory.fill table.init table.copy table.fill",
    ),
)

GROUP_SIZE = 64

# How a function is called: one of another instance; the general way; or without anything being allocated, this
# plus twice its number of parameters plus its number of results, which are i32.
FOREIGN_KIND = 0
GENERAL_KIND = 1
QUICK_KIND = 2
MOST_QUICK = 4  # parameters

NEEDS_NATIVE = 1 << 15  # among the bits of an image's kernel groups: it does nothing without its native code


def kernel(name):
    """The number of a kernel, ``"i64.add"`` for one of a numeric group, or None if there is none."""
    prefix, _, rest = name.partition(".")
    for group, (title, names) in enumerate(KERNELS):
        wanted = rest if title == prefix else name
        names = names.split()
        if wanted in names and title in (prefix, "instance", "convert", "bulk"):
            return group * GROUP_SIZE + names.index(wanted)
    return None


def kind(signature):
    """How a Python function of that type, such as ``"ii>i"``, is called, or one of that type by Python."""
    parameters, results = signature.split(">")
    count = len(parameters)
    if count > MOST_QUICK or parameters != "i" * count or results not in ("", "i"):
        return GENERAL_KIND
    return QUICK_KIND + 2 * count + len(results)
