"""The board's end of the simulation, and what a board does between reset and prompt.

Host and board share three things, inherited as file descriptors:
- a pipe that the board writes: records of 24 bytes, <kind, number, flags u16, 4 unused, argument u64,
  time u64 in us since the start>;
- a pipe that the host writes: records of 4 bytes, <kind, number, argument, unused>, read by `_interrupts`;
- the registers: open files of which nothing but the offset counts. The host's lseek sets one and the board's
  tell() reads it, each a single atomic system call, so a busy loop sees an input as soon as it is set.
Nothing of this touches the serial port.
"""

import gc
import io
import os
import struct
import sys
import time

import micropython
import vfs
from _files import Files

BOOTED, PIN, IRQ, TIMER, TAKEN, RESET = range(6)

config = {}
registers = []
_start = time.ticks_us()


def send(kind, number=0, argument=0, flags=0):
    # No jump and no call of Python code between the clock and the write: no callback can come in between.
    now = time.ticks_diff(time.ticks_us(), _start)
    _to_host.write(struct.pack("<BBHxxxxQQ", kind, number, flags, argument, now))


def boot(main, given):
    """Mounts the board's files, then runs boot.py and main.py in the globals `main` as real boards do."""
    global _to_host, wake, questions, answers
    micropython.kbd_intr(-1)
    config.update(given)
    _to_host = open(config["to_host"], "wb")
    wake = open(config["to_board"], "rb")
    questions = open(config["questions"], "wb")
    answers = open(config["answers"], "rb")
    registers.extend([open(fd, "rb") for fd in config["registers"]])
    __import__("machine")
    os.putenv("MICROPYINSPECT", "1")  # only now: a board that can't come so far must end

    vfs.umount("/")
    vfs.mount(Files(config["root"], config["flash"]), "/")
    os.chdir("/")
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.argv[:] = []
    gc.collect()
    send(BOOTED)
    micropython.kbd_intr(3)
    if _run("boot.py", main) and not config["raw"]:
        _run("main.py", main)
    sys.stdout.write(config["marker"])


def _run(name, main):
    """False when the file asked for a soft reset."""
    try:
        os.stat(name)
    except OSError:
        return True
    try:
        execfile(name, main)  # noqa: F821
    except SystemExit:
        os.unsetenv("MICROPYINSPECT")
        return False
    except BaseException as error:
        text = io.StringIO()
        sys.print_exception(error, text)
        for line in text.getvalue().split("\n")[:-1]:
            if "_sim.py" not in line and '"<stdin>"' not in line:
                print(line)
    return True
