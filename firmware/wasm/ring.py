"""The last bytes that a guest in the background has printed."""

import sys

from micropython import const

_SIZE = const(1024)

quiet = False  # whether the console is wasmdev's, and nothing else may be said there


class Ring:
    """``end`` counts all the bytes that were ever written. It takes its RAM at the first.

    ``shown``: they go to the console too.
    """

    end = 0
    _bytes = None

    def __init__(self, shown):
        self._shown = shown

    def write(self, data):
        if self._shown and not quiet:
            sys.stdout.write(data)
        if self._bytes is None:
            self._bytes = bytearray(_SIZE)
        size = len(data)
        self.end += size
        if size > _SIZE:
            data = data[size - _SIZE :]
            size = _SIZE
        start = (self.end - size) % _SIZE
        first = min(size, _SIZE - start)
        self._bytes[start : start + first] = data[:first]
        self._bytes[: size - first] = data[first:]

    def since(self, place):
        """``(place, bytes)``: what was written from that place on, from a later one where the first is gone."""
        place = max(min(place, self.end), self.end - _SIZE, 0)
        start = place % _SIZE
        size = self.end - place
        ring = self._bytes or b""
        return place, bytes(ring[start : start + size] + ring[: max(0, start + size - _SIZE)])
