"""On MicroPython: escape_board.py with raw modules, each compiled as it is loaded. Arguments as there."""

import wasm

load = wasm.load


def raw(path, *given, **named):
    return load(path.replace(".img", ".wasm"), *given, **named)


wasm.load = raw
with open(__file__.replace("raw_escapes", "escape_board")) as file:
    exec(file.read(), {"__name__": "__main__"})
