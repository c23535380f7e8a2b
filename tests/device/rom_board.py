"""On MicroPython: loads images from ROMFS, from memory and from a file system without any.

Arguments: a ROMFS, the path of the same image as in its files ``0.img`` to ``3.img``. Prints for each load the
result of a call, whether the code runs in place, and the heap that it took.
"""

import gc
import sys
from array import array

import vfs
import wasm
from wasm.core import place


def address(buffer):
    words = array("L", (0,))
    place(words, 0, buffer)
    return words[0]


def load(source, first, last):
    wasm.load(source, memory=64, stack=1024).go()  # what it needs is imported
    gc.collect()
    before = gc.mem_alloc()
    app = wasm.load(source, memory=64, stack=1024)
    gc.collect()
    taken = gc.mem_alloc() - before
    result = app.go()
    at = address(app._instance.image.code)
    try:
        app.trap()
    except wasm.Trap as trap:
        frames = trap.frames
    print(result, first <= at < last, taken, at & 3, frames)


def main():
    with open(sys.argv[1], "rb") as file:
        rom = file.read()
    first = address(rom)
    last = first + len(rom)
    vfs.mount(vfs.VfsRom(rom), "/rom")
    for i in range(4):
        load("/rom/%d.img" % i, first, last)
    with open(sys.argv[2], "rb") as file:
        image = file.read()
    first = address(image)
    load(image, first, first + len(image))
    load(sys.argv[2], 0, 0)


main()
