"""How one board reads and writes words: their width, and whether they may be anywhere."""

from ..image import isa
from .weave import expand, indent

# Tells the state where ``run`` is, for whatever is called or goes on from there.
LEAVE = ["s[PC] = int(p) - code", "s[FP] = int(f) - int(cells)"]


def address(words, index, bits):
    """The address that is at a place of an array."""
    if bits == 32:
        return "%s[%s]" % (words, index)
    return "(%s[%s] | (%s[%s + 1] << 32))" % (words, index, words, index)


def trap(kind):
    """Leaves the loop of ``run`` for a trap."""
    return ["s[ARG] = %d" % isa.TRAPS.index(kind), "why = TRAP", "break"]


class Words:
    """Machine words of 32 or 64 bits; ``unaligned``: words in memory can be read at any address."""

    def __init__(self, bits, unaligned):
        self.bits = bits
        self.unaligned = unaligned

    def state(self, name):
        """An address of the state."""
        return address("s", name, self.bits)

    def item(self, name):
        """The word of a small int in the context at ``t``."""
        if self.bits == 32:
            return "t[%s]" % name
        return "(t[%s * 2] | (t[%s * 2 + 1] << 32))" % (name, name)

    def movable(self):
        """Reads what may be elsewhere after a call that leaves the interpreter."""
        return [
            "t = ptr32(%s)" % self.state("MEMORY"),
            "memory = " + address("t", "BUFFER", self.bits),
            "size = t[SIZE]",
        ]

    def link(self, table, index):
        """The machine word at a place of a table of sparse memory."""
        if self.bits == 32:
            return "ptr32(%s)[%s]" % (table, index)
        return "ptr32(%s)[(%s) << 1] | (ptr32(%s)[((%s) << 1) + 1] << 32)" % (table, index, table, index)

    def body(self, lines):
        """A template with its macros and pseudo-statements written out."""
        out = []
        for line in expand(lines, self.bits):
            text = line.lstrip()
            space = line[: len(line) - len(text)]
            if text.startswith("trap("):
                new = trap(text[5:-1])
            elif "= word(" in text:
                new = self._word(*text[:-1].split(" = word("))
            elif text.startswith("store("):
                new = self._store(*text[6:-1].split(", "))
            else:
                new = [text]
            out += [space + part for part in new]
        return out

    def _word(self, target, address):
        whole = "%s = ptr32(%s)[0]" % (target, address)
        if self.unaligned:
            return [whole]
        parts = " | ".join(
            ("ptr8(%s)[%d]" if i == 0 else "(ptr8(%%s)[%%d] << %d)" % (8 * i)) % (address, i)
            for i in range(4)
        )
        return ["if a & 3:", "    %s = %s" % (target, parts), "else:", "    " + whole]

    def _store(self, address, value):
        whole = "ptr32(%s)[0] = %s" % (address, value)
        if self.unaligned:
            return [whole]
        parts = ["ptr8(%s)[%d] = %s >> %d" % (address, i, value, 8 * i) for i in range(4)]
        return ["if a & 3:", *indent(parts), "else:", "    " + whole]
