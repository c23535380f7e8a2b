"""The process of qemu, with its serial line behind the port."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from wasmdev_sim import jail
from wasmdev_sim.error import SimError
from wasmdev_sim.hardware import Hardware
from wasmdev_sim.port import Port
from wasmdev_sim.supply import Supply

from .machines import Machine
from .shared import Shared

_LAUNCH = Path(__file__).with_name("launch.py")
_END_S = 2.0
_BELL = b"\x07"  # over the serial line: something was typed


class Qemu(Supply):
    """Holds one machine: a soft reset is its own affair, and what ends the process is the button, or a fault."""

    def __init__(
        self,
        machine: Machine,
        firmware: Path,
        hardware: Hardware,
        shared: Shared,
        port: Port,
        config: dict[str, Any],
    ) -> None:
        super().__init__(machine.name, hardware, port)
        self._machine, self._firmware, self._shared, self._config = machine, firmware, shared, config
        self._process: subprocess.Popen[bytes]
        self.records, self.questions, self.answers = shared.records, shared.questions, shared.answers
        self._killed = False
        hardware.on_boot = self._boots_again

    def _boots_again(self) -> None:
        self.boot()
        self.hardware.connect(self._shared, self.boots)

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill_process(self) -> None:
        self._killed = True
        self._process.kill()

    def begin(self) -> None:
        self._killed = False
        self._shared.power_on(self.cause)
        self._shared.configure(self._config)
        command = [self._machine.system, "-machine", self._machine.machine, "-kernel", str(self._firmware)]
        command += ["-display", "none", "-monitor", "none", "-serial", "stdio", "-nodefaults"]
        command += ["-semihosting-config", "enable=on,target=native", *self._machine.arguments]
        launch = [sys.executable, "-I", "-S", str(_LAUNCH), jail.__file__, str(self._shared.flash), *command]
        ours, theirs = socket.socketpair()
        with theirs:
            line = theirs.fileno()
            self._process = subprocess.Popen(
                launch, stdin=line, stdout=line, stderr=subprocess.PIPE, cwd=self._shared.folder,
                start_new_session=True,  # a Ctrl-C in the user's terminal is not for it
                env={name: value for name, value in os.environ.items() if name.startswith(("PATH", "LD_"))},
            )  # fmt: skip
        self.line = ours.detach()
        os.set_blocking(self.line, False)
        self.started()

    def held(self) -> bool:
        return False

    def carry(self) -> bool:
        while self.to_board:
            taken = self._shared.type(self.to_board)
            if not taken:
                return True
            del self.to_board[:taken]
            with contextlib.suppress(BlockingIOError, ConnectionError):  # it rings already, or was just ended
                os.write(self.line, _BELL)
        return False

    def shown(self, data: bytes) -> bytes:
        return data

    def again(self) -> None:
        assert self._process.stderr
        said = self._process.stderr.read().decode(errors="replace").strip()
        self.ended()
        if not self._killed:
            last = said.splitlines()[-1] if said else "it says nothing"
            raise SimError(f"{self._machine.system} ended with {self._process.returncode}: {last}")
        self.begin()

    def finish(self) -> bool:
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stderr
        self._process.stderr.close()
        os.close(self.line)
        return not self._killed
