"""The board's API: what ``wasm.load`` returns, and what it does when something is wrong."""

import gc
import os

import wasm
from modules import load, path, raised

CONSOLE = {
    "test_a_program_is_told_its_name_and_then_its_arguments": (
        "",
        "argv\nfirst\n\n" * 2 + "argv\nsecond\n" * 2 + "app\nthird\n" * 2 + "my.tool\n" * 4,
    ),
}


def test_functions_take_and_return_ints():
    app = load("basics")
    assert app.add(2, 3) == 5
    assert app.add(0x7FFFFFFF, 1) == -0x80000000
    assert app.add(-1, 0xFFFFFFFF) == -2
    assert app.negate(5000000000) == -5000000000
    assert app.negate(-(1 << 63)) == -(1 << 63)
    assert app.swap(1, -2) == (-2, 1)
    assert app.nothing() is None
    assert app["not an identifier"]() == 1


def test_exports_are_named_with_their_types():
    app = load("basics")
    assert app.exports["add"] == "(i32,i32)->i32"
    assert app.exports["swap"] == "(i32,i64)->(i64,i32)"
    assert app.exports["nothing"] == "()->()"
    assert app.exports["memory"] == "memory" and app.exports["table"] == "table"
    assert app.exports["g"] == "mut i32" and app.exports["limit"] == "i64"
    assert isinstance(raised(AttributeError, lambda: app.subtract), str)
    raised(KeyError, lambda: app["subtract"])


def test_an_export_is_found_by_its_whole_name():
    for source in (path("names.img"), open(path("names.img"), "rb").read()):
        app = wasm.load(source)
        assert sorted([app[name]() for name in app.exports]) == [1, 2, 3, 4, 5]
        assert (app["xadd"](), app["addx"](), app[""](), app["add"]()) == (1, 2, 3, 4)
        for name in ("ad", "dd", "sub", "x", "add\0", "xaddaddx"):
            raised(KeyError, app.__getitem__, name)
    raised(KeyError, load("basics").__getitem__, "")


def test_every_export_is_an_attribute_whatever_it_is_called():
    app = load("hidden")
    own = "run close item exports globals memory _host _found _instance _function __init__ __getattr__".split()
    place = {name: app[name]() for name in app.exports}
    assert sorted(place.values()) == list(range(20)) and all(name in place for name in own)
    for name in own:
        assert getattr(app, name + "_")() == getattr(app, name + "_")() == place[name], name
    assert (app.run_(), app.run__(), app.run___()) == (place["run"], place["run_"], place["run__"])
    assert (app.in_(), app.or_(), getattr(app, "in")()) == (place["in"], place["or"], place["in"])
    assert (getattr(app, "pass")(), app.pass_()) == (place["pass"], place["pass_"])
    assert (app.plain(), app.plain_()) == (place["plain"], place["plain_"])
    for name in ("run____", "add_", "_", "__", "memory__", "__init____"):
        raised(AttributeError, getattr, app, name)
    # What an App has stays what it is.
    assert len(app.memory) == 65536 and app.exports["memory"] == "()->i32" and app.item("run")() == place["run"]
    assert "no _start" in raised(AttributeError, app.run)
    app.close()
    app = load("basics")
    assert app.memory_ is app["memory"] is app.memory and (app.g_, app.add_(2, 3)) == (7, 5)


def test_frames_take_what_they_need():
    small, deep = load("names"), load("traps")
    assert len(small._instance.cells) * 4 < 1024 < 8192 <= len(deep._instance.cells) * 4
    assert 4096 <= len(load("names", stack=4096)._instance.cells) * 4
    # Python may call back as often as it likes.
    hosted = load("hosted", imports={"env": {"mix": max, "pair": max, "back": max, "start": 1}})
    assert len(hosted._instance.cells) * 4 >= 8192


def test_wrong_calls_are_type_errors():
    app = load("basics")
    raised(TypeError, app.add, 1)
    raised(TypeError, app.add, 1, 2, 3)
    raised(TypeError, app.add, 1, "2")
    assert app.add(1, 2) == 3


def test_memory_is_a_sequence_of_bytes():
    app = load("basics")
    assert len(app.memory) == 65536
    assert app.memory[16:21] == b"hello"
    app.memory[0:4] = b"abcd"
    assert app.peek(0) == ord("a") and app.memory[3] == ord("d")
    try:
        app.memory[0:4] = b"abcde"
    except ValueError:
        assert len(app.memory) == 65536
    else:
        raise AssertionError("memory took more bytes than the slice has")
    raised(IndexError, app.memory.read, 65533, 4)
    raised(IndexError, app.memory.read, -1, 1)
    raised(IndexError, app.memory.set_u32, 65533, 0)
    app.memory.set_u64(8, 0x1122334455667788)
    assert app.memory.u32(8) == 0x55667788 and app.memory.u32(12) == 0x11223344


def test_memory_grows_from_both_sides():
    app = load("basics")
    gc.collect()
    assert app.size() == 1
    assert app.memory.grow(0) == 1
    assert app.memory.grow(3) == -1
    assert app.grow(3) == -1
    assert app.size() == 1


def test_globals_are_read_and_set():
    app = load("basics")
    assert app.globals["g"] == 7 and app.g == 7
    assert app.bump() == 8
    assert app.globals["g"] == 8
    app.globals["g"] = -3
    assert app.bump() == -2
    assert app.globals["limit"] == -5000000000
    raised(ValueError, app.globals.__setitem__, "limit", 1)
    raised(KeyError, lambda: app.globals["h"])


def test_raw_modules_are_compiled_here():
    assert wasm.load(path("basics.wasm"), memory=4096, stack=2048).add(2, 3) == 5
    gc.collect()
    with open(path("basics.wasm"), "rb") as file:
        assert wasm.load(file.read(), memory=4096, stack=2048).add(2, 3) == 5


def test_a_program_is_told_its_name_and_then_its_arguments():
    with open(path("argv.img"), "rb") as file:
        image = file.read()
    os.chdir(path(""))
    with open("my.tool.img", "wb") as file:
        file.write(image)
    for source, args in (
        (path("argv.img"), ("first", "")),
        (path("argv.wasm"), ["second"]),
        (image, ("third",)),
        ("./my.tool.img", ()),
        ("my.tool.img", ()),
    ):
        app = wasm.load(source, args=args, memory=4096, stack=2048)
        assert app.say() == 1 + len(args)
        app.run()
        app = None
        gc.collect()


def test_what_is_no_module_is_refused():
    raised(wasm.ImageError, wasm.load, b"not a module at all, though long enough to hold a header")
    raised(wasm.ImageError, wasm.load, b"")
    raised(OSError, wasm.load, "/nowhere/app.wasm")
    assert "wasmdev flash app.wasm" in raised(OSError, wasm.load, "app")
    with open(path("basics.img"), "rb") as file:
        image = bytearray(file.read())
    whole = wasm.load(bytes(image)).exports
    for size in range(len(image)):
        try:
            assert wasm.load(bytes(image[:size])).exports == whole  # all but what traps are explained by is there
            assert size > len(image) - 128
        except wasm.ImageError as error:
            assert "flash the module" in str(error)
    image[4] += 1
    assert "flash the module again" in raised(wasm.ImageError, wasm.load, bytes(image))


def test_traps_say_what_and_where_and_leave_the_module_usable():
    app = load("traps")
    for name, argument, kind in (
        ("divide", 0, "integer divide by zero"),
        ("load", 0, "out of bounds memory access"),
        ("load", -65533, "out of bounds memory access"),
    ):
        try:
            getattr(app, name)(argument)
        except wasm.Trap as trap:
            assert trap.kind == kind, trap.kind
            assert len(trap.frames) == (2 if name == "divide" else 1), trap.frames
        else:
            raise AssertionError(name)
        assert app.divide(1) == 1
    raised(wasm.Trap, app.unreachable)


def test_frames_name_functions_and_offsets_of_the_module():
    app = load("traps")
    with open(path("traps.wasm"), "rb") as file:
        module = file.read()
    try:
        app.divide(0)
    except wasm.Trap as trap:
        (inner, at), (outer, call) = trap.frames
    assert (inner, outer) == (0, 1)
    assert module[at] == 0x6D and module[call] == 0x10


def test_endless_recursion_is_a_trap():
    app = load("traps", memory=0)
    for _ in range(3):
        assert raised(wasm.Trap, app.recurse).startswith("call stack exhausted")
        assert app.deep(50) == 50
    del app
    gc.collect()
    small = load("traps", stack=512, memory=0)
    assert small.deep(10) == 10
    assert raised(wasm.Trap, small.deep, 1000).startswith("call stack exhausted")
    assert small.narrow() == 7
    for size in (256, 100 * 4):  # less than what a tail call goes on with takes
        assert raised(wasm.Trap, load("traps", stack=size, memory=0).narrow).startswith("call stack exhausted")


def test_fuel_stops_an_endless_loop_each_time():
    app = load("traps", fuel=50000)
    for _ in range(2):
        assert raised(wasm.Trap, app.spin).startswith("all fuel consumed")
        assert app.deep(20) == 20


def test_python_functions_are_called_with_values():
    calls = []

    def mix(small, large):
        calls.append((small, large))
        return large * 2 + small

    app = load("hosted", imports={"env": {"mix": mix, "pair": lambda: (40, 2), "back": max, "start": 0}})
    assert app.mix(-1, 1 << 40) == (1 << 41) - 1
    assert calls == [(-1, 1 << 40)]
    assert app.sum() == 42


def test_python_and_guest_call_each_other():
    apps = []
    env = {"mix": max, "pair": max, "back": lambda n: apps[0].down(n), "start": 1000}
    app = load("hosted", imports={"env": env})
    apps.append(app)
    assert app.down(10) == 1055


def test_an_exception_of_a_python_function_comes_through():
    def back(n):
        raise OSError("bus is gone")

    app = load("hosted", imports={"env": {"mix": max, "pair": max, "back": back, "start": 1}})
    for _ in range(3):
        assert raised(OSError, app.down, 3) == "bus is gone"
    assert app.down(0) == 1


def test_what_a_python_function_returns_must_fit():
    env = {"mix": max, "pair": lambda: (1, 2, 3), "back": lambda n: "1", "start": 1}
    app = load("hosted", imports={"env": env})
    raised(TypeError, app.sum)
    raised(TypeError, app.down, 1)
    assert app.down(0) == 1


def test_an_import_that_is_not_given_is_named():
    text = raised(wasm.LinkError, load, "missing")
    assert "env.missing" in text and "unknown import" in text
    text = raised(wasm.LinkError, load, "missing", imports={"env": {"missing": 5}})
    assert "env.missing" in text and "incompatible" in text
    load("missing", imports={"env": {"missing": lambda a, b: 0}})


def test_modules_share_what_they_export():
    provider = load("provider")
    consumer = load("consumer", imports={"provider": provider})
    assert consumer.quadruple(5) == 20
    consumer.write(8, 77)
    assert provider.read(8) == 77
    assert consumer.count() == 42 and provider.globals["count"] == 42
    provider.globals["count"] = 0
    assert consumer.count() == 2
    assert consumer.base() == 1 << 40
    assert provider.indirect(5, 0) == 10 and provider.indirect(5, 1) == 15
    assert consumer.indirect(5, 0) == 10 and consumer.indirect(5, 1) == 15
    assert raised(wasm.Trap, provider.indirect, 5, 2).startswith("uninitialized element")
    assert raised(wasm.Trap, provider.indirect, 5, 4).startswith("undefined element")


def test_a_trap_across_modules_leaves_both_usable():
    provider = load("provider")
    consumer = load("consumer", imports={"provider": provider})
    assert raised(wasm.Trap, consumer.spin).startswith("call stack exhausted")
    assert raised(wasm.Trap, provider.read, 65536).startswith("out of bounds memory access")
    assert consumer.quadruple(5) == 20


def test_run_returns_the_exit_code():
    assert load("program").run() == 42
    assert "_start" in raised(AttributeError, load("basics").run)


def test_memory_can_be_capped():
    assert "memory=" in raised(MemoryError, load, "large", memory="flat")
    app = load("large", memory=4096)
    assert len(app.memory) == 4096
    assert app.size() == 258
    app.store(4095, 9)
    assert app.memory[4095] == 9
    assert raised(wasm.Trap, app.store, 4096, 9).startswith("out of bounds memory access")


def test_instances_come_and_go_without_a_leak():
    load("basics").add(1, 2)
    gc.collect()
    before = gc.mem_alloc()
    for _ in range(20):
        load("basics").add(1, 2)
        gc.collect()
    assert gc.mem_alloc() <= before + 256, (before, gc.mem_alloc())


def test_half_of_a_wide_value_is_one_cell():
    app = load("halves", memory=64)
    assert app.wrap(10) == 99
    assert app.load(10) == 99


def test_endless_calls_between_guest_and_python_end():
    apps = []
    app = load("hosted", imports={"env": {"mix": max, "pair": max, "back": lambda n: apps[0].down(n), "start": 1}})
    apps.append(app)
    for _ in range(2):
        try:
            app.down(1000000)
        except (RuntimeError, MemoryError, wasm.Trap):
            assert app.down(3) == 7
        else:
            raise AssertionError("the calls ended by themselves")


def test_globals_have_room_beside_the_frames():
    app = load("globals", stack=256)
    assert app.last() == 299
    assert app.globals["first"] == 0


def test_calls_on_i32_allocate_nothing():
    app = load("basics")
    app.add(1, 2)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for _ in range(100000):
        app.add(2000, 3)
    after = gc.mem_alloc()
    gc.enable()
    assert after == before
