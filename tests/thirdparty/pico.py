"""Cases on the emulated Pico, with its flash written beforehand and the steps of each case sent as one.

What a case asks of its module it asks of wasmtime first: that gives the steps. The board takes them by itself, and
the case then judges the board's replies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import wasmc
from wasmdev.board.link import Link
from wasmdev.errors import WasmdevError
from wasmdev_pico import PicoBoard

from tests.thirdparty import fetch, guests, shelf
from tests.thirdparty.case import Case

FIRMWARE = Path(__file__).parents[2] / "build" / "firmware" / "pico-wasm.uf2"
_ROOM = 1_200_000  # bytes of files for one file system
_PATIENCE = 600.0  # seconds for a case: the machine may be busy


@dataclass(frozen=True)
class Result:
    """How a case went on the board.

    ``image`` is in bytes, ``taken`` what was gone of the heap after the calls, times are the board's.
    """

    case: Case
    pages: int
    image: int
    why: str = ""
    taken: int = 0
    load_ms: float = 0
    calls_ms: float = 0


def run(cases: Sequence[Case], flash: Path, firmware: Path = FIRMWARE) -> Iterator[Result]:
    """Runs cases one after another; ``flash`` is the file for the chip's contents."""
    made = [_Made(case) for case in cases]
    while made:
        size, files, count = 0, {}, 0
        for item in made:
            size += len(item.image)
            if count and size > _ROOM:
                break
            files |= item.files(count)
            count += 1
        shelf.write(flash, files | {"guest.py": guests.DEVICE.read_bytes()})
        with PicoBoard(flash, firmware) as board, Link(board.port, patience=10) as link:
            for number, item in enumerate(made[:count]):
                yield item.result(link, number)
        made = made[count:]


class _Made:
    """A case with the steps that it takes."""

    def __init__(self, case: Case) -> None:
        self.case = case
        binary = fetch.module(case.package, case.file)
        module = wasmc.decode(binary)
        self.pages = module.memories[0][0] if module.memories else 0
        self.image = wasmc.compile(binary)
        self._steps = guests.steps(binary, case)

    def files(self, number: int) -> dict[str, bytes]:
        load = json.dumps(["load", f"/{number}.img", self.case.imports])
        text = "".join(f"{line}\n" for line in (load, *self._steps))
        return {f"{number}.img": self.image, f"{number}.txt": text.encode()}

    def result(self, link: Link, number: int) -> Result:
        try:
            replies = self._take(link, number)
        except WasmdevError as error:
            why = str(error).splitlines()[-1].removeprefix("the board raised ")
            return Result(self.case, self.pages, len(self.image), why)
        taken, load_us, calls_us = json.loads(replies.pop())
        why = self._judge(replies)
        return Result(self.case, self.pages, len(self.image), why, taken, load_us / 1000, calls_us / 1000)

    def _take(self, link: Link, number: int) -> list[str]:
        """The replies to the steps; once more on a fresh heap where there was no room among what others left."""
        try:
            return self._play(link, number)
        except WasmdevError as error:
            if "MemoryError" not in str(error):
                link.reset()
                raise
        link.reset()
        try:
            return self._play(link, number)
        except WasmdevError:
            link.reset()
            raise

    def _play(self, link: Link, number: int) -> list[str]:
        printed = link.exec(f"import guest; guest.play('/{number}.txt')", timeout=_PATIENCE)
        return printed.decode().split()

    def _judge(self, replies: list[str]) -> str:
        waiting = iter(zip(self._steps, replies, strict=True))

        def answer(step: str) -> str:
            expected, reply = next(waiting)
            assert step == expected, f"the step {step[:100]}, after others than {expected[:100]}"
            return reply

        try:
            found = self.case.answers(guests.Device(answer))
        except AssertionError as error:
            return str(error)
        return "" if found == self.case.expected else f"wrong answer: {found!r}"[:200]
