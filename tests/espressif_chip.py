"""A stand-in for an Espressif chip in its boot loader, on a pty: what esptool's own code needs to talk to.

It speaks the ROM's serial protocol (SLIP frames of commands) and, once a stub was loaded into its RAM, the
stub's: registers, an SPI flash behind the controller's registers, writes, erases and MD5.
"""

from __future__ import annotations

import hashlib
import os
import struct
import threading
import tty
import zlib
from collections.abc import Callable

from esptool.targets import CHIP_DEFS

_SYNC, _READ_REG, _WRITE_REG, _SECURITY, _MD5 = 0x08, 0x0A, 0x09, 0x14, 0x13
_MEM_BEGIN, _MEM_DATA, _MEM_END = 0x05, 0x07, 0x06
_FLASH_BEGIN, _FLASH_DATA, _FLASH_END = 0x02, 0x03, 0x04
_DEFL_BEGIN, _DEFL_DATA, _DEFL_END = 0x10, 0x11, 0x12
_ATTACH, _PARAMETERS, _BAUD, _ERASE = 0x0D, 0x0B, 0x0F, 0xD0
_UNKNOWN_COMMAND = 0x05
_BAD_CHECKSUM = 0xC1
_SECTOR = 4096
_READ_ID, _READ_SFDP = 0x9F, 0x5A
_MAGIC_REG = 0x40001000


class Chip:
    """A chip of esptool's name for it (``esp32``), with ``size`` bytes of ``flash`` that hold 0xA5.

    ``before(command)`` is called at each command, and may raise EOFError to pull the cable.
    """

    def __init__(self, name: str, size: int = 4 << 20, before: Callable[[int], None] = lambda _: None) -> None:
        self.target = CHIP_DEFS[name]
        self.flash = bytearray(b"\xa5" * size)
        self.commands: list[int] = []
        self.stub = False
        self._size_id = size.bit_length() - 1
        self._before = before
        self._registers: dict[int, int] = {}
        self._ram: dict[int, bytes] = {}
        self._at = self._ram_at = 0
        self._inflate = zlib.decompressobj()
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Unplug it."""
        for end in (self._slave, self._master):
            if end >= 0:
                os.close(end)
        self._slave = self._master = -1

    def _run(self) -> None:
        data = b""
        while True:
            try:
                data += os.read(self._master, 65536)
                *frames, data = data.split(b"\xc0")
                for frame in frames:
                    if frame:
                        self._command(frame.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb"))
            except EOFError:
                self.close()
                return
            except OSError:
                return

    def _send(self, frame: bytes) -> None:
        escaped = frame.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
        os.write(self._master, b"\xc0" + escaped + b"\xc0")

    def _reply(self, command: int, value: int = 0, data: bytes = b"", error: int = 0) -> None:
        status = bytes([1 if error else 0, error]) + (b"" if self.stub else b"\0\0")
        body = data + status
        self._send(struct.pack("<BBHI", 1, command, len(body), value) + body)

    def _command(self, frame: bytes) -> None:
        if len(frame) < 8 or frame[0]:
            return  # what was said to MicroPython
        _, command, size, checksum = struct.unpack_from("<BBHI", frame)
        data = frame[8 : 8 + size]
        self.commands.append(command)
        self._before(command)
        words = struct.unpack(f"<{min(5, len(data) // 4)}I", data[: min(5, len(data) // 4) * 4])
        if command in (_MEM_DATA, _FLASH_DATA, _DEFL_DATA) and self.target.checksum(data[16:]) != checksum:
            self._reply(command, error=_BAD_CHECKSUM)
        elif command == _SYNC:
            for _ in range(8):
                self._reply(command, 0 if self.stub else 0x20120707)
        elif command == _READ_REG:
            self._reply(command, self._read(words[0]))
        elif command == _WRITE_REG:
            self._write(words[0], words[1], words[2])
            self._reply(command)
        elif command == _SECURITY and not self.target.USES_MAGIC_VALUE:
            self._reply(command, data=struct.pack("<I8B2I", 0, *[0] * 8, self.target.IMAGE_CHIP_ID, 0))
        elif command == _MD5:
            digest = hashlib.md5(self.flash[words[0] : words[0] + words[1]])
            self._reply(command, data=digest.digest() if self.stub else digest.hexdigest().encode())
        elif command == _MEM_BEGIN:
            self._ram_at = words[3]
            self._reply(command)
        elif command == _MEM_DATA:
            self._ram[self._ram_at] = data[16:]
            self._ram_at += words[0]
            self._reply(command)
        elif command == _MEM_END:
            self._reply(command)
            self.stub = words[1] != 0 and bool(self._ram)
            if self.stub:
                self._send(b"OHAI")
        elif command in (_FLASH_BEGIN, _DEFL_BEGIN):
            self._at = words[3]
            self._inflate = zlib.decompressobj()
            end = -(-(self._at + words[0]) // _SECTOR) * _SECTOR
            self.flash[self._at : end] = b"\xff" * (end - self._at)
            self._reply(command)
        elif command in (_FLASH_DATA, _DEFL_DATA):
            block = data[16:] if command == _FLASH_DATA else self._inflate.decompress(data[16:])
            self.flash[self._at : self._at + len(block)] = block
            self._at += len(block)
            self._reply(command)
        elif command == _ERASE and self.stub:
            self.flash[:] = b"\xff" * len(self.flash)
            self._reply(command)
        elif command in (_FLASH_END, _DEFL_END, _ATTACH, _PARAMETERS, _BAUD):
            self._reply(command)
        else:
            self._reply(command, error=_UNKNOWN_COMMAND)

    def _read(self, address: int) -> int:
        if address == _MAGIC_REG and self.target.USES_MAGIC_VALUE:
            return int(self.target.MAGIC_VALUE)
        return self._registers.get(address, 0)

    def _write(self, address: int, value: int, mask: int) -> None:
        self._registers[address] = self._registers.get(address, 0) & ~mask | value & mask
        base = self.target.SPI_REG_BASE
        if address == base and value:  # run what is in the controller's registers on the flash
            self._registers[base] = 0
            sent = self._registers.get(base + self.target.SPI_USR2_OFFS, 0) & 0xFF
            answers = {_READ_ID: 0x40EF | self._size_id << 16, _READ_SFDP: 0x50444653}
            self._registers[base + self.target.SPI_W0_OFFS] = answers.get(sent, 0)
