"""Raw modules: their images are kept in flash, which is here a real littlefs on blocks of RAM."""

import os
import sys

import vfs
import wasm
from modules import path, raised
from wasm.errors import Trap

APPS = "/wasmdev"
IMAGES = APPS + "/images"
DIVIDE = 0x6D  # i32.div_s


class Blocks:
    """A chip of flash. ``power`` is how many writes it still does, None for any."""

    SIZE = 512

    def __init__(self, count):
        self.count = count
        self.data = {}
        self.power = None

    def readblocks(self, number, buffer, offset=0):
        data = self.data.get(number)
        buffer[:] = data[offset : offset + len(buffer)] if data else b"\xff" * len(buffer)

    def writeblocks(self, number, buffer, offset=0):
        if self.spend():
            self.data.setdefault(number, bytearray(b"\xff" * self.SIZE))[offset : offset + len(buffer)] = buffer

    def ioctl(self, what, number):
        if what == 6 and self.spend():
            self.data.pop(number, None)
        return {4: self.count, 5: self.SIZE}.get(what, 0)

    def spend(self):
        if self.power:
            self.power -= 1
        elif self.power == 0:
            return False
        return True


def flash(count=64):
    """Mounts a fresh one on the apps' folder."""
    blocks = Blocks(count)
    vfs.VfsLfs2.mkfs(blocks, progsize=128, readsize=128)
    vfs.mount(vfs.VfsLfs2(blocks, progsize=128, readsize=128), APPS)
    return blocks


def again(blocks):
    """Power goes and comes back."""
    vfs.umount(APPS)
    blocks.power = None
    vfs.mount(vfs.VfsLfs2(blocks, progsize=128, readsize=128), APPS)


def kept():
    return os.listdir(IMAGES) if "images" in os.listdir(APPS) else []


def module(number, name="basics"):
    """A binary that is like no other: a custom section is in it."""
    with open(path(name + ".wasm"), "rb") as file:
        return file.read() + bytes((0, 3, 1, number, 0))


class NoCompiler:
    """What is imported in place of the compiler where it must not be needed."""

    def __enter__(self):
        sys.modules["wasmc"] = self

    def __exit__(self, *_):
        sys.modules.pop("wasmc", None)


def write(place, data):
    with open(place, "wb") as file:
        file.write(data)


def load(source):
    return wasm.load(source, memory=2048, stack=1024)


def test_the_second_load_does_not_compile():
    flash()
    for source in path("basics.wasm"), module(1):
        assert load(source).add(2, 3) == 5
        assert not [name for name in sys.modules if name.startswith("wasmc")]
        with NoCompiler():
            app = load(source)
            assert app.add(2, 3) == 5 and app.memory[16:21] == b"hello" and app.globals["g"] == 7
    assert len(kept()) == 2
    with NoCompiler():
        raised(AttributeError, load, module(2))


def test_it_lasts_through_a_loss_of_power():
    blocks = flash()
    load(path("basics.wasm"))
    again(blocks)
    with NoCompiler():
        assert load(path("basics.wasm")).add(2, 3) == 5


def test_a_changed_module_is_compiled_and_takes_the_place_of_the_former():
    flash()
    write("/wasmdev/f.wasm", module(1))
    load("/wasmdev/f.wasm")
    (former,) = kept()
    write("/wasmdev/f.wasm", module(1, "traps"))
    assert load("/wasmdev/f.wasm").deep(5) == 5
    (present,) = kept()
    assert present != former
    write("/wasmdev/g.wasm", module(1, "traps"))
    load("/wasmdev/g.wasm")
    assert len(kept()) == 2 and present in kept()


def test_an_image_of_another_version_or_module_or_none_is_made_again():
    flash()
    load(module(1))
    (name,) = kept()
    with open(IMAGES + "/" + name, "rb") as file:
        image = file.read()
    other = bytearray(image)
    other[4] += 1
    foreign = bytearray(image)
    foreign[8] ^= 1
    for wrong in bytes(other), bytes(foreign), b"", b"WIMG", b"no image, though long enough to be one":
        write(IMAGES + "/" + name, wrong)
        assert load(module(1)).add(2, 3) == 5
        with open(IMAGES + "/" + name, "rb") as file:
            assert file.read() == image
        assert kept() == [name]


def test_a_full_flash_only_means_that_none_is_kept():
    for count in 6, 9, 10, 11, 12:  # no room for the folder, and for the image
        flash(count)
        try:
            with open("/wasmdev/others", "wb") as file:
                while True:
                    file.write(bytes(128))
        except OSError:
            pass
        for _ in range(2):
            assert load(module(1)).add(2, 3) == 5
        assert "new" not in kept()
        vfs.umount(APPS)


def test_power_may_go_at_any_write():
    blocks = flash()
    write("/wasmdev/f.wasm", module(1))
    load("/wasmdev/f.wasm")
    (first,) = kept()
    write("/wasmdev/f.wasm", module(2))
    before = {number: bytes(data) for number, data in blocks.data.items()}
    writes = seen = 0
    while seen != 3:
        blocks.data = {number: bytearray(data) for number, data in before.items()}
        again(blocks)
        blocks.power = writes
        load("/wasmdev/f.wasm")
        left = blocks.power
        again(blocks)
        names = [name for name in kept() if name != "new"]
        assert len(names) < 2
        seen |= 1 if not names or names == [first] else 2
        with open("/wasmdev/f.wasm", "rb") as file:
            assert file.read() == module(2)
        if names and names != [first]:
            with NoCompiler():
                assert load("/wasmdev/f.wasm").add(2, 3) == 5
        elif not writes % 4:
            assert load("/wasmdev/f.wasm").add(2, 3) == 5
        if left:
            break
        writes += 1
    assert seen == 3 and writes > 5


def test_they_do_not_pile_up():
    flash(200)
    for number in range(12):
        load(module(number))
    assert len(kept()) == 8
    with NoCompiler():
        assert load(module(11)).add(2, 3) == 5


def test_what_is_invalid_is_not_kept():
    flash()
    broken = bytearray(module(1))
    broken[10] ^= 0xFF
    for _ in range(2):
        raised(Exception, load, bytes(broken))
    assert not kept()


def test_a_trap_tells_of_its_place_as_long_as_the_image_is_there():
    flash()
    write("/wasmdev/f.wasm", module(1, "traps"))
    app = load("/wasmdev/f.wasm")
    for there in True, False:
        try:
            app.divide(0)
        except Trap as trap:
            assert trap.kind == "integer divide by zero"
            assert [index for index, _ in trap.frames] == [0, 1]
            assert all(bool(place) == there for _, place in trap.frames)
        else:
            raise AssertionError("no trap")
        write("/wasmdev/f.wasm", module(2, "traps"))
        load("/wasmdev/f.wasm")
    assert app.divide(1) == 1


def test_a_trap_tells_of_its_place_where_an_offset_is_computed():
    flash()
    for name in "computed.wasm", "computed.img":
        app = wasm.load(path(name))
        assert app.memory[3] == 65
        try:
            app.divide(0)
        except Trap as trap:
            assert [(index, module(0, "computed")[place]) for index, place in trap.frames] == [(0, DIVIDE)]
        else:
            raise AssertionError("no trap")


def test_nothing_is_written_to_a_machine_that_is_no_board():
    assert load(module(1)).add(2, 3) == 5
    raised(OSError, os.stat, APPS)
