"""The machines: by the name that ``--port`` takes, what differs between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """One machine of qemu's and the board that it stands for, of which it has pins, heap and flash.

    ``arch`` is what MicroPython calls its processor, and mpy-cross; a Cortex-M3 is called armv7em, whose code is
    that of armv7m. ``system`` is the program that emulates it, ``package`` the one of Debian that contains that,
    ``machine`` its ``-machine`` and ``core`` what that has for a processor; ``arguments`` are more for it.
    """

    name: str
    arch: str
    board: str
    system: str
    package: str
    machine: str
    core: str
    arguments: tuple[str, ...] = ()

    @property
    def firmware(self) -> str:
        """The name of its firmware's file."""
        return f"{self.name}.elf"


_ALL = (
    Machine("xtensa", "xtensawin", "esp32", "qemu-system-xtensa", "qemu-system-misc", "kc705-nommu", "de212"),
    Machine("riscv", "rv32imc", "esp32c3", "qemu-system-riscv32", "qemu-system-misc", "virt", "rv32imac",
            ("-bios", "none")),
    Machine("cortex-m", "armv7emsp", "pico2", "qemu-system-arm", "qemu-system-arm", "mps2-an500", "Cortex-M7"),
    Machine("cortex-m3", "armv7em", "pico", "qemu-system-arm", "qemu-system-arm", "mps2-an385", "Cortex-M3"),
)  # fmt: skip

MACHINES = {machine.name: machine for machine in _ALL}
