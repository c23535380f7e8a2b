"""What a module can have against it before it runs."""


class WasmError(Exception):
    """A module that can't be used.

    ``kind`` is ``"malformed"`` (the bytes are no module, spec chapter 5), ``"invalid"`` (they are one that breaks
    a rule of spec chapter 3) or ``"unsupported"`` (it is beyond the engine's limits). ``message`` begins with the
    words of the official test suite ("type mismatch", "unexpected end", ...), ``offset`` is the byte in the module
    where it went wrong, ``function`` tells in which function that is, if in one, and ``expected`` says what would
    have been right there, or is empty.
    """

    function = None

    def __init__(self, kind: str, message: str, offset: int, expected: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.offset = offset
        self.expected = expected

    def __str__(self) -> str:
        text = "%s module: %s at offset 0x%x" % (self.kind, self.message, self.offset)
        if self.function is not None:
            text += " in function %s" % self.function
        return text + ", expected " + self.expected if self.expected else text


def check_index(index, count, space, offset):
    """Raise ``invalid`` unless an index is one of an index space of ``count``, such as ``"table"``."""
    if index >= count:
        expected = "an index below %d" % count if count else "no %s at all" % space
        raise WasmError("invalid", "unknown %s %d" % (space, index), offset, expected)
