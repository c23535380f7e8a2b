"""On MicroPython: loads the hostile modules of a folder in turn, and prints what came of each.

Arguments: the folder, how many.
"""

import gc
import json
import os
import sys

import machine
import wasi
import wasm
from guest import OUT, Guest

ROOT = sys.argv[1]
DATA = ROOT + "/data"
GRANTS = {
    "mine": ("gpio.out", 2),
    "theirs": ("gpio.out", 25),
    "button": ("gpio.in", 14),
    "bus": ("i2c", 0, 4, 5, 400000, [80]),
    "data": ("folder", DATA, "read-write"),
}
CREATES_AND_WRITES = 1, 0x42


def victim():
    """Another module, with a pin and a file of its own."""
    guest = Guest({"led": ("gpio.out", 25), "data": ("folder", DATA, "read-write")})
    assert guest.call("wasi_gpio", "get_digital_out", b"led", OUT) == 0
    how, rights = CREATES_AND_WRITES
    errno = guest.call("wasi_snapshot_preview1", "path_open", 3, 0, b"held", how, rights, 0, 0, OUT)
    assert errno == 0, errno
    return guest


def attack(path, calls):
    """The errno that an attempt gets, or how it ends."""
    holder = []

    def again():
        calls.append(1)
        return holder[0].attack()

    app = wasm.load(path, {"env": {"again": again}}, GRANTS, fuel=20000, memory=8192, args=("a",), files=4096)
    holder.append(app)
    try:
        return app.attack()
    except wasm.Trap as trap:
        return "deep" if calls else trap.kind
    except RuntimeError:  # MicroPython's own stack
        return "deep" if calls else "RuntimeError"
    finally:
        app.close()


def main():
    other = victim()
    memory = other.memory.read(0, 4096)
    for number in range(int(sys.argv[2])):
        machine.calls.clear()
        before = dict(wasi.denied)
        result = attack(ROOT + "/%d.img" % number, [])
        for name in os.listdir(DATA):
            if name == "mine":
                os.remove(DATA + "/mine")
        own = (2, 4, 5)
        pins = [call[1] for call in machine.calls if call[0] in ("new", "value", "irq") and call[1] not in own]
        counted = [name for name in wasi.denied if wasi.denied[name] != before.get(name, 0)]
        same = other.memory.read(0, 4096) == memory and other.call("wasi_gpio", "toggle", 4) == 0
        print(json.dumps([result, counted, pins, same]))
        gc.collect()
    assert other.call("wasi_snapshot_preview1", "fd_close", 5) == 0


main()
