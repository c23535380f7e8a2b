"""The functions in a ``.mpy`` file as mpy-cross writes it, each with its name and its machine code.

The form is that of ``.mpy`` 6.3: a header, the names and the constants of the module, then its code as a tree. A
function of viper doesn't say its name; it is what the code around it stores the function under.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from wasmdev.board.board import ARCHITECTURES

# Names that every MicroPython has are numbers in a .mpy, from 1 on.
_LIST = (
    "|__dir__|\n| |*|/|<module>|_|__call__|__class__|__delitem__|__enter__|__exit__|__getattr__|__getitem__|"
    "__hash__|__init__|__int__|__iter__|__len__|__main__|__module__|__name__|__new__|__next__|__qualname__|"
    "__repr__|__setitem__|__str__|ArithmeticError|AssertionError|AttributeError|BaseException|EOFError|Ellipsis|"
    "Exception|GeneratorExit|ImportError|IndentationError|IndexError|KeyError|KeyboardInterrupt|LookupError|"
    "MemoryError|NameError|NoneType|NotImplementedError|OSError|OverflowError|RuntimeError|StopIteration|"
    "SyntaxError|SystemExit|TypeError|ValueError|ZeroDivisionError|abs|all|any|append|args|bool|builtins|"
    "bytearray|bytecode|bytes|callable|chr|classmethod|clear|close|const|copy|count|dict|dir|divmod|end|endswith|"
    "eval|exec|extend|find|format|from_bytes|get|getattr|globals|hasattr|hash|id|index|insert|int|isalpha|isdigit|"
    "isinstance|islower|isspace|issubclass|isupper|items|iter|join|key|keys|len|list|little|locals|lower|lstrip|"
    "main|map|micropython|next|object|open|ord|pop|popitem|pow|print|range|read|readinto|readline|remove|replace|"
    "repr|reverse|rfind|rindex|round|rsplit|rstrip|self|send|sep|set|setattr|setdefault|sort|sorted|split|start|"
    "startswith|staticmethod|step|stop|str|strip|sum|super|throw|to_bytes|tuple|type|update|upper|utf-8|value|"
    "values|write|zip"
)
_KNOWN = _LIST.split("|")

LONGEST_NATIVE = 0xFFFF
"""Bytes of a function of Python to which mpy-cross tells rightly where its description begins."""

_FLAGS_FOLLOW = 0x40  # in the header: the processor's extensions, as a number
_WITHOUT_LENGTH = range(5)  # constants that are their kind: the function table, None, False, True, Ellipsis
_TEXT, _BYTES, _TUPLE = 5, 6, 10
_GENERATOR = 1  # a flag of a function
_OTHER_SECTIONS = 0x70  # flags of viper that has been linked and not compiled

# Bytecode, as far as it takes to get from one instruction to the next: by the high half of the opcode, whether a
# name, a number or an offset follows.
_PLAIN, _NAME, _NUMBER, _OFFSET = range(4)
_OPERAND = (_PLAIN, _NAME, _NUMBER, _NUMBER, _OFFSET)
_HAS_BYTE_TOO = 0x9E  # none of these bits is set in an opcode behind whose operand a byte follows
_MAKE_FUNCTION = (0x20, 0x21, 0x32, 0x33)  # with and without defaults and free variables
_STORE_NAME = (0x16, 0x17)


class Kind(IntEnum):
    """What a function was compiled to."""

    BYTECODE = 0
    NATIVE = 1
    VIPER = 2
    ASSEMBLER = 3


@dataclass
class Function:
    """A function: ``machine`` is all of its machine code from the first byte, empty for bytecode, and what is
    executed begins at ``start``. Bytes from ``end`` on are not code."""

    kind: Kind
    name: str
    machine: bytes = b""
    start: int = 0
    end: int = 0
    children: list[Function] = field(default_factory=list)

    def every(self) -> Iterator[Function]:
        """Itself and all that are defined within."""
        yield self
        for child in self.children:
            yield from child.every()


def read(data: bytes) -> tuple[str, Function]:
    """The processor of a ``.mpy``, and its module as the function that runs on import. Raises :class:`ValueError`
    for what isn't of mpy-cross's making."""
    try:
        return _Reader(data).module()
    except IndexError:
        raise ValueError("it ends too early") from None


class _Reader:
    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at
        self.names: list[str] = []

    def module(self) -> tuple[str, Function]:
        mark, version, features, _ = self.bytes(4)
        number = features >> 2 & 0xF
        if (mark, version) != (ord("M"), 6) or number >= len(ARCHITECTURES):
            raise ValueError("it is not of version 6")
        if features & _FLAGS_FOLLOW:
            self.number()
        names, constants = self.number(), self.number()
        self.names = [self.name() for _ in range(names)]
        for _ in range(constants):
            self.skip_constant()
        return ARCHITECTURES[number], self.function("the module")

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def bytes(self, count: int) -> bytes:
        self.at += count
        if self.at > len(self.data):
            raise IndexError
        return self.data[self.at - count : self.at]

    def number(self) -> int:
        """Seven bits a byte, the highest first."""
        value = 0x80
        total = 0
        while value & 0x80:
            value = self.byte()
            total = total << 7 | value & 0x7F
        return total

    def name(self) -> str:
        length = self.number()
        if length & 1:
            return _KNOWN[(length >> 1) - 1]
        text = self.bytes(length >> 1).decode()
        self.byte()
        return text

    def skip_constant(self) -> None:
        kind = self.byte()
        if kind in _WITHOUT_LENGTH:
            return
        length = self.number()
        if kind == _TUPLE:
            for _ in range(length):
                self.skip_constant()
            return
        self.bytes(length + (kind in (_TEXT, _BYTES)))

    def function(self, name: str) -> Function:
        """The function here. ``name`` is what to call it where it doesn't say itself."""
        head = self.number()
        kind = Kind(head & 3)
        data = self.bytes(head >> 3)
        found = Function(kind, name)
        code = _Reader(data)
        code.names = self.names
        opcodes = None
        if kind == Kind.BYTECODE:
            found.name, _, opcodes = code.prelude()
        else:
            found.machine, found.end = data, len(data)
            extra = self.number()
            if kind == Kind.NATIVE and len(data) <= LONGEST_NATIVE:
                code.at = found.end = extra
                found.name, flags, _ = code.prelude()
                found.start = 8 if flags & _GENERATOR else 4
            elif kind == Kind.ASSEMBLER:
                self.number()  # of its arguments
                self.number()  # their types
            elif kind == Kind.VIPER and extra & _OTHER_SECTIONS:
                raise ValueError("it was made by a linker")
        count = self.number() if head & 4 else 0
        stored = code.stored(opcodes) if opcodes is not None else {}
        for i in range(count):
            found.children.append(self.function(stored.get(i, f"function {i} in {found.name}")))
        return found

    def prelude(self) -> tuple[str, int, int]:
        """The name of a function, its flags, and where its instructions begin."""
        value = self.byte()
        flags = n = 0
        while value & 0x80:
            value = self.byte()
            flags |= (value >> 6 & 1) << n
            n += 1
        size = cells = n = 0
        value = 0x80
        while value & 0x80:
            value = self.byte()
            size |= (value >> 1 & 0x3F) << 6 * n
            cells |= (value & 1) << n
            n += 1
        start = self.at
        return self.names[self.number()], flags, start + size + cells

    def stored(self, start: int) -> dict[int, str]:
        """The names that bytecode stores functions under, by their number among those within it."""
        found: dict[int, str] = {}
        made: int | None = None
        self.at = start
        while self.at < len(self.data):
            opcode = self.byte()
            operand = _OPERAND[opcode >> 4] if opcode >> 4 < len(_OPERAND) else _PLAIN
            value = 0
            if operand in (_NAME, _NUMBER):
                value = self.number()
            elif operand == _OFFSET and self.byte() & 0x80:
                self.byte()
            if not opcode & _HAS_BYTE_TOO:
                self.byte()
            if opcode in _MAKE_FUNCTION:
                made = value
            elif opcode in _STORE_NAME and made is not None:
                found[made] = self.names[value]
                made = None
        return found
