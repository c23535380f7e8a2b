"""Bytes that grow at their end, in pieces for which a heap in use has room: one buffer would have to be moved."""

_SIZE = 1024  # bytes of a piece, a multiple of a word


class Pieces:
    """``size`` bytes so far."""

    def __init__(self):
        self.size = 0
        self._pieces = []

    def append(self, data):
        view = memoryview(data)
        while len(view):
            at = self.size % _SIZE
            if at == 0:
                self._pieces.append(bytearray(_SIZE))
            count = min(len(view), _SIZE - at)
            self._pieces[-1][at : at + count] = view[:count]
            self.size += count
            view = view[count:]

    def patch(self, at, word):
        """Sets four bytes, ``at`` a multiple of four, to a number."""
        piece = self._pieces[at // _SIZE]
        at %= _SIZE
        piece[at : at + 4] = word.to_bytes(4, "little")

    def parts(self):
        """What there is, as bytes-like objects, in order."""
        parts = self._pieces[:]
        rest = self.size % _SIZE
        if rest:
            parts[-1] = memoryview(parts[-1])[:rest]
        return parts
