"""What stands between the port and the MicroPython processes behind it."""

from __future__ import annotations

import os
from pathlib import Path

from .description import Board
from .error import SimError
from .guest import Guest
from .hardware import BOOTED, RESET, Hardware, Wake, configuration
from .output import Output
from .port import CHUNK, Port
from .supply import Supply

_CTRL_C = 3
_TRIES = 3  # processes in a row that may end before boot.py


class Bridge(Supply):
    """Keeps the port while processes come and go behind it: a soft reset ends one, and the next one begins."""

    def __init__(
        self,
        board: Board,
        hardware: Hardware,
        registers: list[int],
        root: Path,
        heap: int,
        flash: int | None,
        unique_id: bytes,
        port: Port,
        main: bool,
    ) -> None:
        super().__init__(f"sim {board.name}", hardware, port)
        self._board, self._root, self._heap = board, root, heap
        self._registers = registers
        self._flash = flash
        self._unique_id = unique_id
        self._main = main
        self._failures = 0
        self._said = b""

    @property
    def pid(self) -> int:
        return self._guest.pid

    def kill_process(self) -> None:
        self._guest.kill()

    def begin(self) -> None:
        self._start(raw=not self._main)

    def _start(self, raw: bool) -> None:
        marker = b"\x02%s\x03" % os.urandom(8).hex().encode() if raw else b""
        self.records, to_host = os.pipe()
        to_board, self._wake = os.pipe()
        self.questions, questions = os.pipe()
        answers, self.answers = os.pipe()
        os.set_blocking(self.questions, False)
        os.set_blocking(self.records, False)
        os.set_blocking(self._wake, False)
        config = configuration(self._board, self._unique_id, self.cause) | {
            "root": str(self._root),
            "raw": raw,
            "marker": marker.decode(),
            "to_host": to_host,
            "to_board": to_board,
            "registers": self._registers,
            "questions": questions,
            "answers": answers,
            "flash": self._flash,
        }
        try:
            guest = Guest(self._heap, config, [to_host, to_board, questions, answers, *self._registers])
        finally:
            for end in (to_host, to_board, questions, answers):
                os.close(end)
        self._guest, self.line = guest, guest.tty
        self.started()
        self.boot()
        self.hardware.connect(Wake(self._wake), self.boots)
        self._output = Output(marker)
        self._said = b""

    def held(self) -> bool:
        """Until a process started for the raw prompt is there, what the client types waits; not Ctrl-C."""
        return self._output.raw and self._output.awaiting_marker

    def carry(self) -> bool:
        if self.held():
            # As a terminal does it: an interrupt throws away what was typed before it.
            del self.to_board[: max(0, self.to_board.rfind(_CTRL_C))]
            if self.to_board[:1] != b"\x03":
                return False
        while self.to_board:
            if self.to_board[0] == _CTRL_C:
                done = self._guest.interrupt()
                if done is None:
                    return True
                if done:
                    del self.to_board[0]
                    continue
            end = self.to_board.find(_CTRL_C, 1, CHUNK)
            if not self.write_line(self.to_board[: end if end > 0 else CHUNK]):
                return False
        return False

    def take_records(self) -> set[int]:
        kinds = super().take_records()
        if BOOTED in kinds:
            self._failures = 0
            self._guest.booted = True
        if RESET in kinds:
            self._guest.kill()
        return kinds

    def shown(self, data: bytes) -> bytes:
        if not self._guest.booted:
            self._said += data
        shown = self._output(data)
        if self._output.marked:
            self._output.marked = False
            os.write(self.line, b"\x01")
        return shown

    def again(self) -> None:
        soft = self.ended() and self._guest.booted
        self._failures += 1
        if self._failures > _TRIES:
            said = self._said.decode(errors="replace").split("\n")
            last = next((line.strip() for line in reversed(said) if line.strip()), "it says nothing")
            raise SimError(f"MicroPython ends before boot.py: {last}")
        if soft:
            self.port.write(b"MPY: soft reboot\r\n")
        self._start(raw=soft and self._output.raw)

    def finish(self) -> bool:
        by_itself = self._guest.finish()
        for end in (self.records, self._wake, self.questions, self.answers):
            os.close(end)
        return by_itself
