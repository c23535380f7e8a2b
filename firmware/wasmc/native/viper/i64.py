"""64-bit integers as pairs of words: what is written out and not left to a kernel.

Each function takes the writer of the blocks and an instruction, and returns lines and the texts of its results,
the low half first. ``x``, ``y``, ``r`` and ``a`` are free; no line may write a cell's local.
"""

from __future__ import annotations

from ..analysis.code import PAIRED, SHIFTS
from .values import Value

_Written = tuple[list[str], list[str]]


def _operands(blocks, one) -> tuple[list[Value], list[Value]]:
    halves = [blocks.named(cell) for cell in (one.b, one.b + 1, one.c, one.c + 1)]
    return _plain(blocks.words, halves[:2]), _plain(blocks.words, halves[2:])


def _plain(words, pair: list[Value]) -> list[Value]:
    if words.bits == 64 and all(half.number is not None for half in pair):
        return pair  # becomes one constant
    return [_pooled(words, half) for half in pair]


def _pooled(words, half: Value) -> Value:
    """Nothing that the compiler would compute from literals: that might be too large for it."""
    return half if half.number is None else words.pooled(half.number)


def _whole(blocks, pair: list[Value]) -> str:
    """Both halves in one word of 64 bits."""
    low, high = (half.number for half in pair)
    if low is not None and high is not None:
        return blocks.words.pooled(high << 32 | low).text
    return "(%s | (%s << 32))" % tuple(blocks.words.clean(half) for half in pair)


def _halves(text: str) -> _Written:
    return ["r = %s" % text], ["r & m", "(r >> 32) & m"]


def _add(blocks, one) -> _Written:
    x, y = _operands(blocks, one)
    if blocks.words.bits == 64:
        return _halves("%s + %s" % (_whole(blocks, x), _whole(blocks, y)))
    low, high = x[0].text, x[1].text
    return [
        "r = %s + %s" % (low, y[0].text),
        "a = %s + %s" % (high, y[1].text),
        "if uint(r) < uint(%s):" % low,
        "    a += 1",
    ], ["r", "a"]


def _sub(blocks, one) -> _Written:
    x, y = _operands(blocks, one)
    if blocks.words.bits == 64:
        return _halves("%s - %s" % (_whole(blocks, x), _whole(blocks, y)))
    return [
        "r = %s - %s" % (x[0].text, y[0].text),
        "a = %s - %s" % (x[1].text, y[1].text),
        "if uint(%s) < uint(%s):" % (x[0].text, y[0].text),
        "    a -= 1",
    ], ["r", "a"]


def _mul(blocks, one) -> _Written:
    x, y = _operands(blocks, one)
    if blocks.words.bits == 64:
        return _halves("%s * %s" % (_whole(blocks, x), _whole(blocks, y)))
    low, high = x[0].text, x[1].text
    other, top = y[0].text, y[1].text
    return [
        "x = %s & 0xFFFF" % low,
        "y = %s & 0xFFFF" % other,
        "r = x * y",
        "y = int(uint(%s) >> 16) * y + int(uint(r) >> 16)" % low,
        "r &= 0xFFFF",
        "x = x * int(uint(%s) >> 16) + (y & 0xFFFF)" % other,
        "a = int(uint(%s) >> 16) * int(uint(%s) >> 16) + int(uint(x) >> 16) + int(uint(y) >> 16)" % (low, other),
        "r |= x << 16",
        "a += %s * %s + %s * %s" % (low, top, high, other),
    ], ["r", "a"]


def _compare(blocks, one) -> _Written:
    x, y = _operands(blocks, one)
    words = blocks.words
    name = one.name[4:]
    if name in ("eq", "ne"):
        pairs = [words.clean(half) for half in (*x, *y)]
        text = "((%s ^ %s) | (%s ^ %s))" % (pairs[0], pairs[2], pairs[1], pairs[3])
        return [], ["int(%s %s 0)" % (text, "==" if name == "eq" else "!=")]
    if words.bits == 64:
        whole = "int(%s %s %s)" if name[-1] == "s" else "int(uint(%s) %s uint(%s))"
        return [], [whole % (_whole(blocks, x), "<" if name[:2] == "lt" else ">=", _whole(blocks, y))]
    less = "lt" + name[2:]
    lines = [
        "r = int(%s)" % words.condition(less, x[1], y[1]),
        "if %s == %s:" % (x[1].text, y[1].text),
        "    r = int(%s)" % words.condition("lt_u", x[0], y[0]),
    ]
    return lines, ["r" if name[:2] == "lt" else "r ^ 1"]


def _shift(blocks, one) -> _Written:
    """Shifts and rotations by a constant."""
    words = blocks.words
    low, high = (_pooled(words, blocks.named(cell)) for cell in (one.b, one.b + 1))
    by = one.value
    name = one.name[4:]
    if name == "rotr":
        name, by = "rotl", -by & 63
    if name == "rotl" and by >= 32:
        low, high, by = high, low, by - 32
    if by == 0:
        return _ordered(words.clean(low), words.clean(high))

    def left(value: Value, count: int) -> str:
        return "(%s << %d)" % (words.clean(value), count)

    def right(value: Value, count: int) -> str:
        return "int(%s >> %d)" % (words.unsigned(value), count)

    rest = 32 - by
    if name == "rotl":
        return _cut(
            words, left(low, by) + " | " + right(high, rest), left(high, by) + " | " + right(low, rest)
        )
    if name == "shl":
        if by >= 32:
            return _cut(words, "0", left(low, by - 32))
        return _cut(words, left(low, by), left(high, by) + " | " + right(low, rest))
    fill = "0" if name == "shr_u" else "%s >> 31" % words.signed(high)
    if by >= 32:
        text = right(high, by - 32) if name == "shr_u" else "%s >> %d" % (words.signed(high), by - 32)
        return _cut(words, text, fill)
    top = right(high, by) if name == "shr_u" else "%s >> %d" % (words.signed(high), by)
    return _cut(words, right(low, by) + " | " + left(high, rest), top)


def _cut(words, low: str, high: str) -> _Written:
    if words.bits == 64:
        low, high = ("(%s) & m" % text if "<<" in text or "sign" in text else text for text in (low, high))
    return _ordered(low, high)


def _ordered(low: str, high: str) -> _Written:
    """By way of free locals: a result's local may be an operand's."""
    return ["r = %s" % low, "a = %s" % high], ["r", "a"]


INLINE = dict.fromkeys(PAIRED, _compare)
INLINE.update(dict.fromkeys(SHIFTS, _shift))
INLINE.update({"i64.add": _add, "i64.sub": _sub, "i64.mul": _mul})
