"""A board that answers: what it is, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wasmdev import descriptions
from wasmdev.board.files import Files
from wasmdev.board.link import Link
from wasmdev.console import warn
from wasmdev.errors import BoardError, LinkError, UsageError, WasmdevError

if TYPE_CHECKING:
    from wasmdev_pico import PicoBoard
    from wasmdev_qemu.board import QemuBoard
    from wasmdev_sim import SimBoard

    from wasmdev.descriptions import Board as Description

    Emulated = SimBoard | PicoBoard | QemuBoard

OLDEST = (1, 23)
_MPY_VERSION = 6
_PUT_AWAY_S = 60.0
_LEAST_HEAP = 65536  # bytes that are free, with which files can go to a board
# Bits 10 to 13 of sys.implementation._mpy.
ARCHITECTURES = (
    "", "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp", "xtensa", "xtensawin",
    "rv32imc", "rv64imc",
)  # fmt: skip
# A simulated board's module machine tells which board it stands for.
_BEGIN = """import sys,gc
_i=sys.implementation
try:from _wasmdev import runtime as _r
except ImportError:_r=''
_b=getattr(sys.modules.get('machine'),'simulated','')
_g=getattr(sys.modules.get('wasm.background'),'kept',None)is not None
try:__import__('os').stat('/wasmdev/away');_g=True
except OSError:pass"""
_FACTS = "(_g,_i[0],tuple(_i[1])[:3],getattr(_i,'_mpy',0),getattr(_i,'_machine',''),_r,_b)"
_SHAPE = (bool, str, (int, int, int), int, str, str, str)
_FORGET = "import sys,wasm\nif sys.modules.pop('wasm.served',0):del wasm.served"  # which is of no use meanwhile
_GO_ON = "import wasm; wasm.run()"


@dataclass(frozen=True)
class Facts:
    """What a board says of itself: ``arch`` as mpy-cross's ``-march`` spells it, ``frozen`` the hash of the
    runtime that its firmware contains, or nothing, ``simulated`` the name of the board that it stands for, if any.
    """

    version: str
    arch: str
    machine: str
    frozen: str = ""
    simulated: str = ""

    @property
    def board(self) -> str | None:
        """The name of its file in ``boards``, if that is known."""
        return self.simulated if self.simulated in descriptions.names() else descriptions.recognise(self.machine)


@dataclass(frozen=True)
class Rooms:
    """A board's RAM for modules, in bytes: ``heap``, and the largest piece that native code is copied to.

    That is ``code``, None where code lies in the heap: on all boards but the ESP32 family, and on those of it
    whose RAM can all be executed (C6). Of it ``apart`` is the largest piece that the heap can't grow into: what is
    longer is taken from the heap too. A soft reset gives back what was copied, and nothing else does.
    """

    heap: int
    code: int | None = None
    apart: int = 0

    def holds_apart(self, size: int) -> bool:
        """Whether code of so many bytes takes nothing from the heap."""
        return self.code is not None and size <= self.apart


def read_facts(
    version: tuple[int, ...], mpy: int, machine: str, frozen: str = "", simulated: str = ""
) -> Facts:
    """Facts from ``sys.implementation``. Raises :class:`LinkError` for a board that can't be used."""
    words = ".".join(map(str, version[:3]))
    if tuple(version[:2]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise LinkError(f"the board runs MicroPython {words}", f"wasmdev needs {oldest} or newer")
    index = mpy >> 10 & 0x0F
    arch = ARCHITECTURES[index] if index < len(ARCHITECTURES) else ""
    if mpy & 0xFF != _MPY_VERSION or not arch:
        raise LinkError(f"the board's MicroPython {words} can't load native .mpy files",
                        "use a build of MicroPython with native code enabled")
    return Facts(words, arch, machine, frozen, simulated)


class Board:
    """A board behind a link.

    ``name`` is that of its file in ``boards``, recognised where it isn't given, or None if it isn't known;
    ``emulated`` what stands for the hardware where there is none. ``interrupted``: programs stand still on it
    (``wasm.background``), which go on when it is left.
    """

    _away = False  # those are in its flash

    def __init__(self, link: Link, name: str | None = None, emulated: Emulated | None = None) -> None:
        self.link = link
        try:
            self.interrupted, system, version, *facts = self._said()
        except BoardError as error:
            if error.exception != "MemoryError":
                raise
            self.link.reset()  # what ran before holds the heap
            self.interrupted, system, version, *facts = self._said()
        if system != "micropython":
            raise LinkError(f"the board runs {system} {'.'.join(map(str, version[:3]))}",
                            "put MicroPython on it, from micropython.org/download")
        self.facts = read_facts(version, *facts)
        self.name = name or self.facts.board
        self.emulated = emulated

    def _said(self) -> Any:
        self.link.exec(_BEGIN)
        return self.link.eval(_FACTS, _SHAPE)

    @cached_property
    def files(self) -> Files:
        """Its file system."""
        return Files(self.link)

    def ensure_heap(self) -> None:
        """Restart MicroPython where what ran before holds so much of the heap that nothing can be asked of it."""
        try:
            enough = self.free_heap() >= _LEAST_HEAP
        except BoardError:
            enough = False
        if not enough:
            self.restart()

    def restart(self) -> None:
        """Restart MicroPython, so that what comes has the whole heap. What was interrupted is in flash then."""
        if self.interrupted:
            self._put_away()
        self.link.reset()
        self.link.exec(_BEGIN)
        self.__dict__.pop("files", None)

    def _put_away(self) -> None:
        try:
            self.link.exec("import wasm.served;_r=wasm.served.put_away()", timeout=_PUT_AWAY_S)
            anew: list[str] = self.link.eval("_r", [str])
        except BoardError as error:
            raise WasmdevError(f"what runs in the background can't be put away: {error}",
                               "end it with: wasmdev stop NAME") from None
        if anew:
            warn(f"{', '.join(anew)} can't be put away and will begin anew")
        self.interrupted, self._away = False, True

    def leave(self) -> None:
        """Have what was interrupted go on: behind this nothing can be asked of the board."""
        if self._away:
            self.link.reset()
        if self._away or self.interrupted:
            self.link.exec(_FORGET)
            self.link.leave(_GO_ON)

    @property
    def description(self) -> Description:
        """Its pins and channels. Raises :class:`UsageError` if it isn't known which board it is."""
        if self.name is None:
            known = ", ".join(descriptions.names())
            raise UsageError(f"don't know which board {self.facts.machine or self.link.device} is",
                             f"give --board, one of {known}")
        return descriptions.describe(self.name)

    def free_heap(self) -> int:
        """Bytes of heap that are free once garbage is collected."""
        self.link.exec("import gc;gc.collect()")
        free: int = self.link.eval("gc.mem_free()", int)
        return free

    def rooms(self) -> Rooms:
        """The RAM that there is for modules. Restarts the board."""
        heap = self.heap_for_modules()
        ask = "[m.idf_heap_info(c)for m in[__import__('esp32')]for c in(m.HEAP_DATA,m.HEAP_EXEC)]"
        try:
            data, code = self.link.eval(ask, [[(int, int, int, int)]])
        except BoardError:
            return Rooms(heap)
        shared = {total for total, *_ in data}
        if shared == {total for total, *_ in code}:
            return Rooms(heap)
        largest = max((piece for _, _, piece, _ in code), default=0)
        apart = max((piece for total, _, piece, _ in code if total not in shared), default=0)
        return Rooms(heap, largest, apart)

    def heap_for_modules(self) -> int:
        """Bytes of heap that a board with the runtime has at most for modules. Restarts it."""
        self.restart()
        self.link.exec("import wasm")
        free = self.free_heap()
        try:  # ESP-IDF's own heap, of which MicroPython's takes more as it needs it
            ask = "[r[1] for r in __import__('esp32').idf_heap_info(__import__('esp32').HEAP_DATA)]"
            left: list[int] = self.link.eval(ask, [int])
        except BoardError:
            return free
        return free + sum(left)
