"""On MicroPython: loads hostile modules in turn, and prints what came of each.

Arguments: the folder where their images are, the folder that is granted to them, how many there are.
"""

import gc
import json
import os
import sys

import machine
import wasi
import wasm
from guest import OUT, Guest

OWN = (2, 4, 5)  # pins
CREATES_AND_WRITES = 1, 0x42


def victim(data):
    """Another module, with pins and a file of its own."""
    guest = Guest({"led": ("gpio.out", 25), "door": ("gpio.in", 15), "data": ("folder", data, "read-write")})
    assert guest.call("wasi_gpio", "get_digital_out", b"led", OUT) == 0
    assert guest.call("wasi_gpio", "get_digital_in", b"door", OUT) == 0
    assert guest.call("wasi_gpio", "watch", 5, 3) == 0
    how, rights = CREATES_AND_WRITES
    errno = guest.call("wasi_snapshot_preview1", "path_open", 3, 0, b"held", how, rights, 0, 0, OUT)
    assert errno == 0, errno
    return guest


def attack(path, data, calls):
    """The errno that an attempt gets, or how it ends."""
    grants = {
        "mine": ("gpio.out", 2),
        "theirs": ("gpio.out", 25),
        "door": ("gpio.in", 15),
        "button": ("gpio.in", 14),
        "bus": ("i2c", 0, 4, 5, 400000, [80]),
        "data": ("folder", data, "read-write"),
    }
    holder = []

    def again():
        calls.append(1)
        return holder[0].attack()

    app = wasm.load(path, {"env": {"again": again}}, grants, fuel=20000, memory=8192, args=("a",), files=4096)
    holder.append(app)
    try:
        return app.attack()
    except wasm.Trap as trap:
        return "deep" if calls else trap.kind
    except RuntimeError:  # MicroPython's own stack
        return "deep" if calls else "RuntimeError"
    finally:
        app.close()


def run(folder, data, numbers):
    """One line of JSON for each: the result, what was counted as denied, pins of others that were touched (where
    ``machine`` records that), and whether the victim is as it was.
    """
    other = victim(data)
    memory = other.memory.read(0, 4096)
    touched = getattr(machine, "calls", [])
    for number in numbers:
        touched.clear()
        before = dict(wasi.denied)
        result = attack("%s/%d.img" % (folder, number), data, [])
        if "mine" in os.listdir(data):
            os.remove(data + "/mine")
        pins = [call[1] for call in touched if call[0] in ("new", "value", "irq") and call[1] not in OWN]
        counted = [name for name in wasi.denied if wasi.denied[name] != before.get(name, 0)]
        same = other.memory.read(0, 4096) == memory and other.call("wasi_gpio", "toggle", 4) == 0
        print(json.dumps([result, counted, pins, same]))
        gc.collect()
    assert other.call("wasi_snapshot_preview1", "fd_close", 6) == 0
    other.table.close()


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], range(int(sys.argv[3])))
