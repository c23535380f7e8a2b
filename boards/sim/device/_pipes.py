"""What host and board share, inherited as file descriptors:

- a pipe that the board writes: records of 24 bytes, <kind, number, flags u16, 4 unused, argument u64,
  time u64 in us since the start>;
- a pipe that the host writes: records of 4 bytes, <kind, number, argument, unused>, read by `_interrupts`;
- two more for questions to the buses and their answers, see `_bus`;
- the registers: open files of which nothing but the offset counts. The host's lseek sets one and the board's
  tell() reads it, each a single atomic system call, so a busy loop sees an input as soon as it is set.
Nothing of this touches the serial port.
"""

import struct
import time

BOOTED, PIN, IRQ, TIMER, TAKEN, RESET = range(6)

config = {}
registers = []
_start = time.ticks_us()


def connect(given):
    """Opens all that `given`, the configuration, names."""
    global _to_host, wake, questions, answers
    config.update(given)
    _to_host = open(config["to_host"], "wb")
    wake = open(config["to_board"], "rb")
    questions = open(config["questions"], "wb")
    answers = open(config["answers"], "rb")
    registers.extend([open(fd, "rb") for fd in config["registers"]])


def send(kind, number=0, argument=0, flags=0):
    # No jump and no call of Python code between the clock and the write: no callback can come in between.
    now = time.ticks_diff(time.ticks_us(), _start)
    _to_host.write(struct.pack("<BBHxxxxQQ", kind, number, flags, argument, now))
