"""A board that answers: what it is, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wasmdev import descriptions
from wasmdev.errors import BoardError, LinkError, UsageError
from wasmdev.files import Files
from wasmdev.link import Link

if TYPE_CHECKING:
    from wasmdev_pico import PicoBoard
    from wasmdev_sim import SimBoard

    from wasmdev.descriptions import Board as Description

    Emulated = SimBoard | PicoBoard

OLDEST = (1, 23)
_MPY_VERSION = 6
# Bits 10 to 13 of sys.implementation._mpy.
ARCHITECTURES = (
    "", "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp", "xtensa", "xtensawin",
    "rv32imc", "rv64imc",
)  # fmt: skip
_BEGIN = """import sys,gc
_i=sys.implementation
try:from _wasmdev import runtime as _r
except ImportError:_r=''"""
_FACTS = "(_i[0],_i[1],getattr(_i,'_mpy',0),getattr(_i,'_machine',''),_r)"


@dataclass(frozen=True)
class Facts:
    """What a board says of itself: ``arch`` as mpy-cross's ``-march`` spells it, ``frozen`` the hash of the
    runtime that its firmware contains, or nothing.
    """

    version: str
    arch: str
    machine: str
    frozen: str = ""


def read_facts(version: tuple[Any, ...], mpy: int, machine: str, frozen: str = "") -> Facts:
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
    return Facts(words, arch, machine, frozen)


class Board:
    """A board behind a link.

    ``name`` is that of its file in ``boards``, or None if it isn't known; ``emulated`` what stands for the
    hardware where there is none.
    """

    def __init__(self, link: Link, name: str | None = None, emulated: Emulated | None = None) -> None:
        self.link = link
        try:
            system, version, *facts = self._said()
        except BoardError as error:
            if error.exception != "MemoryError":
                raise
            self.link.reset()  # what ran before holds the heap
            system, version, *facts = self._said()
        if system != "micropython":
            raise LinkError(f"the board runs {system} {'.'.join(map(str, version[:3]))}",
                            "put MicroPython on it, from micropython.org/download")
        self.facts = read_facts(version, *facts)
        self.name = name
        self.emulated = emulated

    def _said(self) -> Any:
        self.link.exec(_BEGIN)
        return self.link.eval(_FACTS)

    @cached_property
    def files(self) -> Files:
        """Its file system."""
        return Files(self.link)

    def restart(self) -> None:
        """Restart MicroPython, so that what comes has the whole heap."""
        self.link.reset()
        self.link.exec(_BEGIN)
        self.__dict__.pop("files", None)

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
        free: int = self.link.eval("gc.mem_free()")
        return free

    def rooms(self) -> tuple[int, int | None]:
        """Bytes of heap that are free, and the largest piece of RAM that is for code alone, as on the ESP32.

        The second is None where code lies in the heap.
        """
        try:
            regions = self.link.eval("__import__('esp32').idf_heap_info(__import__('esp32').HEAP_EXEC)")
        except BoardError:
            return self.free_heap(), None
        return self.free_heap(), max((int(largest) for _, _, largest, _ in regions), default=0)

    def denied(self) -> dict[str, int]:
        """How often each function was refused to modules since the board started."""
        self.link.exec("import sys;_m=sys.modules.get('wasi')")
        counts: dict[str, int] = self.link.eval("_m.denied if _m else {}")
        return counts
