"""Where calls can stand still in a function: at its calls and at the heads of its loops, numbered from 1 as they
are lowered. That is the same in a module's portable image and in its native one, so a call that stops in the one
can go on in the other; 0 is the function's beginning.

Of each function there is a list: how often it is told where they are, which is once, or for code and stubs of
native code one after the other, then, each time, of each place in a number whether it is a loop's (1) and, in the
other bits, where it is: 0 where it isn't, else 1 and the step in words from the place before, at first from the
function's header; of a step n below zero the number is -2 * n - 1, else 2 * n. Numbers are LEB128. A word for each
function tells where its list begins.
"""

from array import array

from .pieces import Pieces


class Stops:
    """What an image tells of them: ``index`` and ``lists``."""

    def __init__(self):
        self.index = array("I")
        self.lists = Pieces()

    def add(self, header, places, stubs):
        """Adds the function whose header is at that offset. ``places`` are pairs: an offset, None where there is
        none, and whether it is a loop's. ``stubs`` are the same of native code, or None."""
        self.index.append(self.lists.size)
        out = bytearray()
        _number(out, len(places) << 1 | (stubs is not None))
        for told in (places, stubs or ()):
            before = header >> 2
            for place, loop in told:
                step = 0
                if place is not None:
                    moved = (place >> 2) - before
                    before = place >> 2
                    step = 1 + (2 * moved if moved >= 0 else -2 * moved - 1)
                _number(out, step << 1 | loop)
        self.lists.append(out)


def _number(out, value):
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
