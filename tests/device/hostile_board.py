"""On MicroPython: loads hostile raw modules in turn, calls what they export, and prints what came of each.

Arguments: the folder where they are, how many there are. What is no error of the engine's own is printed with an
exclamation mark before it.
"""

import gc
import sys

import wasm
import wasm.raw

FUEL = 2000
MEMORY = 8192
WELL = b"\0asm\1\0\0\0\1\5\1\x60\0\1\x7f\3\2\1\0\7\5\1\1f\0\0\n\6\1\4\0\x41\7\x0b"  # f gives 7


def nothing(*_):
    return 0


class Host(dict):
    """Gives whatever is imported: a function; and of "env", where the samples have one, a global."""

    def get(self, name, default=None):
        return wasm.Global("i", 5) if name == "base" else nothing


def attempt(path):
    """How it ends."""
    try:
        app = wasm.load(path, {"env": Host()}, memory=MEMORY, fuel=FUEL)
        for name, type_ in app.exports.items():
            if type_[:2] == "()":
                try:
                    app[name]()
                except wasm.Trap as trap:
                    str(trap)
        return "ran"
    except (wasm.Trap, wasm.LinkError, MemoryError) as error:
        return type(error).__name__
    except Exception as error:
        name = type(error).__name__
        return name if name == "WasmError" else "!%s: %s" % (name, error)


def run(folder, numbers):
    for number in numbers:
        gc.collect()
        print(attempt("%s/%d.wasm" % (folder, number)))
    assert wasm.load(WELL).f() == 7
    assert not [name for name in sys.modules if name.startswith("wasmc")]


if __name__ == "__main__":
    run(sys.argv[1], range(int(sys.argv[2])))
