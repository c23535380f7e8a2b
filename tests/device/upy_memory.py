"""Linear memory in its shapes: what they are chosen by, what they cost, and that nobody can tell them apart."""

import gc

import wasm
from modules import load, raised

PAGE = 65536


def test_258_pages_cost_what_is_touched():
    gc.collect()
    before = gc.mem_free()
    app = load("shapes")
    app.store32(8 * PAGE, -2)
    app.store8(258 * PAGE - 1, 200)
    assert app.load32(8 * PAGE) == -2 and app.load8_s(258 * PAGE - 1) == -56
    assert app.memory[0x1000000:0x1000014] == b"at sixteen megabytes"
    assert len(app.memory) == 258 * PAGE
    gc.collect()
    assert before - gc.mem_free() < 40000


def test_accesses_across_blocks():
    app = load("shapes")
    for edge in (1024, PAGE, 9 * PAGE):
        for width, store in ((2, app.store16), (4, app.store32), (8, app.store64)):
            for start in range(edge - width - 1, edge + 2):
                app.memory.write(edge - 16, bytes(32))
                store(start, 0x81828384)
                expected = 0x81828384 & (1 << 8 * width) - 1
                assert int.from_bytes(app.memory.read(start, width), "little") == expected
                assert app.memory.read(edge - 16, 32).count(b"\0") >= 24
                assert app.load8_u(start) == expected & 0xFF
                assert app.load16_u(start) == expected & 0xFFFF
                assert app.load16_s(start) == (expected & 0xFFFF) - 0x10000
                assert app.load64(start) == expected
                assert app.load32(start) == (expected & 0xFFFFFFFF if width == 2 else 0x81828384 - (1 << 32))


def test_absent_blocks_are_zero_and_stay_absent():
    app = load("shapes")
    for name in app.exports:
        getattr(app, name)
    gc.collect()
    before = gc.mem_free()
    for address in range(100 * PAGE - 8, 100 * PAGE + 8):
        assert app.load64(address) == app.load32(address) == app.load16_s(address) == app.load8_u(address) == 0
    app.fill(0, 0, 3 * PAGE)
    app.copy(0, 50 * PAGE, 3 * PAGE)
    gc.collect()
    assert before - gc.mem_free() < 1024


def test_bounds_and_growth():
    app = load("shapes")
    end = 258 * PAGE
    for reach, width in ((app.load8_u, 1), (app.load16_u, 2), (app.load32, 4), (app.load64, 8)):
        assert reach(end - width) == 0
        for address in (end - width + 1, end, 0x7FFFFFFF, -1, -width):
            assert raised(wasm.Trap, reach, address).startswith("out of bounds memory access")
    raised(wasm.Trap, app.store64, end - 7, 1)
    raised(wasm.Trap, app.fill, end - 1, 1, 2)
    assert app.grow(2) == 258 and app.memory.grow(1) == 260
    app.store32(end, 5)
    assert app.load32(end) == 5 and app.load8_u(261 * PAGE - 1) == 0
    assert app.grow(60000) == -1


def test_shapes_agree():
    flat = wasm.Memory(5, 6, 12, "flat")
    sparse = wasm.Memory(5, 6, 12, "sparse")
    end = len(flat)
    assert flat.sparse is None and sparse.sparse
    number = 12345
    for _ in range(300):
        number = number * 1103515245 + 12345 & 0x7FFFFFFF
        at, size, step = number % (end - 3000), number >> 8 & 0xFFF, number >> 20 & 3
        answers = []
        for memory in (flat, sparse):
            try:
                if step == 0:
                    memory.write(at, bytes([number >> i & 0xFF for i in range(size & 31)]))
                elif step == 1:
                    memory.copy(at + (number >> 4 & 0x7FF), at, size)
                elif step == 2:
                    memory.fill(at, number >> 22 & 1, size)
                else:
                    answers.append(memory[at : at + size])
                answers.append(memory.u32(at))
            except IndexError:
                answers.append("out of bounds")
        assert answers[: len(answers) >> 1] == answers[len(answers) >> 1 :]
    assert end == len(sparse) == 20480 and flat[-1] == sparse[-1]
    for at in range(0, end, 1024):
        assert flat[at : at + 1024] == sparse[at : at + 1024]
    assert flat[end - 9 :] == sparse[end - 9 :] == sparse[-9:]


def test_a_full_heap_is_a_memory_error():
    app = load("shapes")
    assert "block" in raised(MemoryError, app.fill, 0, 1, 200 * PAGE)
    assert app.load8_u(0) == 1
    app.fill(0, 0, PAGE)


def test_blocks_of_zeros_make_room():
    app = load("shapes")
    app.store32(5 * PAGE, 7)
    for at in range(0, 40 * PAGE, 1024):
        if at != 5 * PAGE:
            app.store32(at, 0)
    assert app.load32(5 * PAGE) == 7 and app.load32(6 * PAGE) == 0
    app.fill(6 * PAGE, 3, PAGE)
    assert app.load8_u(7 * PAGE - 1) == 3 and app.load8_u(7 * PAGE) == 0


def test_shape_is_chosen_by_size():
    assert wasm.Memory(4, page=10).sparse is None
    assert wasm.Memory(17).sparse
    assert wasm.Memory(1, cap=16384).sparse is None
    assert len(wasm.Memory(1, cap=16384)) == 16384
    raised(MemoryError, wasm.Memory, 17, cap="flat")
