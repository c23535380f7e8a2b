"""On MicroPython: a board's file system, on a disk in RAM."""

import sys

import vfs

PLACE = "/ram"
_BLOCK = 512
_EMPTY = bytes(_BLOCK)


class _Disk:
    """It takes RAM for those blocks that were written."""

    def __init__(self, count):
        self._count = count
        self._blocks = {}

    def readblocks(self, block, buffer, offset=0):
        for at in range(0, len(buffer), _BLOCK):
            kept = self._blocks.get(block + at // _BLOCK, _EMPTY)
            buffer[at : at + _BLOCK] = kept[offset : offset + len(buffer) - at]

    def writeblocks(self, block, buffer, offset=0):
        for at in range(0, len(buffer), _BLOCK):
            kept = self._blocks.setdefault(block + at // _BLOCK, bytearray(_BLOCK))
            data = buffer[at : at + _BLOCK]
            kept[offset : offset + len(data)] = data

    def ioctl(self, request, _):
        return {4: self._count, 5: _BLOCK}.get(request, 0)


def mount(name, blocks=128):
    """Makes a new file system, ``VfsFat`` or ``VfsLfs2``, and returns where it is mounted.

    Ends MicroPython with a code of its own where it lacks that (script.py).
    """
    system = getattr(vfs, name, None)
    if system is None:
        print("this MicroPython has no " + name)
        sys.exit(77)
    disk = _Disk(blocks)
    system.mkfs(disk)
    vfs.mount(system(disk), PLACE)
    return PLACE
