"""Linear memory in its shapes: what they are chosen by, what they cost, and that nobody can tell them apart."""

import gc

import wasm
from modules import load, raised
from wasm.life import held

PAGE = 65536
SHAPES = (("flat",), ("sparse",), (None, 4096), (None, 1000))


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
    memories = [wasm.Memory(10240, 30000, 0, *shape) for shape in SHAPES]
    assert [len(memory.buffer) for memory in memories] == [10240, 0, 4096, 1024]
    assert [memory.blocks is None for memory in memories] == [True, False, False, False]
    apps = [load("bulk", imports={"env": {"memory": memory}}) for memory in memories]
    end = 10240
    number = 12345
    for turn in range(600):
        number = number * 1103515245 + 12345 & 0x7FFFFFFF
        at, size, step = number % (end - 1000), number >> 8 & 0xFFF, number >> 20 & 7
        other = max(0, at + (number >> 4 & 0x7FF) - 1024)
        answers = []
        for memory, app in zip(memories, apps):
            try:
                if step == 0:
                    memory.write(at, bytes([number >> i & 0xFF for i in range(size & 31)]))
                elif step < 4:
                    app.copy(*((other, at) if step & 1 else (at, other)), size)
                elif step == 4:
                    app.fill(at, number >> 22 & 3, size)
                elif step == 5:
                    app.init(at, number & 7, number >> 8 & 7)
                else:
                    answers.append(memory[at : at + (size & 0xFF)])
                answers.append(memory.u32(at))
            except (IndexError, wasm.Trap):
                answers.append("out of bounds")
        count = len(answers) // len(memories)
        assert answers == answers[:count] * len(memories), (turn, at, size, step, other, answers)
        if turn == 400:
            assert [memory.grow(4099) for memory in memories] == [10240] * len(memories)
            end += 4099
    flat = memories[0]
    for memory in memories:
        assert end == len(memory) == len(flat) and memory[-1] == flat[-1]
        for at in range(0, end, 1024):
            assert memory[at : at + 1024] == flat[at : at + 1024]
        assert memory[end - 9 :] == memory[-9:]


def test_what_is_flattened_is_the_same():
    memory = wasm.Memory(12001, 20000, 0, "sparse")
    for at in range(0, 9000, 500):
        memory.write(at, b"at %d" % at)
    memory.write(11998, b"end")
    before = memory[:]
    app = load("bulk", imports={"env": {"memory": memory}})
    memory.flatten(4000)
    assert len(memory.buffer) == 4096 and memory[:] == before
    app.fill(4090, 7, 10)
    assert memory[4089:4101] == before[4089:4090] + b"\7" * 10 + before[4100:4101]
    memory.flatten(12001)
    assert len(memory.buffer) == 12288 and memory.grow(3000) == 12001 and len(memory) == 15001
    app.copy(12280, 11990, 20)
    assert memory[12280:12300] == before[11990:12001] + bytes(9)
    raised(MemoryError, memory.flatten, 15002)


def test_a_cap_is_what_memory_ends_at():
    memory = wasm.Memory(1, cap=131072)
    assert memory.grow(1) == 1 and len(memory) == 131072 and memory.grow(1) == -1 and memory.grow(0) == 2
    memory.write(131071, b"1")
    memory = wasm.Memory(1, cap=16384)
    assert len(memory) == 16384 and memory.pages == 1
    assert memory.grow(0) == 1 and memory.grow(1) == -1 and memory.grow(57) == -1 and len(memory) == 16384
    assert wasm.Memory(1, cap=131071).grow(1) == -1
    assert wasm.Memory(0, cap=65536).grow(1) == 0


def test_memory_stays_where_it_is_while_somebody_holds_it():
    memory = wasm.Memory(4, page=10)
    before = memory.place[0]
    held(memory.grow, 1)
    assert memory.place[0] == before and memory.place[2] == 4096 and len(memory) == 5120
    memory.write(4090, b"across the end of the piece")
    assert memory[4090:4102] == b"across the e"
    other = wasm.Memory(4, page=10)
    other.grow(1)
    assert other.place[2] == 5120


def test_one_piece_stays_one_piece():
    memory = wasm.Memory(1, page=10)
    memory.whole = True
    assert memory.grow(3) == 1 and memory.place[2] == 4096
    assert held(memory.grow, 1) == -1 and memory.grow(100000) == -1
    assert memory.grow(1) == 4


def test_a_full_heap_is_a_memory_error():
    app = load("shapes")
    assert "block" in raised(MemoryError, app.fill, 0, 1, 200 * PAGE)
    assert app.load8_u(0) == 1
    app.fill(0, 0, PAGE)


def test_memory_that_is_dropped_is_free_though_the_app_is_held():
    app = load("shapes")
    try:
        for page in range(258):
            for block in range(64):
                app.store8(page * PAGE + block * 1024, 1)
    except MemoryError:
        pass
    gc.collect()
    full = gc.mem_free()
    app.memory.drop()
    gc.collect()
    assert gc.mem_free() - full > 60000 and app, (full, gc.mem_free())


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
    assert len(wasm.Memory(4, page=10).buffer) == 4096
    assert len(wasm.Memory(17).buffer) == 0
    assert len(wasm.Memory(1, cap=16384).buffer) == 16384
    assert len(wasm.Memory(3, page=12, flat=2048).buffer) == 2048
    assert len(wasm.Memory(3, 9, page=12, flat=20000).buffer) == 20480
    assert len(wasm.Memory(3, page=12, cap=4096, flat=2048).buffer) == 4096
    raised(MemoryError, wasm.Memory, 17, cap="flat")
