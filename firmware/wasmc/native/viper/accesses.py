"""Writes loads and stores: checked where they are not known to be in bounds, whole where the processor can."""

from __future__ import annotations

from ...interpreter import semantics
from ...interpreter.weave import indent
from ..analysis.cells import EFFECTS
from ..analysis.code import Instr, cells, each
from .values import Value
from .writer import Writer

_LARGEST = 0x3FFFFFFF  # bytes of linear memory, at most
_NEAR = 32  # an index below it is part of the instruction on all processors
_EXTENDED = {"i32.load8_s": "((%s ^ 0x80) - 0x80)", "i32.load16_s": "((%s ^ 0x8000) - 0x8000)"}
_WIDTHS = {name: width for table in (semantics.LOADS, semantics.STORES) for name, (width, _) in table.items()}


def access(blocks: Writer, one: Instr) -> None:
    """A load or a store: first the check that it is in bounds, unless that is known."""
    store = "store" in one.name
    width = _WIDTHS[one.name]
    end = one.value or 0
    offset = end - width
    unit = min(width, 4)
    if store:
        blocks.contents.write_loads()
    span = blocks.spans.addresses[blocks.at]
    aligned = span.bits >= unit >> 1 and (span.rest + offset) % unit == 0
    whole = blocks.unaligned or aligned
    known = blocks.limits.covers(span.unsigned[1] + end)
    _claim(blocks, one, known, aligned)
    stored = cells(one.a, 2 if width == 8 else 1) if store else 0
    once = known and (whole or unit == 1) and width < 8 and not stored >> one.b & 1
    values = [] if once else [blocks.named(cell) for cell in each(stored)]
    x = blocks.use(one.b) if once else blocks.named(one.b)
    number = x.number
    if (number or 0) + end > _LARGEST:
        blocks.lines += ["if True:", *indent(blocks.beyond(one))]
        for cell in each(one.writes):
            blocks.define(cell, blocks.words.constant(0))
        return
    x = x if number is not None else x.with_text(blocks.words.clean(x), True)
    if not known:
        _check(blocks, one, x, end)
    if store and not values:
        values = [blocks.use(one.a)]
    if not whole:
        blocks.lines += _by_bytes(blocks, one, x, offset, unit, values)
        return
    places = _places(blocks, x, offset, unit, width // unit)
    if store:
        blocks.lines += ["%s = %s" % (place, value.text) for place, value in zip(places, values, strict=True)]
    elif len(places) == 1:
        clean = one.name[-1] != "s" or blocks.words.bits == 32
        text = _EXTENDED.get(one.name, "%s") % places[0]
        blocks.define(one.a, Value(text, x.reads, clean, memory=True, variables=x.variables))
    else:
        blocks.lines += _loaded(blocks, one, x, places)


def _claim(blocks: Writer, one: Instr, known: bool, aligned: bool) -> None:
    """Claims what is concluded of an access's address."""
    address, end = blocks.contents.seen(one.b), one.value or 0
    lines = blocks.claims.within(address, blocks.spans.addresses[blocks.at])
    if known or blocks.checked.get(one.b, 0) >= end:
        lines += blocks.claims.in_bounds(address, end)
    if aligned:
        width = _WIDTHS[one.name]
        lines += blocks.claims.aligned(address, end - width, min(width, 4))
    blocks.lines += lines


def _check(blocks: Writer, one: Instr, x: Value, end: int) -> None:
    """Checks that an access, and with it those that follow at the same address, are in bounds."""
    if x.number is not None:
        blocks.lines += ["if size < %d:" % (x.number + end), *indent(blocks.beyond(one))]
        return
    if blocks.checked.get(one.b, 0) >= end:
        return
    together = _together(blocks, one, end)
    end = together[-1].value or 0
    limit, exact = blocks.limits.name(end)
    test = "uint(%s) >= uint(%s)" if blocks.words.bits == 32 else "%s >= %s"
    blocks.checked[one.b] = end
    if blocks.function.module.keeps:
        blocks.lines += ["if %s:" % test % (x.text, limit), *indent(blocks.beyond(one))]
        return
    # Out of bounds, the first of them that is traps.
    late: list[str] = []
    for other in together[:-1] if exact else together:
        late += ["if %s:" % _beyond(blocks, x.text, other.value or 0), "    s[PC] = %d" % other.stub, "    return"]
    if exact:
        late += ["s[PC] = %d" % together[-1].stub, "return"]
    blocks.lines += ["if %s:" % test % (x.text, limit), *indent(late)]


def _together(blocks: Writer, one: Instr, end: int) -> list[Instr]:
    """An access, and those behind it that reach further from the same address, up to the first thing that is seen
    from outside: if one of these is out of bounds, nothing was done before it traps."""
    found = [one]
    if "store" in one.name:
        return found
    written = one.writes
    for at in range(blocks.at + 1, blocks.end):
        other = blocks.flow.code[at]
        reach = other.value or 0
        if written >> one.b & 1 or other.targets:
            break
        written |= other.writes
        if blocks.cells.needless(at) or not other.name.startswith(EFFECTS):
            continue
        if other.name not in _WIDTHS or reach > _LARGEST:
            break
        if other.b == one.b:
            if reach > end:
                found.append(other)
                end = reach
        elif not blocks.limits.covers(blocks.spans.addresses[at].unsigned[1] + reach):
            break
        if "store" in other.name:
            break
    return found


def _beyond(blocks: Writer, text: str, end: int) -> str:
    """A text that is true where so many bytes from an address on are not in bounds."""
    if blocks.words.bits == 64:
        return "%s > size - %d" % (text, end)
    return "size < %d or uint(%s) > uint(size - %d)" % (end, text, end)


def _places(blocks: Writer, x: Value, offset: int, unit: int, count: int) -> list[str]:
    """Texts of what lies at an address, in pieces of ``unit`` bytes."""
    base, at = x.text, offset
    if x.number is not None:
        base, at = "", x.number + offset
    rest = at if at // unit + count > _NEAR and blocks.words.bits == 32 else at % unit
    if unit == 1 and base and (rest or not at):
        return ["m8[%s + %d]" % (base, at) if at else "m8[%s]" % base]
    where = " + ".join(part for part in ("memory", base, str(rest) if rest else "") if part)
    return ["ptr%d(%s)[%d]" % (8 * unit, where, (at - rest) // unit + i) for i in range(count)]


def _loaded(blocks: Writer, one: Instr, x: Value, texts: list[str]) -> list[str]:
    """Lines that bring what was loaded into the locals of the cells."""
    targets = [blocks.local(one.a + i) for i in range(len(texts))]
    for i in range(len(texts)):
        blocks.contents.overwrite(one.a + i)
    clean = one.name[-1] != "s"
    extended = [Value(_EXTENDED.get(one.name, "%s") % text, clean=clean) for text in texts]
    lines = ["%s = %s" % pair for pair in zip(targets, map(blocks.words.clean, extended), strict=True)]
    return lines[::-1] if targets[0] == x.text else lines  # the address goes last


def _by_bytes(blocks: Writer, one: Instr, x: Value, offset: int, unit: int, values: list[Value]) -> list[str]:
    """An access as a whole if its address allows that, or in bytes."""
    count = 2 if one.name[:3] == "i64" else 1
    places = _places(blocks, x, offset, unit, count)
    parts = ["x = memory + %s + %d" % (x.text, offset)]
    if values:
        whole = ["%s = %s" % (place, value.text) for place, value in zip(places, values, strict=True)]
        for i in range(unit * count):
            text = values[i // 4].text
            parts.append("ptr8(x)[%d] = %s" % (i, "%s >> %d" % (text, 8 * (i % 4)) if i % 4 else text))
    else:
        whole = _loaded(blocks, one, x, places)
        words = range(0, unit * count, unit)
        bytes_ = [" | ".join("(ptr8(x)[%d] << %d)" % (at + k, 8 * k) for k in range(unit)) for at in words]
        parts += _loaded(blocks, one, Value("x"), ["(%s)" % text for text in bytes_])
    test = "(%s + %d) & %d" % (x.text, offset, unit - 1) if offset % unit else "%s & %d" % (x.text, unit - 1)
    return ["if %s:" % test, *indent(parts), "else:", *indent(whole)]
