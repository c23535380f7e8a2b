"""The MicroPython half of shelf.py: writes a file system with the files that come in on stdin.

Arguments: the file to write, its size in bytes. On stdin comes a line of JSON first: names and sizes.
"""

import json
import os
import sys

BLOCK = 4096  # what the chip erases at once


class Chip:
    def __init__(self, size):
        self.content = bytearray(b"\xff" * size)

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        buffer[:] = self.content[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        self.content[at : at + len(buffer)] = buffer

    def ioctl(self, order, _):
        return {4: len(self.content) // BLOCK, 5: BLOCK}.get(order, 0)


target, size = sys.argv[1:]
stdin = sys.stdin.buffer
chip = Chip(int(size))
os.VfsLfs2.mkfs(chip, progsize=256)
os.mount(os.VfsLfs2(chip, progsize=256), "/chip")
for name, length in json.loads(stdin.readline()):
    with open("/chip/" + name, "wb") as file:
        file.write(stdin.read(length))
os.umount("/chip")
with open(target, "wb") as file:
    file.write(chip.content)
