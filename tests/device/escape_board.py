"""On MicroPython: loads hostile modules in turn, and prints what came of each.

Arguments: the folder where their images are, the number of the first and that after the last, and the folder of a
board's files or the name of a file system, for a disk in RAM with such files.
"""

import gc
import json
import os
import sys

import machine
import wasi
import wasm
from guest import OUT, Guest

OWN = (2, 4, 5, 14)  # pins
CREATES_AND_WRITES = 1, 0x42
# A board's files: a folder that the guest may write to, one that it may read, and others beside them.
SECRET = "the board's own"
FOLDERS = ("data", "data/inner", "room", "shared", "wasmdev", "lib")
FILES = ("secret", "wasmdev/victim.json", "lib/wasm.py", "room/kept", "data/inner/long name.text")


def furnish(root):
    """Makes those files."""
    for folder in FOLDERS:
        os.mkdir(root + "/" + folder)
    for name in FILES:
        with open(root + "/" + name, "w") as file:
            file.write(SECRET)


def inventory(root):
    """Every file below a folder with what is in it, and every folder with None."""
    found = {}
    for name, kind, *_ in os.ilistdir(root):
        path = root + "/" + name
        if kind == 0x4000:
            found[path] = None
            found.update(inventory(path))
        else:
            with open(path) as file:
                found[path] = file.read()
    return found


def victim(root):
    """Another module, with a handle of each kind."""
    grants = {
        "led": ("gpio.out", 25),
        "door": ("gpio.in", 15),
        "data": ("folder", root + "/data", "read-write"),
        "light": ("adc", 26),
        "fan": ("pwm", 16, 1000),
        "chip": ("spi", 0, 18, 19, None, 17, 1000000, 0),
        "line": ("uart", 0, 0, 1, 9600),
        "warmth": ("sensor.temperature", 4, 437227, -8924, 305),
    }
    getattr(machine, "readings", {}).update({26: 100, 4: 14000})
    guest = Guest(grants)
    assert guest.call("wasi_gpio", "get_digital_out", b"led", OUT) == 0
    assert guest.call("wasi_gpio", "get_digital_in", b"door", OUT) == 0
    assert guest.call("wasi_gpio", "watch", 5, 3) == 0
    how, rights = CREATES_AND_WRITES
    errno = guest.call("wasi_snapshot_preview1", "path_open", 3, 0, b"held", how, rights, 0, 0, OUT)
    assert errno == 0, errno
    for label in ("light", "fan", "chip", "line", "warmth"):
        module = "wasi_" + grants[label][0].split(".")[0]
        assert guest.call(module, "open", label.encode(), OUT) == 0, label
    return guest


def edge():
    """An edge of the attacker's button, where it can be had: as if it had come before a watch was given up."""
    handler = getattr(machine, "late", {}).get(14)
    if handler:
        handler(None)


def attack(path, root, calls):
    """The errno that an attempt gets, or how it ends, and how often the module was called after its end."""
    grants = {
        "mine": ("gpio.out", 2),
        "theirs": ("gpio.out", 25),
        "door": ("gpio.in", 15),
        "button": ("gpio.in", 14),
        "bus": ("i2c", 0, 4, 5, 400000, [80]),
        "data": ("folder", root + "/data", "read-write"),
        "room": ("folder", root + "/room", "read-only"),
        "shared": ("folder", root + "/shared", "read-write"),
    }
    holder = []

    def again():
        calls.append(1)
        return holder[0].attack()

    env = {"again": again, "edge": edge}
    getattr(machine, "levels", {})[14] = 0
    app = wasm.load(path, {"env": env}, grants, memory=8192, fuel=20000, stack=4096, args=("a",), files=4096)
    holder.append(app)
    try:
        result = app.attack()
    except wasm.Trap as trap:
        result = "deep" if calls else trap.kind
    except RuntimeError:  # MicroPython's own stack
        result = "deep" if calls else "RuntimeError"
    finally:
        app.close()
    before = app.edges
    edge()
    return result, app.edges - before


def run(folder, root, numbers):
    """One line of JSON for each: the result, what was counted as denied, pins of others that were touched (where
    ``machine`` records that), calls after the end, and whether the victim is as it was.
    """
    gc.threshold(4096)  # what is imported meanwhile stays together, and there is room for each module
    other = victim(root)
    memory = other.memory.read(0, 4096)
    touched = getattr(machine, "calls", [])
    for number in numbers:
        touched.clear()
        before = dict(wasi.denied)
        result, late = attack("%s/%d.img" % (folder, number), root, [])
        if "mine" in os.listdir(root + "/data"):
            os.remove(root + "/data/mine")
        pins = [call[1] for call in touched if call[0] in ("new", "value", "irq") and call[1] not in OWN]
        counted = [name for name in wasi.denied if wasi.denied[name] != before.get(name, 0)]
        same = other.memory.read(0, 4096) == memory and other.call("wasi_gpio", "toggle", 4) == 0
        print(json.dumps([result, counted, pins, late, same]))
        gc.collect()
    assert other.call("wasi_snapshot_preview1", "fd_close", 6) == 0
    other.table.close()


if __name__ == "__main__":
    folder, first, end, root = sys.argv[1:]
    here = root.startswith("/")
    if not here:
        import volume

        root = volume.mount(root)
        furnish(root)
    run(folder, root, range(int(first), int(end)))
    if not here:
        print(json.dumps(inventory(root)))
