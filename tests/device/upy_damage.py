"""Images that are not as they were made: what is refused, and that a cut one never runs."""

import json
import os
from binascii import hexlify
from hashlib import sha256

import wasm
from modules import path, raised
from upy_raw import flash
from wasm import damage

IMAGE = "/wasmdev/guest.01234567.img"


def contents(name):
    with open(path(name), "rb") as file:
        return file.read()


def write(place, data):
    with open(place, "wb") as file:
        file.write(data)


def put(image, **more):
    """An app as wasmdev flash leaves it."""
    write(IMAGE, image)
    facts = {"image": IMAGE.split("/")[-1], "hash": hexlify(sha256(image).digest()).decode(), "grants": {}}
    facts.update(dict.fromkeys(("memory", "fuel", "stack", "args", "env")), **more)
    with open("/wasmdev/guest.json", "w") as file:
        json.dump(facts, file)


def damaged(data, at):
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def test_any_bit_of_a_file_is_found():
    flash()
    image, code = contents("program.img"), b"machine code"
    write("/wasmdev/n0123.mpy", code)
    facts = {"native": IMAGE[9:], "code": "n0123.mpy"}
    facts["native_hash"] = hexlify(sha256(image).digest()).decode()
    facts["code_hash"] = hexlify(sha256(code).digest()).decode()
    put(image, **facts)
    damage.check("guest")
    for at in range(0, len(image), 37):
        write(IMAGE, damaged(image, at))
        assert IMAGE in raised(wasm.ImageError, damage.check, "guest")
    write(IMAGE, image)
    write("/wasmdev/n0123.mpy", damaged(code, 3))
    assert "n0123.mpy is damaged" in raised(wasm.ImageError, damage.check, "guest")
    os.remove("/wasmdev/n0123.mpy")
    raised(OSError, damage.check, "guest")


def _late(image):
    """The bytes of the map and of what is for snapshots, the last parts, which a call can do without."""
    return [int.from_bytes(image[at : at + 4], "little") for at in (52, 56)]


def test_a_cut_image_is_refused_or_lacks_only_places():
    flash()
    for name in "basics", "traps", "program":
        image = contents(name + ".img")
        whole = len(image) - sum(_late(image))
        for end in range(0, len(image), 3):
            for source in (IMAGE, image[:end]):
                write(IMAGE, image[:end])
                if end < whole:
                    raised(wasm.ImageError, wasm.load, source, memory=2048)
                else:
                    wasm.load(source, memory=2048)


def test_a_trap_tells_what_the_map_still_tells():
    image = contents("traps.img")
    size, behind = _late(image)
    for end in range(len(image) - size - behind, len(image)):
        app = wasm.load(image[:end], memory=2048)
        try:
            app.divide(0)
        except wasm.Trap as trap:
            assert trap.kind == "integer divide by zero"
            assert [index for index, _ in trap.frames] == [0, 1]
        else:
            raise AssertionError("no trap")
