"""Checkpoints of a program: the newest that is whole is where it goes on, whenever power is cut."""

import asyncio
import gc
import os
import sys
import time

import vfs
import volume
import wasm
from modules import path
from wasm.checkpoint import Checkpoints

HOST = {"env": {"wait": abs}}
GUEST = path("tasks.img")


class Kept(Checkpoints):
    """In a folder of its own, of a module that is no flashed one."""

    def __init__(self, folder):
        super().__init__(GUEST)
        self._paths = [folder + "/app.%d.snap" % i for i in range(2)]


def _newest(kept):
    """A Task that goes on from the newest, where the module has an import of Python's."""
    whole = wasm.tasks.load
    wasm.tasks.load = lambda source, **given: whole(
        source, imports=HOST, memory=4096, stack=1024, **given
    )
    try:
        return kept.newest()
    finally:
        wasm.tasks.load = whole


async def _turns(task, more):
    wanted = task.app.turns + more
    while task.app.turns < wanted:
        await asyncio.sleep_ms(0)


def test_turn_about_and_only_if_something_changed():
    folder = "/tmp/checkpoint-%d" % time.time_ns()
    os.mkdir(folder)

    async def main():
        kept = Kept(folder)
        assert _newest(kept) is None
        task = wasm.start(GUEST, imports=HOST, memory=4096, stack=1024)
        await _turns(task, 2)
        kept.keep(task.app)
        kept.keep(task.app)
        assert kept.written == 1 and len(os.listdir(folder)) == 1
        first = task.app.turns
        await _turns(task, 2)
        kept.keep(task.app)
        assert kept.written == 2 and len(os.listdir(folder)) == 2
        second = task.app.turns
        await _turns(task, 1)
        task.cancel()
        await asyncio.sleep_ms(0)
        again = Kept(folder)
        task = _newest(again)
        assert task.app.turns == second
        await _turns(task, 1)
        again.keep(task.app)  # in the place of the older
        third = task.app.turns
        assert sorted([_serial(folder, i) for i in range(2)]) == [2, 3]
        task.cancel()
        newest = next(i for i in range(2) if _serial(folder, i) == 3)
        with open(folder + "/app.%d.snap" % newest, "r+b") as file:
            file.seek(60)
            file.write(b"?!")
        task = _newest(Kept(folder))
        assert task.app.turns == second != third
        assert await task == 7
        with open(folder + "/app.%d.snap" % (1 - newest), "wb"):
            pass
        last = Kept(folder)
        assert _newest(last) is None
        last.clear()
        assert first and not os.listdir(folder)

    asyncio.run(main())
    os.rmdir(folder)


def _serial(folder, i):
    snapshot = wasm.snapshot.Snapshot(folder + "/app.%d.snap" % i)
    snapshot.close()
    return snapshot.serial


class Recorded(volume._Disk):
    """A disk that keeps what was written, one write after another."""

    def __init__(self, count):
        super().__init__(count)
        self.writes = []

    def writeblocks(self, block, buffer, offset=0):
        self.writes.append((block, bytes(buffer), offset))
        super().writeblocks(block, buffer, offset)


def test_power_is_cut_at_every_write():
    if not hasattr(vfs, "VfsLfs2"):
        print("this MicroPython has no VfsLfs2")
        sys.exit(77)
    disk = Recorded(64)
    vfs.VfsLfs2.mkfs(disk)
    vfs.mount(vfs.VfsLfs2(disk), "/flash")

    async def main():
        kept = Kept("/flash")
        task = wasm.start(GUEST, imports=HOST, memory=4096, stack=1024)
        found = []
        for _ in range(3):
            await _turns(task, 1)
            before = len(disk.writes)
            kept.keep(task.app)
            found.append((before, len(disk.writes), task.app.turns))
        task.cancel()
        cuts = 0
        for number in (1, 2):
            begin, end, turns = found[number]
            for at in range(begin, end + 1):
                cut = volume._Disk(64)
                for write in disk.writes[:at]:
                    cut.writeblocks(*write)
                vfs.mount(vfs.VfsLfs2(cut), "/cut")
                task = _newest(Kept("/cut"))
                assert task is not None, at
                before = found[number - 1][2]
                assert task.app.turns == turns or (at < end and task.app.turns == before), (at, begin, end)
                task.cancel()
                await asyncio.sleep_ms(0)
                vfs.umount("/cut")
                task = cut = None
                gc.collect()
                cuts += 1
        assert cuts > 10, cuts

    asyncio.run(main())
    vfs.umount("/flash")


def test_a_thousand_leave_the_file_system_as_it_was():
    if not hasattr(vfs, "VfsLfs2"):
        print("this MicroPython has no VfsLfs2")
        sys.exit(77)
    disk = volume._Disk(64)
    vfs.VfsLfs2.mkfs(disk)
    vfs.mount(vfs.VfsLfs2(disk), "/flash")

    async def main():
        kept = Kept("/flash")
        task = wasm.start(GUEST, imports=HOST, memory=4096, stack=1024)
        await _turns(task, 1)
        free = set()
        for i in range(1000):
            task.app.memory.set_u32(100, i)
            kept.keep(task.app)
            if i >= 400:  # littlefs has taken two blocks for more of its own by then
                free.add(os.statvfs("/flash")[3])
        assert kept.written == 1000
        assert sorted(os.listdir("/flash")) == ["app.0.snap", "app.1.snap"]
        assert len(free) == 1, free
        kept.clear()
        assert not os.listdir("/flash")
        task.cancel()

    asyncio.run(main())
    vfs.umount("/flash")
