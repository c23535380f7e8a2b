"""The MicroPython half of kernels.py: runs exports of the image in argv[1], a line of stdin each.

A line is a name and its operands in hexadecimal; the answer is a line with the result in hexadecimal, or with
``trap`` and the trap's kind.
"""

import sys

import wasm


def main():
    app = wasm.load(sys.argv[1])
    for line in sys.stdin:
        name, *operands = line.split()
        try:
            result = app[name](*[int(operand, 16) for operand in operands])
        except wasm.Trap as trap:
            print("trap", trap.kind)
        else:
            print("%x" % (result & 0xFFFFFFFFFFFFFFFF))


main()
