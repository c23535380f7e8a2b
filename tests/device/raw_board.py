"""On MicroPython: loads a raw module and prints what its export ``sum`` gives, or why it can't.

Arguments: the path of the module, an integer.
"""

import sys

import wasm

try:
    print(wasm.load(sys.argv[1]).sum(int(sys.argv[2])))
except MemoryError as error:
    print("MemoryError:", error)
